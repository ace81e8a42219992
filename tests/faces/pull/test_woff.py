"""Web fonts: unpacked within bounds, merged to the same bytes."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import brotli
import pytest
from fontTools.ttLib import TTFont

from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.merging import Merge, merge_all, merged
from glyphdata.faces.pull.woff import sfnt_of
from tests.faces.pull.forging import ACCENTS, LATIN, font, web


def bomb(stated: int, real: int) -> bytes:
    """A WOFF 2.0 file of one table: what its header says it unpacks to, and what it does."""
    packed = brotli.compress(bytes(real), quality=5)
    size = bytes([*(128 | stated >> shift & 127 for shift in (28, 21, 14, 7)), stated & 127])
    table = bytes([1]) + size.lstrip(b"\x80")
    head = struct.pack(">4s4sLHHLLHH", b"wOF2", b"\0\1\0\0", 0, 1, 0, stated, len(packed), 1, 0)
    return head + bytes(20) + table + packed


def reason(data: bytes) -> str:
    with pytest.raises(Unfetched) as raised:
        sfnt_of(data)
    return raised.value.reason


def test_a_web_font_comes_out_as_the_font_it_was() -> None:
    plain = TTFont(io.BytesIO(sfnt_of(web(font()))))
    original = TTFont(io.BytesIO(font()))
    assert plain.flavor is None
    assert plain.getBestCmap() == original.getBestCmap()
    assert plain["glyf"]["c61"] == original["glyf"]["c61"]
    assert plain["head"].modified == original["head"].modified
    assert sfnt_of(web(font())) == sfnt_of(web(font()))


def test_a_header_that_promises_a_hundredfold_is_refused_unopened() -> None:
    data = bomb(stated=200_000_000, real=1000)
    assert reason(data) == "swells"
    packed_well = bomb(stated=1_000_000, real=1_000_000)
    assert len(packed_well) * 100 < 1_000_000
    assert reason(packed_well) == "swells"


def test_a_header_that_lies_is_found_out_at_the_first_byte_too_many() -> None:
    assert reason(bomb(stated=1000, real=100_000_000)) == "swells"
    assert reason(bomb(stated=1000, real=900)) == "damaged"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "damaged"),
        (font(), "not-woff2"),
        (b"wOFF" + bytes(100), "not-woff2"),
        (web(font())[:60], "damaged"),
        (web(font())[:-200], "damaged"),
        (web(font())[:-200] + bytes(200), "damaged"),
    ],
)
def test_what_is_no_whole_web_font_is_refused(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_slices_make_one_face_with_the_characters_of_all(tmp_path: Path) -> None:
    slices = [web(font("Sliced", 400, LATIN)), web(font("Sliced", 400, ACCENTS))]
    made = merged(slices, {})
    assert made == merged(slices, {})
    face = TTFont(io.BytesIO(made))
    assert {chr(code) for code in face.getBestCmap()} == set(LATIN + ACCENTS)
    assert face["head"].created == TTFont(io.BytesIO(font()))["head"].created
    assert face["name"].getBestFamilyName() == "Sliced"


def test_a_child_merges_and_its_fault_is_told(tmp_path: Path) -> None:
    parts = []
    for number, chars in enumerate((LATIN, ACCENTS)):
        parts.append(tmp_path / f"{number}.woff2")
        parts[-1].write_bytes(web(font("Sliced", 400, chars)))
    good = Merge(tuple(parts), tmp_path / "good.ttf")
    merge_all([good])
    assert good.into.read_bytes() == merged([part.read_bytes() for part in parts], {})
    parts[1].write_bytes(bomb(stated=200_000_000, real=1000))
    with pytest.raises(Unfetched, match="unpacks to") as raised:
        merge_all([Merge(tuple(parts), tmp_path / "bad.ttf")])
    assert raised.value.reason == "merge"


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.woff2"
    path.write_bytes(web(font()))
    with pytest.raises(Unfetched, match=r"within 0\.01 s"):
        merge_all([Merge((path,), tmp_path / "a.ttf")], seconds=0.01)
