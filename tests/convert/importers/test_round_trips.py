"""Our pictures in others' formats and back: the same texts, each within half a pixel."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from glyphdata.convert.exporting import Choice, Exporter, export
from glyphdata.convert.picture import Picture
from glyphdata.recipe.open import part_of
from glyphdata.review.verify import verify
from glyphdata.shards.dataset import Dataset, Record
from tests.convert.importers.sourcing import imported, samples

SOME = 120


@pytest.fixture(scope="module")
def ours(thousand: Path) -> dict[str, Picture]:
    """Some of our pictures, in all scripts, by key."""
    return {record.key: Picture(record) for record in Dataset(thousand)[:SOME]}


def _there_and_back(
    kind: str, of: Path, place: Path, out_settings: list[str], in_settings: list[str]
) -> dict[str, Record]:
    exporter = part_of("exporters", kind, out_settings)
    assert isinstance(exporter, object)
    written: Exporter = exporter  # type: ignore[assignment]
    export(of, place / "theirs", written, Choice(limit=SOME))
    summary = imported(kind, place / "theirs", place / "back", *in_settings)
    assert summary.whole
    assert verify(place / "back", deep=True).ok
    return samples(place / "back")


def _key(name: str) -> str:
    return Path(name).stem


def _units(picture: Picture, unit: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for box in picture.boxes:
        for one in box.lines if unit == "line" else box.words:
            yield one.text, one.quad


def _check(
    ours: dict[str, Picture],
    found: dict[str, Record],
    unit: str,
    *,
    within: float,
    scaled: float = 0,
    ordered: bool = True,
) -> int:
    """Compare every text that came back with one of ours; how many were compared."""
    count = 0
    for name, record in found.items():
        picture = ours[_key(name)]
        size = np.array((picture.width, picture.height))
        scale = scaled / size if scaled else np.ones(2)
        wanted = [
            (unicodedata.normalize("NFC", text.strip()), quad * scale)
            for text, quad in _units(picture, unit)
        ]
        for box in record.facts["boxes"]:
            text = unicodedata.normalize("NFC", box["text"].strip())
            quad = np.reshape(box["quad"], (4, 2))
            away = [
                _distance(quad, np.clip(one, 0, size * scale), ordered=ordered)
                for said, one in wanted
                if said == text
            ]
            assert away, (record.key, text, [said for said, _ in wanted])
            assert min(away) <= within, (record.key, text, min(away))
            count += 1
    return count


def _distance(one: NDArray[np.float64], other: NDArray[np.float64], *, ordered: bool) -> float:
    """How far two quads' corners lie apart, in any order of theirs unless that counts."""
    turns = [other] if ordered else [np.roll(other, turn, axis=0) for turn in range(4)]
    return min(float(np.abs(one - turn).max()) for turn in turns)


def test_icdar(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    found = _there_and_back("icdar", thousand, tmp_path, ["unit=line"], [])
    assert set(map(_key, found)) == set(ours)
    count = _check(ours, found, "line", within=0.5 + 1 / 16)
    assert count >= 0.98 * sum(len(list(_units(one, "line"))) for one in ours.values())
    for name, record in found.items():
        assert record.picture == ours[_key(name)].encoded


def test_paddleocr(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    found = _there_and_back("paddleocr", thousand, tmp_path, ["task=det"], ["lists=Label.txt"])
    assert set(map(_key, found)) == set(ours)
    count = _check(ours, found, "line", within=0.5 + 1 / 16)
    assert count >= 0.98 * sum(len(list(_units(one, "line"))) for one in ours.values())


def test_coco_text(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    found = _there_and_back("coco_text", thousand, tmp_path, [], [])
    assert set(map(_key, found)) == set(ours)
    count = _check(ours, found, "word", within=0.5)
    assert count >= 0.98 * sum(len(list(_units(one, "word"))) for one in ours.values())


def test_anyword(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    settings = ["side=0", "colors=true", "max_chars=0"]
    found = _there_and_back("anyword", thousand, tmp_path, settings, [])
    assert set(map(_key, found)) == set(ours)
    count = _check(ours, found, "line", within=0.5 + 1 / 16)
    assert count >= 0.98 * sum(len(list(_units(one, "line"))) for one in ours.values())
    for name, record in found.items():
        inks = {box.text: box.color_token for box in ours[_key(name)].boxes}
        for box in record.facts["boxes"]:
            if box["text"] in inks:
                assert box["color_token"] == inks[box["text"]]


def test_mario(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    found = _there_and_back("mario", thousand, tmp_path, [], [])
    assert len(found) == SOME
    by_key = dict(zip(ours, found.values(), strict=True))
    assert _check(ours, by_key, "word", within=0.5 + 1 / 16, scaled=512, ordered=False) > 50


def test_textseg(thousand: Path, ours: dict[str, Picture], tmp_path: Path) -> None:
    found = _there_and_back("textseg", thousand, tmp_path, [], [])
    assert set(map(_key, found)) == set(ours)
    assert _check(ours, found, "word", within=0.5 + 1 / 16) > 100
    inked = 0
    for name, record in found.items():
        mine, theirs = ours[_key(name)].record.mask() > 0, record.mask() > 0
        assert not (theirs & ~mine).any()
        inked += int(theirs.sum())
    assert inked > 0.9 * sum(int((one.record.mask() > 0).sum()) for one in ours.values())
