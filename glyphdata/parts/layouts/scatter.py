"""Boxes anywhere on the canvas, apart from one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.compiled import compiled
from glyphdata.errors import Rejection
from glyphdata.parts.fields import Share
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas

TRIES = 128
"""How many places are tried for a box before the scene is told that there is no room."""

_PLACES = compiled("glyphdata.parts._places")

Floats = NDArray[np.float64]
Gap = Annotated[float, Field(ge=0.0, le=1024.0)]

# A sequence that covers the unit square evenly from its first points on, so that a narrow gap is
# found in few tries: multiples of the plastic number's powers (the R2 sequence, M. Roberts 2018).
_PLASTIC = 1.32471795724474602596
_EVEN = np.outer(np.arange(TRIES), (1.0 / _PLASTIC, 1.0 / _PLASTIC**2))


@dataclass(frozen=True, slots=True)
class Scatter:
    """Boxes at random places, inside the canvas and apart from one another.

    Recipe: {kind: scatter, gap_px: 8}

    `gap_px` is the least distance between two boxes.
    """

    share: Share = 1.0
    gap_px: Gap = 2.0

    def choose(
        self, rng: Rng, canvas: Canvas, size: BBox, taken: Sequence[Quad], angle_deg: float
    ) -> tuple[float, float]:
        """The centre of a box of that size and angle.

        `Rejection("no-room")` where it is larger than the canvas, or `TRIES` places were taken.
        """
        turn = math.radians(angle_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        # Half the upright extents of the turned box: how near to an edge its centre may come.
        width, height = size.width, size.height
        reach_x = (abs(cos) * width + abs(sin) * height) / 2.0
        reach_y = (abs(sin) * width + abs(cos) * height) / 2.0
        room_x = canvas.width - 2.0 * reach_x
        room_y = canvas.height - 2.0 * reach_y
        if room_x < 0.0 or room_y < 0.0:
            raise Rejection(
                "no-room",
                f"a box of {width:.0f} × {height:.0f} px turned by {angle_deg:.0f}° is "
                f"larger than the canvas of {canvas.width} × {canvas.height} px",
            )
        start = rng.random(), rng.random()
        if not taken:
            return reach_x + room_x * _outward(start[0]), reach_y + room_y * _outward(start[1])
        points = chain.from_iterable(taken)
        corners = np.fromiter(chain.from_iterable(points), np.float64, 8 * len(taken))
        search = first_free if _PLACES is None else _PLACES.first_free
        place: tuple[float, float] | None = search(
            _EVEN, start, (room_x, room_y), (reach_x, reach_y), (cos, sin, -sin, cos),
            (width, height), corners, self.gap_px,
        )  # fmt: skip
        if place is None:
            raise Rejection(
                "no-room",
                f"no room was found for a box of {width:.0f} × {height:.0f} px beside "
                f"{len(taken)} others in {TRIES} tries",
                hint="fewer or smaller boxes, or a larger canvas",
            )
        return place


Number = TypeVar("Number", float, Floats)


def _outward(share: Number) -> Number:
    """A share of the room, somewhat more likely near its ends: that leaves room for other boxes."""
    return share * (0.5 + share * (1.5 - share))


def first_free(
    even: Floats,
    start: tuple[float, float],
    room: tuple[float, float],
    reach: tuple[float, float],
    axes: tuple[float, float, float, float],
    size: tuple[float, float],
    quads: Floats,
    gap_px: float,
) -> tuple[float, float] | None:
    """The first place (x, y) at which a turned box of that size keeps off all quads, or None.

    The separating axis theorem, over the box's own two axes (unit vectors, laid end to end) and the
    normals of each convex quad's edges (n × 8), for all places at once. Sums are written out: a
    matrix product may round differently from one machine to the next. `_places.c` does the same.
    """
    shares = even + start
    places = _outward(shares - np.floor(shares)) * room + reach
    corners = quads.reshape(-1, 4, 2)
    edges = corners[:, (1, 2, 3, 0)] - corners
    normals = np.stack([edges[..., 1], -edges[..., 0]], axis=-1)
    lengths = np.sqrt(normals[..., 0] * normals[..., 0] + normals[..., 1] * normals[..., 1])
    normals /= np.maximum(lengths, 1e-12)[..., None]
    own = np.broadcast_to(np.array(axes).reshape(2, 2), (len(corners), 2, 2))
    x, y = np.moveaxis(np.concatenate([normals, own], axis=1)[..., None], 2, 0)
    shadows = x * corners[:, None, :, 0] + y * corners[:, None, :, 1]
    along = np.abs(x * axes[0] + y * axes[1]) * (size[0] / 2.0)
    across = np.abs(x * axes[2] + y * axes[3]) * (size[1] / 2.0)
    far = along + across + gap_px
    centres = x * places[:, 0] + y * places[:, 1]
    beyond = centres >= shadows.max(-1, keepdims=True) + far
    before = centres <= shadows.min(-1, keepdims=True) - far
    free = np.flatnonzero((beyond | before).any(axis=1).all(axis=0))
    return (float(places[free[0], 0]), float(places[free[0], 1])) if len(free) else None
