"""UDiffText's words, read as its TextSeg loader reads them."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from tests.convert.posing import HOSTILE, Array, Truth, decoded, posed, shipped, written

CHARACTERS = string.printable[:-6]


class Item(NamedTuple):
    """A word as the loader takes it: corners, and the mask's value of each character."""

    image: Path
    text: str
    bbox: Array
    mask: Array
    values: list[int]


def items(out: Path, kind: str) -> tuple[list[Path], list[Item]]:
    """The pictures of `train` or `val`, and the words in them that pass the loader's filters."""
    root = out / "TextSeg" / kind
    assert "eff" not in str(root)
    images = sorted((root / "image").glob("*.jpg"))
    annotations = sorted((root / "annotation").glob("*.json"))
    masks = sorted((root / "annotation").glob("*.png"))
    assert len(images) == len(annotations) == len(masks)
    found = []
    for image, annotation, place in zip(images, annotations, masks, strict=True):
        assert annotation.name == f"{image.stem}_anno.json"
        assert place.name == f"{image.stem}_mask.png"
        mask = decoded(place.read_bytes(), cv2.IMREAD_UNCHANGED)
        for word in json.loads(annotation.read_text()).values():
            characters = [one["text"] for one in word["char"].values()]
            assert "".join(characters) == word["text"]
            assert 1 <= len(word["text"]) <= 12
            assert all(one in CHARACTERS and one != "#" for one in word["text"])
            bbox = np.array(word["bbox"]).reshape(4, 2)
            assert bbox.dtype == np.int64  # OpenCV fills no others
            values = [one["mask_value"] for one in word["char"].values()]
            found.append(Item(image, word["text"], bbox, mask, values))
    return images, found


def fit(truth: Truth) -> list[tuple[Any, ...]]:
    """The words that can be said: text, corners and the values of its clusters in our mask."""
    return [
        (word.text, word.quad, [one.mask for one in box.inside(word)])
        for box, word in truth.words
        if all(one in CHARACTERS and one != "#" for one in word.text)
        and len(word.text) <= 12
        and all(len(one.text) == 1 and one.mask for one in box.inside(word))
    ]


def test_every_word_of_a_thousand_that_fits_comes_back_with_its_masks(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("udifftext", tmp_path / "out", "val=0.1", of=thousand)
    by_key: dict[str, list[Item]] = {truth.key: [] for truth in true}
    counts = {}
    for kind in ("train", "val"):
        images, found = items(tmp_path / "out", kind)
        counts[kind] = len(images)
        for item in found:
            by_key[item.image.stem].append(item)
    assert counts == {"train": 900, "val": 100}
    words = 0
    for truth in true:
        wanted, ours = fit(truth), truth.mask()
        assert [item.text for item in by_key[truth.key]] == [text for text, *_ in wanted]
        words += len(truth.words) - len(wanted)
        for item, (_, quad, values) in zip(by_key[truth.key], wanted, strict=True):
            assert np.abs(item.bbox - quad).max() <= 0.5
            for theirs, value in zip(item.values, values, strict=True):
                assert np.array_equal(item.mask == theirs, ours == value)
    assert sum(count for _, count, _ in made.skipped) == words


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("thirteen-char", "word of too many characters"),
        ("#1", "word with #, which means illegible"),
        ("größe", "word with characters outside the 94 of ASCII"),
    ],
)
def test_what_the_loader_cannot_take_is_skipped_by_name(
    tmp_path: Path, word: str, reason: str
) -> None:
    folder = written("udifftext", tmp_path, of=[posed("k", f"so {word} on", width=128)])
    assert folder.skipped == {reason: 1}
    _, found = items(tmp_path, "train")
    assert [(item.text, item.values) for item in found] == [("so", [1, 2]), ("on", [3, 4])]


def test_a_mask_numbers_no_more_than_254_characters(tmp_path: Path) -> None:
    picture = posed("k", *(" ".join(["word"] * 11) for _ in range(7)), width=240, height=80)
    folder = written("udifftext", tmp_path, of=[picture])
    _, found = items(tmp_path, "train")
    assert len(found) == 254 // 4
    assert max(value for item in found for value in item.values) == 252
    assert folder.skipped == {"word beyond the 254th character of a picture": 77 - 63}


def test_hostile_words_come_back_or_are_skipped_by_name(tmp_path: Path) -> None:
    folder = written("udifftext", tmp_path, of=[posed("k", *HOSTILE, width=400, height=200)])
    words = [word for text in HOSTILE for word in text.split(" ") if word]
    plain = [
        word
        for word in words
        if all(one in CHARACTERS and one != "#" for one in word) and len(word) <= 12
    ]
    _, found = items(tmp_path, "train")
    assert [item.text for item in found] == plain
    assert sum(folder.skipped.values()) == len(words) - len(plain)


def test_both_parts_are_there_and_other_pictures_are_made_jpegs(tmp_path: Path) -> None:
    written("udifftext", tmp_path, of=[posed("k", form="png")])
    images, found = items(tmp_path, "train")
    assert ([one.name for one in images], found) == (["k.jpg"], [])
    assert items(tmp_path, "val") == ([], [])
    assert images[0].read_bytes()[:2] == b"\xff\xd8"
