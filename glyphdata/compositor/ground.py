"""What lies behind a box: its mean colour, and how much its brightness varies."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from glyphdata.compiled import compiled
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from glyphdata.scene.scene import Pixels

_MODULE = compiled("glyphdata.compositor._ground")

ROWS, COLUMNS = 24, 96
"""About so many rows of a box are looked at, and so many pixels of each."""


class Ground(NamedTuple):
    """The mean colour of a part of a picture, and mean and deviation of its luma, 0 to 255."""

    red: float
    green: float
    blue: float
    luma: float
    noise: float

    @property
    def color(self) -> Color:
        """The mean colour, in whole numbers."""
        return Color(round(self.red), round(self.green), round(self.blue))


def behind(box: BBox, pixels: Pixels) -> Ground:
    """What the canvas shows within `box`, as far as that lies on it."""
    height, width, _ = pixels.shape
    left, top, right, bottom = box
    x, y = min(max(int(left), 0), width - 1), min(max(int(top), 0), height - 1)
    until_x = max(min(int(right) + 1, width), x + 1)
    until_y = max(min(int(bottom) + 1, height), y + 1)
    across, down = 1 + (until_x - x) // COLUMNS, 1 + (until_y - y) // ROWS
    return Ground(*_look(pixels, width, x, y, until_x, until_y, across, down))


def look(
    pixels: Pixels,
    width: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    across: int,
    down: int,
) -> tuple[float, ...]:
    """The fields of `Ground` over every `across`-th pixel of every `down`-th row of a rectangle.

    The picture is `width` wide; luma is (77R + 150G + 29B) >> 8. `_ground.c` does the same.
    """
    part = pixels[top:bottom:down, left:right:across].astype(np.int64).reshape(-1, 3)
    luma = (77 * part[:, 0] + 150 * part[:, 1] + 29 * part[:, 2]) >> 8
    count, mean = float(len(part)), int(luma.sum()) / len(part)
    red, green, blue = (int(sum_) / count for sum_ in part.sum(axis=0))
    noise = int((luma * luma).sum()) / count - mean * mean
    return red, green, blue, mean, math.sqrt(noise) if noise > 0.0 else 0.0


_look = look if _MODULE is None else _MODULE.look
