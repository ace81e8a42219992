"""TextSeg's polygons and masks, read as TexRNet's data set reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from glyphdata.errors import RecipeError
from tests.convert.posing import HOSTILE, Array, Truth, decoded, files, posed, shipped, written


class Seen(NamedTuple):
    """What is opened of a picture."""

    tag: str
    image: bytes
    semantic: Array
    instance: Array
    words: list[dict[str, Any]]


def read(out: Path, mode: str, folders: tuple[str, str] = ("bpoly_label", "instance_label")) -> Any:
    """The pictures of a split, such as `train+val`."""
    split = json.loads((out / "split.json").read_text())
    for tag in sorted(tag for one in mode.split("+") for tag in split[one]):
        semantic = decoded(
            (out / "semantic_label" / f"{tag}_maskfg.png").read_bytes(), cv2.IMREAD_UNCHANGED
        )
        instance = decoded(
            (out / folders[1] / f"{tag}_mask.png").read_bytes(), cv2.IMREAD_UNCHANGED
        )
        words = json.loads((out / folders[0] / f"{tag}_anno.json").read_text())
        image = (out / "image" / f"{tag}.jpg").read_bytes()
        yield Seen(tag, image, semantic, instance, list(words.values()))


def test_every_word_and_character_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("textseg", tmp_path / "out", of=thousand)
    assert made.skipped == ()
    seen = list(read(tmp_path / "out", "train+val+test"))
    assert [one.tag for one in seen] == [truth.key for truth in true]
    for one, truth in zip(seen, true, strict=True):
        mask = truth.mask()
        assert one.image == truth.members["jpg"]
        assert np.array_equal(one.semantic, np.where(mask > 0, 100, 0))
        numbers = np.zeros(int(mask.max()) + 1, int)
        for told, (box, word) in zip(one.words, truth.words, strict=True):
            assert told["text"] == word.text
            assert np.abs(np.array(told["bbox"]).reshape(4, 2) - word.quad).max() <= 0.5
            each = zip(told["char"].values(), box.inside(word), strict=True)
            for character, cluster in each:
                assert character["text"] == cluster.text
                corners = np.array(character["bbox"]).reshape(4, 2)
                assert np.abs(corners - cluster.quad).max() <= 0.5
                assert bool(character["mask_value"]) == bool(cluster.mask)
                if 0 < cluster.mask < len(numbers):
                    numbers[cluster.mask] = character["mask_value"]
        assert np.array_equal(one.instance, numbers[mask])


def test_a_split_has_every_picture_once_in_the_shares_asked(thousand: Path, tmp_path: Path) -> None:
    settings = ("val=0.2", "test=0.05", "folders=release")
    shipped("textseg", tmp_path / "out", *settings, of=thousand)
    split = json.loads((tmp_path / "out/split.json").read_text())
    assert {name: len(tags) for name, tags in split.items()} == {
        "train": 750, "val": 200, "test": 50
    }  # fmt: skip
    assert len({tag for tags in split.values() for tag in tags}) == 1000
    (first, *_) = read(tmp_path / "out", "val", ("annotation", "annotation"))
    assert first.words
    with pytest.raises(RecipeError, match="val and test are more than all pictures"):
        written("textseg", tmp_path / "no", "val=0.7", "test=0.5", of=[])


def test_what_has_ink_and_no_number_is_to_be_ignored(tmp_path: Path) -> None:
    picture = posed("k", *("x" * 60 for _ in range(5)), width=256, height=64)
    folder = written("textseg", tmp_path, "val=0", "test=0", of=[picture])
    assert folder.skipped == {"number of a character beyond the 254th of a picture": 300 - 254}
    (seen,) = read(tmp_path, "train")
    assert np.array_equal(np.unique(seen.instance), np.arange(256))
    assert np.array_equal(seen.semantic == 100, seen.instance > 0)
    values = [one["mask_value"] for word in seen.words for one in word["char"].values()]
    assert values == list(range(1, 255)) + [255] * 46


def test_hostile_words_come_back(tmp_path: Path) -> None:
    written("textseg", tmp_path, of=[posed("k", *HOSTILE, width=400, height=200)])
    (seen,) = read(tmp_path, "train")
    assert [word["text"] for word in seen.words] == [
        word for text in HOSTILE for word in text.split(" ") if word
    ]


def test_a_picture_without_text_and_one_that_is_no_jpeg(tmp_path: Path) -> None:
    written("textseg", tmp_path, "val=0", "test=0", of=[posed("k", form="png")])
    (seen,) = read(tmp_path, "train")
    assert (seen.words, seen.image[:2], int(seen.semantic.max())) == ([], b"\xff\xd8", 0)
    assert "semantic_label/k_maskfg.png" in files(tmp_path)
