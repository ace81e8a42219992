"""TextDiffuser's MARIO-10M: a folder per picture with its caption, words and character classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.convert.folder import Folder, as_lines
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.characters import PRINTED, composed, renumbered, whole
from glyphdata.convert.writing.npy import npy
from glyphdata.convert.writing.rows import Level, caption_of

SIDE = 512
"""Pixels: the pictures' width and height, whatever they were."""
ALPHABET = f"{PRINTED} "
"""Character k of these 95 is class k + 1 of `charseg.npy`."""

_CLASSES = {char: number for number, char in enumerate(ALPHABET, 1)}


@dataclass(frozen=True, slots=True)
class Mario:
    """TextDiffuser's MARIO: per picture a folder of image, caption, words and character classes.

    Export: {kind: mario, segments: 256}

    Read by TextDiffuser's trainer (`--dataset_path`, `--train_dataset_index_file`) and UDiffText.
    Pictures become 512 × 512 pixels, as the trainer takes them; words and classes go along.
    `segments` is the side of `charseg.npy`: 256 for TextDiffuser, which multiplies it by masks of
    that size, 512 for readers that scale it themselves. The caption is the sample's `txt` in one
    line, or for `level` 1 to 6 that plain caption.
    """

    segments: Literal[256, 512] = 256
    level: Level = 0
    masked: ClassVar[bool] = True

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `00000/000000017/image.jpg` and so on, and `train_dataset_index.txt`."""
        with folder.open("train_dataset_index.txt") as index:
            for number, picture in enumerate(pictures):
                name = f"{number:09d}"
                place = f"{name[:5]}/{name}"
                caption = " ".join(caption_of(picture, self.level).splitlines())
                segments = npy(self._classes(picture, folder))
                folder.put(f"{place}/image.jpg", picture.jpeg((SIDE, SIDE)))
                folder.put(f"{place}/caption.txt", caption.encode())
                folder.put(f"{place}/charseg.npy", segments)
                folder.put(f"{place}/ocr.txt", _words(picture, folder))
                folder.json(f"{place}/info.json", _facts(picture, caption))
                index.write(f"{name[:5]}_{name}\n".encode())

    def _classes(self, picture: Picture, folder: Folder) -> NDArray[np.uint8]:
        numbers = {}
        for box in picture.boxes:
            for cluster in box.clusters:
                text = composed(cluster.text)
                if not cluster.value:
                    continue
                if text in _CLASSES:
                    numbers[cluster.value] = _CLASSES[text]
                elif all(char in _CLASSES for char in text):
                    folder.skip(picture.key, "class of a ligature of several characters")
                else:
                    folder.skip(picture.key, "class of a character outside the alphabet of 95")
        classes = renumbered(picture.mask, numbers)
        size = (self.segments, self.segments)
        return np.asarray(
            cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8
        )


def _words(picture: Picture, folder: Folder) -> bytes:
    """Lines of a word, its corners in pixels of the 512, and how sure it is, all told."""
    scale = (SIDE / picture.width, SIDE / picture.height)
    lines = []
    for box in picture.boxes:
        for word in box.words:
            if any(char.isspace() for char in word.text):
                folder.skip(picture.key, "word with a blank in it")
                continue
            corners = whole(word.quad * scale)
            lines.append(f"{word.text} {','.join(map(str, corners))} 1.0")
    return as_lines(lines)


def _facts(picture: Picture, caption: str) -> dict[str, object]:
    """What LAION tells of a picture, where we know it."""
    return {
        "NSFW": "UNLIKELY",
        "LICENSE": picture.facts["background"]["license"] or "?",
        "caption": caption,
        "url": "",
        "key": picture.key,
        "status": "success",
        "error_message": None,
        "width": SIDE,
        "height": SIDE,
        "original_width": picture.width,
        "original_height": picture.height,
    }
