"""Boxes anywhere on the canvas, apart from one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.errors import Rejection
from glyphdata.parts.fields import Share
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas

TRIES = 128
"""How many places are tried for a box before the scene is told that there is no room."""

Number = TypeVar("Number", float, NDArray[np.float64])

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
        reach_x = (abs(cos) * size.width + abs(sin) * size.height) / 2.0
        reach_y = (abs(sin) * size.width + abs(cos) * size.height) / 2.0
        room_x = canvas.width - 2.0 * reach_x
        room_y = canvas.height - 2.0 * reach_y
        if room_x < 0.0 or room_y < 0.0:
            raise Rejection(
                "no-room",
                f"a box of {size.width:.0f} × {size.height:.0f} px turned by {angle_deg:.0f}° is "
                f"larger than the canvas of {canvas.width} × {canvas.height} px",
            )
        start = rng.random(), rng.random()
        if not taken:
            return reach_x + room_x * _outward(start[0]), reach_y + room_y * _outward(start[1])
        places = _outward((_EVEN + start) % 1.0) * (room_x, room_y) + (reach_x, reach_y)
        axes = np.array(((cos, sin), (-sin, cos)))
        free = np.flatnonzero(_apart(places, axes, (size.width, size.height), taken, self.gap_px))
        if not len(free):
            raise Rejection(
                "no-room",
                f"no room was found for a box of {size.width:.0f} × {size.height:.0f} px beside "
                f"{len(taken)} others in {TRIES} tries",
                hint="fewer or smaller boxes, or a larger canvas",
            )
        x, y = places[free[0]].tolist()
        return x, y


def _outward(share: Number) -> Number:
    """A share of the room, somewhat more likely near its ends: that leaves room for other boxes."""
    return share * share * (3.0 - 2.0 * share)


def _apart(
    places: NDArray[np.float64],
    axes: NDArray[np.float64],
    size: tuple[float, float],
    taken: Sequence[Quad],
    gap_px: float,
) -> NDArray[np.bool_]:
    """At which of the places (n × 2) does a turned rectangle keep apart from all the quads?

    The separating axis theorem, over the rectangle's own two axes (unit vectors) and the normals of
    each convex quad's edges, for all places at once.
    """
    corners = np.array(taken)
    edges = corners[:, (1, 2, 3, 0)] - corners
    normals = edges[:, :, ::-1] * (1.0, -1.0)
    normals /= np.maximum(np.sqrt((normals * normals).sum(-1, keepdims=True)), 1e-12)
    tested = np.concatenate([normals, np.broadcast_to(axes, (len(corners), 2, 2))], axis=1)
    shadows = tested @ corners.transpose(0, 2, 1)
    reach = np.abs(tested @ axes.T) @ (size[0] / 2.0, size[1] / 2.0) + gap_px
    centres = tested @ places.T
    beyond = centres >= (shadows.max(-1) + reach)[:, :, None]
    before = centres <= (shadows.min(-1) - reach)[:, :, None]
    apart: NDArray[np.bool_] = (beyond | before).any(axis=1).all(axis=0)
    return apart
