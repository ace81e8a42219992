"""Boxes anywhere on the canvas, apart from one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.compiled import compiled
from glyphdata.errors import Rejection
from glyphdata.parts import Slot
from glyphdata.parts.fields import Share
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

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

    def ready(self, root: Path) -> Self:
        """The range itself: it reads no files."""
        return self

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Scattered:
        """The same for every scene: any place will do."""
        return Scattered(canvas, self.gap_px)


@dataclass(frozen=True, slots=True)
class Scattered:
    """Boxes wherever there is room."""

    canvas: Canvas
    gap_px: float

    def slot(self, number: int) -> Slot | None:
        """No room is kept."""
        return None

    def spot(
        self, rng: Rng, size: BBox, taken: Sequence[Quad], angle_deg: float, ground: Pixels
    ) -> tuple[float, float]:
        """The centre of a box of that size and angle.

        `Rejection("no-room")` where it is larger than the canvas, or `TRIES` places were taken.
        """
        lying = Lying.of(size, angle_deg)
        start = rng.random(), rng.random()
        return places(self.canvas, lying, start, taken, self.gap_px, 1)[0]


class Lying(NamedTuple):
    """A box as it lies: its size, its own two axes (unit vectors, laid end to end) and half its
    upright extents, which say how near to an edge its centre may come. All in pixels."""

    size: tuple[float, float]
    axes: tuple[float, float, float, float]
    reach: tuple[float, float]

    @classmethod
    def of(cls, size: BBox, angle_deg: float) -> Lying:
        """A box of that size, turned clockwise by that angle."""
        turn = math.radians(angle_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        width, height = size.width, size.height
        reach_x = (abs(cos) * width + abs(sin) * height) / 2.0
        reach_y = (abs(sin) * width + abs(cos) * height) / 2.0
        return cls((width, height), (cos, sin, -sin, cos), (reach_x, reach_y))


def places(
    canvas: Canvas,
    lying: Lying,
    start: tuple[float, float],
    taken: Sequence[Quad],
    gap_px: float,
    most: int,
) -> list[tuple[float, float]]:
    """Centres (x, y) for a box, at least one and at most `most`, that keep it off those taken.

    They follow one another in an even sequence that begins at `start` (shares of the room there
    is). `Rejection("no-room")` where the box is larger than the canvas, or `TRIES` were taken.
    """
    (width, height), (reach_x, reach_y) = lying.size, lying.reach
    room_x, room_y = canvas.width - 2.0 * reach_x, canvas.height - 2.0 * reach_y
    if room_x < 0.0 or room_y < 0.0:
        raise Rejection(
            "no-room",
            f"a box of {width:.0f} × {height:.0f} px takes {2 * reach_x:.0f} × {2 * reach_y:.0f} "
            f"px as it lies, larger than the canvas of {canvas.width} × {canvas.height} px",
        )
    if most == 1 and not taken:
        return [(reach_x + room_x * _outward(start[0]), reach_y + room_y * _outward(start[1]))]
    corners = np.fromiter(
        chain.from_iterable(chain.from_iterable(taken)), np.float64, 8 * len(taken)
    )
    search = free_places if _PLACES is None else _PLACES.free_places
    found: list[tuple[float, float]] = search(
        _EVEN, start, (room_x, room_y), lying, corners, gap_px, most
    )
    if not found:
        raise Rejection(
            "no-room",
            f"no room was found for a box of {width:.0f} × {height:.0f} px beside "
            f"{len(taken)} others in {TRIES} tries",
            hint="fewer or smaller boxes, or a larger canvas",
        )
    return found


Number = TypeVar("Number", float, Floats)


def _outward(share: Number) -> Number:
    """A share of the room, somewhat more likely near its ends: that leaves room for other boxes."""
    return share * (0.5 + share * (1.5 - share))


def free_places(
    even: Floats,
    start: tuple[float, float],
    room: tuple[float, float],
    lying: Lying,
    quads: Floats,
    gap_px: float,
    most: int,
) -> list[tuple[float, float]]:
    """The first `most` places (x, y) at which a box that lies so keeps off all quads (n × 8).

    The separating axis theorem, over the box's own two axes and the normals of each convex quad's
    edges, for all places at once. Sums are written out: a matrix product may round differently from
    one machine to the next. `_places.c` does the same.
    """
    size, axes, reach = lying
    shares = even + start
    centres = _outward(shares - np.floor(shares)) * room + reach
    if not len(quads):
        return [(x, y) for x, y in centres[:most].tolist()]
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
    at = x * centres[:, 0] + y * centres[:, 1]
    beyond = at >= shadows.max(-1, keepdims=True) + far
    before = at <= shadows.min(-1, keepdims=True) - far
    free = np.flatnonzero((beyond | before).any(axis=1).all(axis=0))
    return [(x, y) for x, y in centres[free[:most]].tolist()]
