"""Upright pictures of single texts, cut out of a picture along their quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Corners, Picture, jpeg
from glyphdata.convert.writing.units import Unit
from glyphdata.errors import InputError
from glyphdata.scene.scene import Pixels

TALL = 1.5
"""PaddleOCR turns a crop that is this many times as high as it is wide."""

Turn = Literal["tall", "columns", "never"]
"""Which crops are turned a quarter to the left, so that what stood on top comes first."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The picture of one text, as a JPEG, and the `number` of the text among those asked for."""

    text: str
    jpeg: bytes
    number: int


def crops(
    picture: Picture, texts: Iterable[Unit], folder: Folder, *, min_side: int, turn: Turn
) -> Iterator[Crop]:
    """The crops of some texts of a picture, as JPEGs of quality 95 without chroma subsampling.

    Those narrower or lower than `min_side` pixels are skipped, and so are those outside the
    picture, and all of one that cannot be decoded. With `turn` "tall" crops are turned that are
    `TALL` times as high as wide, as PaddleOCR reads them; with "columns" those of text that runs
    from top to bottom.
    """
    meant = list(texts)
    try:
        pixels = picture.record.pixels() if meant else np.empty((0, 0, 3), np.uint8)
    except InputError:
        folder.skip(picture.key, "crops of a picture that cannot be decoded")
        return
    for number, text in enumerate(meant):
        if _outside(pixels, text.quad):
            folder.skip(picture.key, "crop outside the picture")
            continue
        crop = rectified(pixels, text.quad)
        if min(crop.shape[:2]) < min_side:
            folder.skip(picture.key, f"crop smaller than {min_side} px")
            continue
        upright = np.rot90(crop) if _turned(crop, text, turn) else crop
        yield Crop(text.text, jpeg(upright), number)


def rectified(pixels: Pixels, quad: Corners) -> Pixels:
    """What lies in a quad, made upright: its longer sides rounded, at least a pixel each way.

    Beyond the picture's edge its last pixels go on. Pixel centres lie at halves, as in the labels.
    """
    sides = np.linalg.norm(quad - quad[[1, 2, 3, 0]], axis=1)
    width = max(round(float(max(sides[0], sides[2]))), 1)
    height = max(round(float(max(sides[1], sides[3]))), 1)
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    there = cv2.getPerspectiveTransform((quad - 0.5).astype(np.float32), upright.astype(np.float32))
    cut = cv2.warpPerspective(
        pixels, there, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def _turned(crop: Pixels, text: Unit, turn: Turn) -> bool:
    if turn == "tall":
        return bool(crop.shape[0] >= TALL * crop.shape[1])
    return turn == "columns" and bool(text.box.facts["direction"] == "ttb")


def _outside(pixels: Pixels, quad: Corners) -> bool:
    high, wide = pixels.shape[:2]
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    return bool(right <= 0 or bottom <= 0 or left >= wide or top >= high)
