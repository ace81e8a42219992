"""Rooms for boxes, cut out of a canvas: rows, columns, and what lies aslant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from glyphdata.errors import Rejection
from glyphdata.parts import Arrangement, Slot
from glyphdata.scene.geometry import BBox, Homography, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Align, Canvas, Pixels

GAP_PX = 2.5
"""The least distance of two slots, so that no rounding brings their texts nearer than 2 pixels."""


def least_height(canvas: Canvas) -> float:
    """The least height of a slot: a 24th of the canvas, and no fewer pixels than a text needs."""
    return max(canvas.height / 24.0, 10.0)


@dataclass(frozen=True, slots=True)
class Slotted:
    """Boxes in the slots kept for them, the first in the first.

    What boxes a scene wants beyond them lie where `others` finds room; with `others` None there
    are no more than there are slots.
    """

    slots: tuple[Slot, ...]
    others: Arrangement | None = None

    def slot(self, number: int) -> Slot | None:
        """The slot of that number; None beyond the last."""
        return self.slots[number] if number < len(self.slots) else None

    def spot(
        self, rng: Rng, size: BBox, taken: Sequence[Quad], angle_deg: float, ground: Pixels
    ) -> tuple[float, float]:
        """The centre of a box that has no slot, beside the boxes taken.

        `Rejection`: `no-room` where there is no place, `no-slot` where none may lie outside them.
        """
        if self.others is None:
            raise Rejection(
                "no-slot",
                f"the arrangement drawn has room for {len(self.slots)} boxes",
                hint="a lower boxes.count",
            )
        return self.others.spot(rng, size, taken, angle_deg, ground)


class Page(NamedTuple):
    """What an arrangement is laid out on: a stream of numbers, the area that it may take, the gaps
    to keep across and down, and the least side of a slot; all in pixels."""

    rng: Rng
    area: BBox
    across: float
    down: float
    least: float

    def on(self, area: BBox) -> Page:
        """The same page with another area."""
        return self._replace(area=area)

    def rows(self, weights: Sequence[float]) -> tuple[BBox, ...]:
        """The area in rows, as high as the weights say; where there is room for all, that many."""
        return rows(self.area, weights, self.down, self.least)

    def columns(self, weights: Sequence[float]) -> tuple[BBox, ...]:
        """The area in columns, as wide as the weights say; where there is room, that many."""
        return columns(self.area, weights, self.across, self.least)

    def cut(self, share: float) -> tuple[BBox, BBox]:
        """The area cut into an upper part of that share and a lower one."""
        left, top, right, bottom = self.area
        upper = max((bottom - top - self.down) * share, self.least)
        return (
            BBox(left, top, right, top + upper),
            BBox(left, min(top + upper + self.down, bottom), right, bottom),
        )


def rows(area: BBox, weights: Sequence[float], gap_px: float, least_px: float) -> tuple[BBox, ...]:
    """The area cut from top to bottom into parts as high as the weights say.

    None is lower than `least_px`; where that leaves no room for all, the last ones are missing.
    """
    heights = _shared(area.height, weights, gap_px, least_px)
    out, top = [], area.top
    for height in heights:
        out.append(BBox(area.left, top, area.right, top + height))
        top += height + gap_px
    return tuple(out)


def columns(
    area: BBox, weights: Sequence[float], gap_px: float, least_px: float
) -> tuple[BBox, ...]:
    """The area cut from left to right, as `rows` cuts it from top to bottom."""
    widths = _shared(area.width, weights, gap_px, least_px)
    out, left = [], area.left
    for width in widths:
        out.append(BBox(left, area.top, left + width, area.bottom))
        left += width + gap_px
    return tuple(out)


def _shared(length: float, weights: Sequence[float], gap: float, least: float) -> list[float]:
    """A length shared out by weight, gaps between; a part below the least takes from the others."""
    count = min(len(weights), int((length + gap) / (least + gap) + 1e-9))
    left = length - gap * max(count - 1, 0)
    parts = [0.0] * count
    open_parts = list(range(count))
    while open_parts:
        unit = left / sum(weights[at] for at in open_parts)
        short = [at for at in open_parts if weights[at] * unit < least]
        for at in short or open_parts:
            parts[at] = least if short else weights[at] * unit
        left -= least * len(short)
        open_parts = [at for at in open_parts if at not in short] if short else []
    return parts


def part(area: BBox, width: float, height: float, at: tuple[float, float] = (0.5, 0.5)) -> BBox:
    """A part of the area: shares of its width and height, `at` shares of the room that is left."""
    wide, high = area.width * width, area.height * height
    left = area.left + (area.width - wide) * at[0]
    top = area.top + (area.height - high) * at[1]
    return BBox(left, top, left + wide, top + high)


def aligned(area: BBox, width: float, align: Align) -> BBox:
    """A share of the area's width, on the side that texts are aligned to."""
    return part(area, width, 1.0, ({"left": 0.0, "center": 0.5, "right": 1.0}[align], 0.0))


def around(canvas: Canvas, margin: tuple[float, float]) -> BBox:
    """The canvas without a margin on either side, and above and below (pixels)."""
    x, y = margin
    return BBox(x, y, canvas.width - x, canvas.height - y)


def leaning(slot: Slot, angle_deg: float) -> Slot:
    """The slot turned by an angle, smaller by as much as keeps it within its own upright room."""
    reach_x, reach_y = _reach(slot.bbox, angle_deg)
    share = min(slot.bbox.width / (2.0 * reach_x), slot.bbox.height / (2.0 * reach_y))
    return slot._replace(bbox=part(slot.bbox, share, share), angle_deg=angle_deg)


def standing(slot: Slot, way: Literal[-90, 90]) -> Slot:
    """The slot for a text that runs up (-90) or down (90), in the very same room."""
    left, top, right, bottom = slot.bbox
    x, y = (left + right) / 2.0, (top + bottom) / 2.0
    half_x, half_y = slot.bbox.height / 2.0, slot.bbox.width / 2.0
    lying = BBox(x - half_x, y - half_y, x + half_x, y + half_y)
    return slot._replace(bbox=lying, angle_deg=float(way))


def within(canvas: Canvas, slot: Slot) -> Slot:
    """As much of the slot as lies on the canvas: an upright one is cut off at the edges, a turned
    one made smaller about its centre; empty where there is nothing of it on the canvas."""
    left, top, right, bottom = slot.bbox
    if slot.angle_deg == 0.0:
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, float(canvas.width)), min(bottom, float(canvas.height))
        return slot._replace(bbox=BBox(left, top, max(left, right), max(top, bottom)))
    x, y = (left + right) / 2.0, (top + bottom) / 2.0
    reach_x, reach_y = _reach(slot.bbox, slot.angle_deg)
    share_x = min(x, canvas.width - x) / max(reach_x, 1e-9)
    share_y = min(y, canvas.height - y) / max(reach_y, 1e-9)
    share = max(min(share_x, share_y, 1.0), 0.0)
    return slot._replace(bbox=part(slot.bbox, share, share))


def settled(canvas: Canvas, slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Those of the slots that lie on the canvas, are high enough, and keep off all before them."""
    kept: list[tuple[Slot, Quad, BBox]] = []
    whole, least = canvas.bbox, least_height(canvas) - 1e-6
    for slot in slots:
        if min(slot.bbox.width, slot.bbox.height) < least:
            continue
        quad = quad_of(slot)
        bounds = quad.bbox()
        inside = min(bounds.left, bounds.top) > -1e-6 and (
            bounds.right < whole.right + 1e-6 and bounds.bottom < whole.bottom + 1e-6
        )
        if inside and all(
            not bounds.meets(taken, GAP_PX - 1e-6) or quad.separates(other, GAP_PX - 1e-6)
            for _, other, taken in kept
        ):
            kept.append((slot, quad, bounds))
    return tuple([slot for slot, _, _ in kept])


def quad_of(slot: Slot) -> Quad:
    """Where a slot's corners lie on the canvas, clockwise from its text's top left."""
    left, top, right, bottom = slot.bbox
    turned = Homography.placed(0.0, 0.0, slot.angle_deg)
    middle = turned.at(slot.bbox.width / 2.0, slot.bbox.height / 2.0)
    x, y = (left + right) / 2.0 - middle.x, (top + bottom) / 2.0 - middle.y
    return turned._replace(c=x, f=y).quad(BBox(0.0, 0.0, slot.bbox.width, slot.bbox.height))


def _reach(box: BBox, angle_deg: float) -> tuple[float, float]:
    """Half the upright extents of a box turned by that angle."""
    turn = math.radians(angle_deg)
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    return (
        (cos * box.width + sin * box.height) / 2.0,
        (sin * box.width + cos * box.height) / 2.0,
    )
