"""How large does a text stand, and where on the canvas?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from glyphdata.compositor.manner import Manner
from glyphdata.errors import Rejection
from glyphdata.parts import Arrangement, Slot
from glyphdata.recipe import Recipe
from glyphdata.recipe.fields import LEAST_PX
from glyphdata.scene.geometry import BBox, Homography, Point, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Align, Canvas, Level, Pixels
from glyphdata.typeset import Fit, bendable, bent_size, fit
from glyphdata.typeset.shape import Shaped

SHRINKS = (1.0, 0.8, 0.62, 0.45)
"""By how much a box is made smaller, step by step, until there is room for it."""

_UPRIGHT = Homography.placed(0.0, 0.0)


class Setting(NamedTuple):
    """A text fitted to its room, the frame that holds it and the map that lays it on the canvas.

    The frame is the fit's own unless the line is bent, by `bend_deg`.
    """

    fit: Fit
    bend_deg: float
    width_px: float
    height_px: float
    place: Homography
    quad: Quad


class Spread(NamedTuple):
    """A scene so far: how many boxes it wants, where they may lie, what is taken, the painted
    ground, and the one language that it speaks (BCP 47; empty where any will do).
    """

    wanted: int
    arrangement: Arrangement
    taken: Sequence[Quad]
    ground: Pixels
    language: str = ""


class Rooms:
    """Finds rooms for texts as a recipe wants them."""

    def __init__(self, recipe: Recipe) -> None:
        self._boxes = recipe.boxes
        self._canvas = Canvas(recipe.canvas.width, recipe.canvas.height)
        self._least = {**LEAST_PX, **recipe.boxes.least_px}

    def least_px(self, script: str) -> float:
        """The smallest size at which a text in that script may stand.

        Signs, digits and scripts without a size of their own go with Latin.
        """
        return self._least.get(script) or self._least["latin"]

    def free(
        self, rng: Rng, shaped: Shaped, level: Level, script: str, manner: Manner, spread: Spread
    ) -> Setting:
        """The text as large as fits the room it draws, smaller where it finds no place so.

        `Rejection`: `too-long` where it fits at no size, `no-room` where there is no place for it.
        """
        canvas, boxes = self._canvas, self._boxes
        low, high = self._sizes(boxes.size_px, script)
        largest = rng.at("size").log_uniform(low, high)
        turned = _turned(manner)
        columns = manner.direction == "ttb"
        across, most = _extent(canvas, turned, columns)
        room = across * (1.0 if level == "word" else rng.at("width").uniform(0.4, 1.0))
        # What several boxes may take together leaves gaps enough to find a place for each.
        tall = min(most, 0.6 * canvas.width * canvas.height / (spread.wanted * room))
        taken = spread.taken
        if boxes.overlap:
            taken = [_core(quad, boxes.overlap) for quad in taken]
        for attempt, shrink in enumerate(SHRINKS):
            width = room * (1.0 if level == "paragraph" else shrink)
            sizes = low, max(low, largest * shrink)
            found = _fitted(shaped, (width, tall), sizes, manner, level)
            if found is None and (tall < most or width < across):
                found = _fitted(shaped, (across, most), (low, low), manner, level)
            if found is None:
                break
            try:
                setting = self._laid(rng.at("place", attempt), found, manner, spread, taken)
                if boxes.overlap and _covered([*spread.taken, setting.quad]) > boxes.overlap:
                    raise Rejection("no-room", "the boxes would cover too much of each other")
                return setting
            except Rejection:
                if attempt == len(SHRINKS) - 1:
                    raise
        raise too_long(shaped, low)

    def _sizes(self, sizes: tuple[float, float], script: str) -> tuple[float, float]:
        low = max(sizes[0], self.least_px(script))
        return low, max(low, sizes[1])

    def _laid(
        self, rng: Rng, found: Fit, manner: Manner, spread: Spread, taken: Sequence[Quad]
    ) -> Setting:
        bend = manner.bend_deg if manner.bend_deg and bendable(found) else 0.0
        width, height = found.width_px, found.height_px
        if bend:
            width, height = bent_size(found, bend)
        frame = BBox(0.0, 0.0, width, height)
        spot, angle = spread.arrangement.spot, manner.angle_deg
        if manner.tilt is None:
            x, y = spot(rng, frame, taken, angle, spread.ground)
            place, quad = _centred(_turned(manner), x, y, frame)
            return Setting(found, bend, width, height, place, quad)
        tilted = Homography.tilted(width, height, angle, *manner.tilt)
        around = _around(tilted.quad(frame), angle)
        x, y = spot(rng, BBox(0.0, 0.0, around.width, around.height), taken, angle, spread.ground)
        middle = Homography.placed(0.0, 0.0, angle).at(
            (around.left + around.right) / 2.0, (around.top + around.bottom) / 2.0
        )
        place = tilted.moved(x - middle.x, y - middle.y)
        return Setting(found, bend, width, height, place, place.quad(frame))

    def kept(
        self, shaped: Shaped, level: Level, script: str, align: Align, manner: Manner, slot: Slot
    ) -> Setting:
        """The text as large as fits the room kept for it; `Rejection("too-long")` if none does."""
        sizes = self._sizes(slot.size_px or self._boxes.size_px, script)
        room = slot.bbox
        along = (room.width, room.height)
        if manner.direction == "ttb":
            along = (room.height, room.width)
        found = _fitted(shaped, along, sizes, manner, level)
        if found is None:
            raise too_long(shaped, sizes[0])
        turned = Homography.placed(0.0, 0.0, slot.angle_deg)
        # Along the line the box stands where its lines are aligned, across it in the middle.
        aside = {"left": -0.5, "center": 0.0, "right": 0.5}[align] * (room.width - found.width_px)
        x = (room.left + room.right) / 2.0 + turned.a * aside
        y = (room.top + room.bottom) / 2.0 + turned.d * aside
        frame = BBox(0.0, 0.0, found.width_px, found.height_px)
        place, quad = _centred(turned, x, y, frame)
        return Setting(found, 0.0, found.width_px, found.height_px, place, quad)


def too_long(shaped: Shaped, smallest: float) -> Rejection:
    """What to say of a text that does not fit."""
    return Rejection(
        "too-long",
        f"{shaped.text[:40]!r} does not fit at {smallest:g} px",
        hint="shorter texts, a smaller boxes.size_px, fewer boxes or a larger canvas",
    )


def _turned(manner: Manner) -> Homography:
    return _UPRIGHT if manner.angle_deg == 0.0 else Homography.placed(0.0, 0.0, manner.angle_deg)


def _extent(canvas: Canvas, turned: Homography, columns: bool) -> tuple[float, float]:
    """How long lines, and how much together, may be of a box that lies so on the canvas."""
    width, height = canvas.width, canvas.height
    if columns:
        width, height = height, width
    wide = min(width / max(abs(turned.a), 1e-9), height / max(abs(turned.d), 1e-9))
    return 0.96 * wide, 0.9 * height


def _fitted(
    shaped: Shaped,
    room: tuple[float, float],
    sizes: tuple[float, float],
    manner: Manner,
    level: Level,
) -> Fit | None:
    """The text in a room of that length and height of lines; in one line where that is wanted."""
    along, across = room
    if manner.direction == "ttb":
        along, across = across, along
    if manner.bend_deg:
        found = fit(
            shaped, width_px=along, height_px=across, size_px=sizes,
            line_spacing=manner.line_spacing, max_lines=1,
        )  # fmt: skip
        if found is not None or level == "word":
            return found
    return fit(
        shaped,
        width_px=along,
        height_px=across,
        size_px=sizes,
        line_spacing=manner.line_spacing,
        max_lines=1 if level == "word" else None,
    )


def _around(quad: Quad, angle_deg: float) -> BBox:
    """The rectangle around a quad in a frame turned by that angle about the origin."""
    back = Homography.placed(0.0, 0.0, -angle_deg)
    return Quad(*(back.at(*corner) for corner in quad)).bbox()


def _core(quad: Quad, overlap: float) -> Quad:
    """The part of an earlier box that a later one must leave free, for the layout to look past.

    The quad scaled about its middle by 1 - 2·overlap; what is covered in the end is measured.
    """
    keep = max(1.0 - 2.0 * overlap, 0.0)
    x = sum(corner.x for corner in quad) / 4
    y = sum(corner.y for corner in quad) / 4
    return Quad(*(Point(x + keep * (p.x - x), y + keep * (p.y - y)) for p in quad))


def _covered(quads: Sequence[Quad]) -> float:
    """The largest share of one of these boxes that the others cover, each counted alone."""
    corners = [np.array(quad, np.float32) for quad in quads]
    worst = 0.0
    for number, own in enumerate(corners):
        others = corners[:number] + corners[number + 1 :]
        shared = sum(cv2.intersectConvexConvex(own, other)[0] for other in others)
        worst = max(worst, shared / max(cv2.contourArea(own), 1e-6))
    return worst


def _centred(turned: Homography, x: float, y: float, size: BBox) -> tuple[Homography, Quad]:
    """The map that lays a frame of that size, turned so, with its centre on (x, y); and its quad.

    Written out, for `turned` leaves the origin where it is and keeps parallels parallel.
    """
    _, _, width, height = size
    a, b, _, d, e, *_ = turned
    c = x - (a * (width / 2) + b * (height / 2))
    f = y - (d * (width / 2) + e * (height / 2))
    along_x, along_y, down_x, down_y = a * width, d * width, b * height, e * height
    quad = Quad(
        Point(c, f),
        Point(along_x + c, along_y + f),
        Point(along_x + down_x + c, along_y + down_y + f),
        Point(down_x + c, down_y + f),
    )
    return Homography(a, b, c, d, e, f), quad
