"""Boxes where the background is calm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from glyphdata.compiled import compiled
from glyphdata.parts import Slot
from glyphdata.parts.fields import Share, Unit
from glyphdata.parts.layouts.scatter import Gap, Lying, places
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

_PLACES = compiled("glyphdata.parts._places")

# A place is judged by about so many rows and columns of its pixels, and at each of those by the
# step to the pixels so far to the right and below; `_places.c` says the same.
_ROWS, _COLUMNS, _APART = 20, 40, 2


@dataclass(frozen=True, slots=True)
class Quiet:
    """Boxes in calm parts of the background: sky, walls and water before leaves and crowds.

    Recipe: {kind: quiet, tries: 16, pull: 0.9}

    Of `tries` free places a box takes the one with the least contrast and the fewest edges behind
    it; a share of 1 - `pull` of the boxes takes the first place, as `scatter` does. `gap_px` is the
    least distance between two boxes.
    """

    share: Share = 1.0
    gap_px: Gap = 2.0
    tries: Annotated[int, Field(ge=1, le=64)] = 12
    pull: Unit = 0.9

    def ready(self, root: Path) -> Self:
        """The range itself: it reads no files."""
        return self

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Calm:
        """The same for every scene: where its boxes lie is decided by what lies behind them."""
        return Calm(canvas, self.gap_px, self.tries, self.pull)


@dataclass(frozen=True, slots=True)
class Calm:
    """Boxes where it is calm, as far as there is room."""

    canvas: Canvas
    gap_px: float
    tries: int
    pull: float

    def slot(self, number: int) -> Slot | None:
        """No room is kept."""
        return None

    def spot(
        self, rng: Rng, size: BBox, taken: Sequence[Quad], angle_deg: float, ground: Pixels
    ) -> tuple[float, float]:
        """The centre of a box of that size and angle; where all is even, that of `scatter`.

        `Rejection("no-room")` where it is larger than the canvas, or every place tried was taken.
        """
        start = rng.random(), rng.random()
        most = self.tries if rng.chance(self.pull) else 1
        lying = Lying.of(size, angle_deg)
        found = places(self.canvas, lying, start, taken, self.gap_px, most)
        if len(found) == 1:
            return found[0]
        height, width, _ = ground.shape
        judge = calmest if _PLACES is None else _PLACES.calmest
        return found[judge(ground, height, width, found, lying.reach)]


def calmest(
    ground: Pixels,
    height: int,
    width: int,
    centres: Sequence[tuple[float, float]],
    reach: tuple[float, float],
) -> int:
    """The number of the place where `ground` (height × width × 3) is calmest, the first of equals.

    A place is the upright rectangle that reaches `reach` pixels each way from its centre. Whole
    numbers, so that every machine prefers the same one. `_places.c` does the same.
    """
    return min(range(len(centres)), key=lambda at: _unrest(ground, centres[at], reach))


def _unrest(ground: Pixels, centre: tuple[float, float], reach: tuple[float, float]) -> int:
    """16 times the variance of the rectangle's luma and the mean square of its steps."""
    height, width, _ = ground.shape
    (x, y), (reach_x, reach_y) = centre, reach
    left = min(max(floor(x - reach_x), 0), width - 1)
    top = min(max(floor(y - reach_y), 0), height - 1)
    right = min(max(ceil(x + reach_x), left + 1), width)
    bottom = min(max(ceil(y + reach_y), top + 1), height)
    # Odd steps, so that no texture repeats both with them and with those between neighbours.
    rows = np.arange(top, bottom, (1 + (bottom - top) // _ROWS) | 1)[:, None]
    columns = np.arange(left, right, (1 + (right - left) // _COLUMNS) | 1)
    here = _luma(ground[rows, columns])
    beside = _luma(ground[rows, np.minimum(columns + _APART, width - 1)]) - here
    below = _luma(ground[np.minimum(rows + _APART, height - 1), columns]) - here
    count, total, squares = here.size, int(here.sum()), int((here * here).sum())
    edges = int((beside * beside + below * below).sum())
    return 16 * (count * squares - total * total) // (count * count) + 16 * edges // count


def _luma(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    wide = pixels.astype(np.int64)
    luma: np.ndarray[tuple[int, ...], np.dtype[np.int64]] = (
        77 * wide[..., 0] + 150 * wide[..., 1] + 29 * wide[..., 2]
    ) >> 8
    return luma
