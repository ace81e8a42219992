"""What compiled code does at one go is what the twin's steps do one by one."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import uharfbuzz as hb

from glyphdata.faces.outlines import Outlines
from glyphdata.typeset import twin, twin_lines
from glyphdata.typeset.shaped import SetFace
from tests.typeset.arrays import assert_same, gathered, glyphs, shaped_buffer


def set_in_steps(
    parts: list[tuple[int, list[hb.GlyphInfo], list[hb.GlyphPosition]]], face: SetFace,
    outlines: Outlines, data: bytes, backwards: int,
) -> list[np.ndarray] | None:  # fmt: skip
    """What `set_plainly` is short for; None where the text is not plain."""
    found = []
    for start, infos, positions in parts:
        n = len(infos)
        out = (np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, 3)))
        assert twin.read(infos, positions, start, backwards, *out) == 0
        found.append(out)
    given, clusters, units = (np.concatenate(some) for some in zip(*found, strict=True))
    rows = outlines.rows(face.token, face.font, face.upem, given)
    starts, hangs = np.empty(len(given) + 1, np.int32), np.empty(len(given), np.bool_)
    if not twin.plain(data, clusters, rows, outlines.inked, starts, hangs):
        return None
    flat = np.empty(9 * len(given) + 1)
    reach = twin.gather(
        units, rows, outlines.extents, hangs, 1 / face.upem, backwards, 0.9, 0.2, flat
    )
    return [given, starts, hangs, flat, np.array(reach)]


@pytest.mark.parametrize(
    ("name", "pieces", "backwards", "holds"),
    [
        ("roboto", ["AVATAR wé ", "“lo” 12"], 0, True),
        ("heebo", ["שלום ", "עולם"], 1, True),
        ("roboto", ["x\u0323a"], 0, False),  # two characters in one cluster
        ("eb_garamond", ["office"], 0, False),  # a ligature
        ("roboto", ["a\u00a0b"], 0, False),  # a blank that is no space
    ],
)
def test_plain_text_set_at_one_go_is_set_as_in_steps(  # type: ignore[no-untyped-def]
    fast: ModuleType, open_face, outlines: Outlines, name: str, pieces: list[str],
    backwards: int, holds: bool,
) -> None:  # fmt: skip
    face, data, parts, at = open_face(name), "".join(pieces).encode(), [], 0
    for piece in pieces:
        buffer = shaped_buffer(face, piece)
        parts.append((at, buffer.glyph_infos, buffer.glyph_positions))
        at += len(piece.encode())
    expected = set_in_steps(parts, face, outlines, data, backwards)
    assert (expected is not None) is holds
    n = sum(len(infos) for _, infos, _ in parts)
    out = [np.empty(n, np.int32), np.empty(n + 1, np.int32), np.empty(n, np.bool_)]
    flat, known = np.empty(9 * n + 1), outlines.known(face.token)
    assert known is not None
    store = (outlines.inked, outlines.extents, 1 / face.upem, backwards, 0.9, 0.2)
    reach = fast.set_plainly(parts, data, known, *store, *out, flat)
    assert (reach is not None) is holds
    if expected is not None:
        assert_same([[*out, flat, np.array(reach)], expected])
    assert fast.set_plainly(parts, data + b"x", known, *store, *out, flat) is None
    assert fast.set_plainly(parts, data, np.full_like(known, -1), *store, *out, flat) is None
    assert fast.set_plainly(parts, data, known[:1], *store, *out, flat) is None
    with pytest.raises(ValueError, match="array 10"):
        fast.set_plainly(parts, data, known, *store, out[0], out[0], out[2], flat)


@pytest.mark.parametrize("seed", range(12))
def test_prose_fitted_at_one_go_is_fitted_as_in_steps(fast: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = " ".join("x" * int(n) for n in rng.integers(1, 12, 40)).encode()
    n = len(data)
    starts = np.arange(n + 1, dtype=np.int32)
    units, rows, extents, _ = glyphs(rng, n)
    hangs = np.frombuffer(data, np.uint8) == 32
    flat = gathered(twin, (units, rows, extents, hangs), seed % 2)[:-2]
    breaks = np.flatnonzero(hangs).astype(np.int32) + np.int32(1)
    ends, spans = np.empty(len(breaks) + 1, np.int32), np.empty((len(breaks) + 1, 2))
    paragraphs, fitting = np.empty(1, np.int32), 0
    twin_lines.stretch(
        flat, starts, starts, breaks, breaks[:0], seed % 2, ends, spans, paragraphs
    )  # fmt: skip
    for width in (150.0, 400.0, 3000.0, 90000.0):
        for most in (-1, 1, 3):
            last = np.zeros(len(ends), np.int32)
            room = (1.1, 1.2, width, 300.0, 9.0, 60.0, most)
            expected = twin_lines.largest(spans, paragraphs, *room, last)
            found = fast.fit_prose(flat, starts, starts, data, seed % 2, *room)
            if expected is None:
                assert found is None
                continue
            size, widest, lines = expected
            assert found == (size, widest, tuple(ends[last[:lines]].tolist()))
            fitting += 1
    assert 0 < fitting < 12
    odd = data[:-1] + b"%"
    assert fast.fit_prose(flat, starts, starts, odd, seed % 2, *room) is False


def test_unsafe_line_ends_are_the_same(fast: ModuleType, open_face) -> None:  # type: ignore[no-untyped-def]
    unsafe = 0
    for name, text in (("noto_sans_arabic", "سسس سس"), ("roboto", "AVA to ab")):
        infos = shaped_buffer(open_face(name), text).glyph_infos
        infos = infos[::-1] if infos[0].cluster else infos
        size = len(text.encode())
        starts = np.array([*(info.cluster for info in infos), size], np.int32)
        first = np.arange(len(starts), dtype=np.int32)
        ends = tuple(range(size + 1))
        found = fast.unsafe(infos, starts, first, ends)
        assert found == twin.unsafe(infos, starts, first, ends)
        unsafe += len(found)
    assert unsafe >= 3
    none = np.zeros(1, np.int32)
    assert fast.unsafe([], none, none, (0,)) == twin.unsafe([], none, none, (0,)) == []
