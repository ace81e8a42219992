"""TextDiffuser's folders, read as its trainer reads them."""

from __future__ import annotations

import io
import json
import string
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from tests.convert.posing import HOSTILE, Array, Truth, caption, decoded, posed, shipped, written

ALPHABET = string.digits + string.ascii_lowercase + string.ascii_uppercase + string.punctuation


class Seen(NamedTuple):
    """What the trainer opens of a sample."""

    image: bytes
    caption: str
    segments: Array
    words: list[tuple[str, Array]]
    info: dict[str, Any]


def read(out: Path) -> list[Seen]:
    """Every sample of the index."""
    found = []
    for line in (out / "train_dataset_index.txt").read_text().splitlines():
        first, second = line.strip().split("_")
        assert (len(first), len(second), second[:5]) == (5, 9, first)
        place = out / first / second
        words = []
        with (place / "ocr.txt").open(encoding="utf-8") as lines:
            for ocr in lines.readlines():
                word, box, sure = ocr.strip().split()
                assert float(sure) == 1
                numbers = [int(one) for one in box.split(",")]
                words.append((word, np.array(numbers).reshape(4, 2)))
        with (place / "caption.txt").open(encoding="utf-8") as said:
            (told,) = said.readlines()
        segments = np.load(place / "charseg.npy")
        info = json.loads((place / "info.json").read_text())
        found.append(Seen((place / "image.jpg").read_bytes(), told, segments, words, info))
    return found


def classes(truth: Truth, side: int) -> Array:
    """The class of each of side × side pixels: that of the pixel of the mask at its middle."""
    mask = truth.mask()
    number = np.zeros(int(mask.max()) + 1, int)
    for box in truth.boxes:
        for cluster in box.clusters:
            if 0 < cluster.mask < len(number) and cluster.text in list(ALPHABET):
                number[cluster.mask] = 1 + ALPHABET.index(cluster.text)
    rows, columns = (((np.arange(side) + 0.5) * n / side).astype(int) for n in mask.shape)
    return number[mask[rows][:, columns]]


def test_every_word_and_class_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("mario", tmp_path / "out", of=thousand)
    samples = read(tmp_path / "out")
    assert len(samples) == 1000
    outside = 0
    for seen, truth in zip(samples, true, strict=True):
        assert (seen.info["key"], seen.caption) == (truth.key, truth.members["txt"].decode())
        assert (seen.info["original_width"], seen.info["width"]) == (truth.facts["width"], 512)
        assert Image.open(io.BytesIO(seen.image)).size == (512, 512)
        assert np.array_equal(seen.segments, classes(truth, 256))
        assert [word for word, _ in seen.words] == [word.text for _, word in truth.words]
        scale = 512 / np.array([truth.facts["width"], truth.facts["height"]])
        for (_, quad), (_, word) in zip(seen.words, truth.words, strict=True):
            assert np.abs(quad - word.quad * scale).max() <= 0.5
        outside += sum(
            cluster.mask > 0 and not cluster.text.isascii()
            for box in truth.boxes
            for cluster in box.clusters
        )
    assert made.skipped[0][:2] == ("class of a character outside the alphabet of 95", outside)


def test_a_jpeg_of_512_is_copied_and_segments_may_be_as_large(tmp_path: Path) -> None:
    picture = posed("k", "aB", width=512, height=512)
    written("mario", tmp_path, "segments=512", of=[picture])
    (seen,) = read(tmp_path)
    assert seen.image == picture.encoded
    assert (seen.segments.shape, seen.segments.dtype) == ((512, 512), np.uint8)
    assert (seen.segments[3, 3], seen.segments[3, 7], seen.segments[3, 11]) == (11, 38, 0)


def test_other_pictures_are_made_jpegs_of_512(tmp_path: Path) -> None:
    written("mario", tmp_path, of=[posed("k", "a", form="png"), posed("l", "a", form="webp")])
    for seen in read(tmp_path):
        assert seen.image[:2] == b"\xff\xd8"
        assert np.abs(decoded(seen.image).astype(int) - 90).max() <= 2


def test_hostile_words_come_back_or_are_skipped_by_name(tmp_path: Path) -> None:
    folder = written("mario", tmp_path, of=[posed("k", *HOSTILE, width=400, height=200)])
    words = [word for text in HOSTILE for word in text.split(" ") if word]
    whole = [word for word in words if not any(char.isspace() for char in word)]
    (seen,) = read(tmp_path)
    assert [word for word, _ in seen.words] == whole
    assert folder.skipped["word with a blank in it"] == len(words) - len(whole) == 5
    assert seen.caption == "a picture that says " + " ".join(" ".join(HOSTILE).splitlines())


def test_the_caption_may_be_of_a_level(tmp_path: Path) -> None:
    picture = posed("k", "so", captions=[caption("two\nlines", level=4)])
    written("mario", tmp_path, "level=4", of=[picture])
    assert read(tmp_path)[0].caption == "two lines"


def test_a_picture_without_text_has_no_words_and_no_class(tmp_path: Path) -> None:
    written("mario", tmp_path, of=[posed("k")])
    (seen,) = read(tmp_path)
    assert (seen.words, int(seen.segments.max())) == ([], 0)
