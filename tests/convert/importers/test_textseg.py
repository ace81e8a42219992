"""TextSeg's annotations, written here as its page and loaders describe them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glyphdata.errors import InputError
from glyphdata.review.verify import verify
from tests.convert.importers.sourcing import (
    imported,
    importer,
    photo,
    put,
    read,
    samples,
    upright,
)


def _mask(*squares: tuple[int, int, int, int, int], size: tuple[int, int] = (120, 80)) -> bytes:
    plane = np.zeros(size[::-1], np.uint8)
    for value, left, top, right, bottom in squares:
        plane[top:bottom, left:right] = value
    out = io.BytesIO()
    Image.fromarray(plane).save(out, "PNG")
    return out.getvalue()


def _char(text: str, left: float, right: float, value: int) -> dict[str, Any]:
    return {"text": text, "bbox": upright(left, 10, right, 30), "mask_value": value}


WORD = {
    "text": "Hi!",
    "bbox": upright(10, 10, 40, 30),
    "char": {"00": _char("H", 10, 20, 1), "01": _char("i", 20, 30, 2), "02": _char("!", 30, 40, 9)},
}
LONE = {"text": "ok", "bbox": upright(60, 40, 90, 60), "char": {}}


def _source(root: Path, words: dict[str, Any], mask: bytes | None) -> Path:
    put(root / "image" / "a00001.jpg", photo())
    put(root / "annotation" / "a00001_anno.json", json.dumps(words))
    if mask is not None:
        put(root / "annotation" / "a00001_mask.png", mask)
    return root


def test_characters_have_their_places_and_their_ink(tmp_path: Path) -> None:
    mask = _mask(
        (1, 11, 12, 19, 28), (2, 22, 12, 26, 28), (255, 31, 12, 39, 28), (7, 100, 5, 110, 9)
    )
    source = _source(tmp_path / "s", {"0000": WORD, "0001": LONE}, mask)
    imported("textseg", source, tmp_path / "out")
    record = samples(tmp_path / "out")["a00001"]
    first, second = record.layout["boxes"]
    clusters = first["clusters"]
    assert (clusters["start"], clusters["end"]) == ([0, 1, 2], [1, 2, 3])
    assert clusters["mask"] == [1, 2, 0]
    assert clusters["ink"][:4] == [one * 16 for one in (11, 12, 19, 28)]
    assert clusters["quads"][:8] == [one * 16 for one in (10, 10, 20, 10, 20, 30, 10, 30)]
    assert second["clusters"]["start"] == []
    assert [len(second[name]) for name in ("lines", "words")] == [1, 1]
    plane = record.mask()
    assert sorted(np.unique(plane).tolist()) == [0, 1, 2]
    assert (plane[12:28, 11:19] == 1).all()
    assert sorted(np.unique(record.box_mask()).tolist()) == [0, 1]
    assert verify(tmp_path / "out", deep=True).ok


@pytest.mark.parametrize("key", ["{:02}", "{}"])
def test_words_and_characters_come_by_number(key: str, tmp_path: Path) -> None:
    text = "abcdefghijkl"
    chars = {
        key.format(at): _char(one, 10 + 4 * at, 14 + 4 * at, at + 1) for at, one in enumerate(text)
    }
    word = {"text": text, "bbox": upright(10, 10, 58, 30), "char": chars}
    lone = {key.format(at): {**LONE, "text": f"w{at}"} for at in range(1, 12)}
    summary = imported(
        "textseg",
        _source(tmp_path / "s", {key.format(0): word, **lone}, None),
        tmp_path / "out",
    )
    assert dict(summary.rejections) == {}
    found = samples(tmp_path / "out")["a00001"]
    assert [box["text"] for box in found.facts["boxes"]] == [
        text,
        *(f"w{at}" for at in range(1, 12)),
    ]
    clusters = found.layout["boxes"][0]["clusters"]
    assert clusters["start"] == list(range(12))


def test_characters_that_do_not_spell_the_word_are_counted(tmp_path: Path) -> None:
    odd = {**WORD, "text": "Ho!"}
    source = _source(tmp_path / "s", {"0000": odd}, None)
    summary = imported("textseg", source, tmp_path / "out")
    assert dict(summary.rejections) == {"characters-unmatched": 1}
    assert samples(tmp_path / "out")["a00001"].facts["boxes"][0]["clusters"] == 0


def test_a_mask_of_another_size_costs_its_picture(tmp_path: Path) -> None:
    source = _source(tmp_path / "s", {"0000": WORD}, _mask((1, 1, 1, 5, 5), size=(60, 40)))
    put(source / "image" / "b.jpg", photo(seed=1))
    summary = imported("textseg", source, tmp_path / "out")
    (spot,) = summary.quarantined
    assert (spot.reason, "a00001: its mask is (60, 40)" in spot.message) == (
        "picture-unreadable",
        True,
    )
    assert not samples(tmp_path / "out")["b"].mask().any()


def test_a_split_takes_its_own_pictures(tmp_path: Path) -> None:
    source = _source(tmp_path, {}, None)
    put(source / "image" / "b.jpg", photo(seed=1))
    put(source / "split.json", json.dumps({"train": ["b"], "val": []}))
    assert list(read("textseg", source, "split=train")) == ["b"]
    with pytest.raises(InputError, match="test is no list"):
        list(importer("textseg", "split=test").read(source))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ([], "a word is no object"),
        ({"text": "a", "bbox": [1, 2, 3, 4]}, "4 numbers"),
        ({**LONE, "char": {"00": {**_char("o", 1, 2, 0), "mask_value": "x"}}}, "mask_value is 'x'"),
    ],
)
def test_a_broken_annotation_costs_its_picture(tmp_path: Path, word: Any, said: str) -> None:
    assert said in read("textseg", _source(tmp_path, {"0000": word}, None))["a00001"].fault
