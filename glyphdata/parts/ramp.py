"""Colour ramps: a field of 256 steps becomes a picture through a table of colours.

Whole numbers throughout, so that the bytes do not depend on the processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Steps = NDArray[np.uint8]
"""One step of a ramp per pixel: height × width, 0 to 255."""


def mixed(one: Color, other: Color, weight: float) -> Color:
    """The colour at `weight` (0 to 1) of the way from one to the other, each channel rounded."""
    return Color(*(round(a + (b - a) * weight) for a, b in zip(one, other, strict=True)))


def any_color(rng: Rng) -> Color:
    """Any of the 2^24 colours, each as likely."""
    word = rng.word()
    return Color(word & 255, word >> 8 & 255, word >> 16 & 255)


def picked(rng: Rng, colors: Sequence[Color]) -> Color:
    """One of the colours, or any colour where none are named."""
    return rng.pick(colors) if colors else any_color(rng)


def ramp(colors: Sequence[Color]) -> NDArray[np.uint8]:
    """A table (256 × 1 × 3) that runs evenly through two or more colours, ends included."""
    stops = np.array(colors, np.int32)
    along = np.arange(256, dtype=np.int32) * (len(stops) - 1)
    segment = np.minimum(along // 255, len(stops) - 2)
    part = (along - segment * 255)[:, None]
    table: NDArray[np.int32] = (
        stops[segment] * (255 - part) + stops[segment + 1] * part + 127
    ) // 255
    return table.astype(np.uint8)[:, None, :]


def paint_ramp(field: Steps, colors: Sequence[Color], out: Pixels) -> None:
    """Fill `out` with the ramp's colour for each step of the field."""
    cv2.applyColorMap(field, ramp(colors), out)


def random_bytes(seed: int, count: int) -> NDArray[np.uint8]:
    """`count` bytes that belong to `seed`: raw Philox words, the stream that numpy promises."""
    words = np.random.Philox(key=seed).random_raw(-(-count // 8))
    return words.astype("<u8").view(np.uint8)[:count]


@lru_cache(maxsize=1)
def grain() -> Steps:
    """The grain of paper, 1024 × 1024, seamless at its edges: fine speckle, fibres and mottle.

    A constant of this version: every paper is a piece of it. It stays within 40 to 215, its mean
    near 128, so that light can be added without passing an end.
    """
    side = 1024
    raw = random_bytes(0x9A9E7, 3 * side * side).astype(np.int32).reshape(3, side, side)
    across, down, mottle = raw[0], raw[1], raw[2]
    across = _smeared(across, 9, axis=1) - 128
    down = _smeared(down, 9, axis=0) - 128
    mottle = _smeared(_smeared(mottle, 16, axis=0), 16, axis=1) - 128
    speckle = raw[0] - raw[1]
    field: NDArray[np.int32] = 128 + (across + down) // 2 + 4 * mottle + speckle // 12
    return np.clip(field, 40, 215).astype(np.uint8)


def _smeared(field: NDArray[np.int32], width: int, *, axis: int) -> NDArray[np.int32]:
    """The mean of `width` neighbours along an axis, round the edge."""
    total = np.zeros_like(field)
    for step in range(width):
        total += np.roll(field, step, axis=axis)
    return total // width


@lru_cache(maxsize=2)
def _sheet(width: int, height: int) -> Steps:
    """The grain, repeated until a window of that size fits at every place of the first one."""
    tile = grain()
    down = np.arange(len(tile) + height) % len(tile)
    across = np.arange(len(tile) + width) % len(tile)
    sheet: Steps = tile[down[:, None], across]
    return sheet


def piece(left: int, top: int, width: int, height: int) -> Steps:
    """A window of the grain, its corner at (left, top), each below 1024; it goes round the edges.

    A view: what is cached per size of window is 1024 larger each way.
    """
    return _sheet(width, height)[top : top + height, left : left + width]
