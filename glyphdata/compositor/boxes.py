"""How does one text box come to be? A text, a face, a size, a place, an ink.

The compositor draws each of them from a stream of its own and sets the text as it goes: the size is
the largest that fits the room it drew, the ink has contrast to the painted ground.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.chooser import Chooser
from glyphdata.faces.outlines import Outlines
from glyphdata.parts import Layout, Passage, TextSource
from glyphdata.recipe import Recipe
from glyphdata.scene.color import Ink, luminance, palette
from glyphdata.scene.geometry import BBox, Homography, Point, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Level, Pixels, TextBox
from glyphdata.scene.typeset import SetBox
from glyphdata.typeset.fit import Fit, fit
from glyphdata.typeset.itemize import direction_of, script_of, scripts_of
from glyphdata.typeset.place import place
from glyphdata.typeset.shape import Shaped, shape

SHRINKS = (1.0, 0.8, 0.62, 0.45)
"""By how much a box is made smaller, step by step, until there is room for it."""

_UPRIGHT = Homography.placed(0.0, 0.0)

CONTRAST_MARGIN = 1.1
"""The ground is judged by a sample of its pixels; the ink must beat the floor by this much."""


class Composed(NamedTuple):
    """A text box, its glyphs placed, where its frame lies on the canvas, and what is around it."""

    box: TextBox
    placed: SetBox
    quad: Quad
    around: BBox


class Setting(NamedTuple):
    """A text fitted to its room, and the map that lays it on the canvas."""

    fit: Fit
    place: Homography
    quad: Quad


class Compositor:
    """Composes the text boxes of a recipe, one by one."""

    def __init__(self, recipe: Recipe, catalogue: Catalogue, outlines: Outlines) -> None:
        """`InputError` where a text source cannot be used, or no face is left to choose from."""
        self._recipe = recipe
        self._catalogue = catalogue
        self._outlines = outlines
        self._canvas = Canvas(recipe.canvas.width, recipe.canvas.height)
        sources = [source.ready(recipe.root) for source in recipe.texts]
        self._sources: dict[Level, tuple[list[TextSource], list[float]]] = {}
        for level in ("word", "sentence", "paragraph"):
            able = [source for source in sources if level in source.levels()]
            self._sources[level] = able, [source.share for source in able]
        self.faces = catalogue.where(
            scripts=recipe.faces.scripts,
            families=recipe.faces.families,
            categories=recipe.faces.categories,
        )
        if not self.faces:
            raise InputError(
                "no installed face answers to the recipe's `faces`",
                hint="pip install 'glyphdata[fonts]', or ask for less; `glyphdata fonts list`",
            )
        self._chooser = Chooser(catalogue, self.faces)
        self._layout_shares = [part.share for part in recipe.layouts]
        names = recipe.colors.names
        self._inks = sorted(
            (ink for ink in palette().inks if not names or ink.name in names),
            key=lambda ink: (luminance(*ink.color), ink.token),
        )
        self._lights = [luminance(*ink.color) for ink in self._inks]

    def gives(self, level: Level) -> bool:
        """Does any text source give texts of that level?"""
        return bool(self._sources[level][0])

    def compose(
        self, rng: Rng, level: Level, wanted: int, taken: Sequence[Quad], ground: Pixels
    ) -> Composed:
        """One box of the `wanted` ones of a scene, apart from those taken, on the painted ground.

        `Rejection` where the text drawn cannot be set, placed or inked.
        """
        boxes = self._recipe.boxes
        passage = self._passage(rng, level)
        text, language = passage.text, passage.language
        scripts = scripts_of(text)
        face = self._chooser.choose(rng, text, language, scripts)
        direction = direction_of(text)
        shaped = shape(
            text, self._catalogue.open(face.token), self._outlines,
            language=language, direction=direction, ligatures=self._recipe.faces.ligatures,
        )  # fmt: skip
        angle, spacing = self._angle(rng), self._spacing(rng)
        found, where, quad = self._set(rng, shaped, level, wanted, angle, spacing, taken)
        around = quad.bbox()
        box = TextBox(
            id=len(taken),
            level=level,
            text=text,
            source_text=text,
            language=language,
            script=script_of(text, scripts),
            direction=direction,
            face=face,
            ink=self._ink(rng, around, ground),
            size_px=found.size_px,
            align=rng.at("align").pick(boxes.align),
            angle_deg=angle,
            width_px=found.width_px,
            height_px=found.height_px,
            place=where,
            line_ends=found.line_ends,
            line_spacing=spacing,
        )
        return Composed(box, place(found.shaped, box), quad, around)

    def _angle(self, rng: Rng) -> float:
        boxes = self._recipe.boxes
        if boxes.turned < 1.0 and not rng.at("turned").chance(boxes.turned):
            return 0.0
        low, high = boxes.angle_deg
        return low if low == high else rng.at("angle").uniform(low, high)

    def _spacing(self, rng: Rng) -> float:
        low, high = self._recipe.boxes.line_spacing
        return low if low == high else rng.at("spacing").uniform(low, high)

    def _passage(self, rng: Rng, level: Level) -> Passage:
        sources, shares = self._sources[level]
        source = sources[rng.at("source").weighted(shares) if len(sources) > 1 else 0]
        passage = source.choose(rng.at("text"), level)
        if not passage.text or passage.text.isspace():
            raise Rejection("empty-text", "a text without anything to draw")
        return passage

    def _set(
        self,
        rng: Rng,
        shaped: Shaped,
        level: Level,
        wanted: int,
        angle: float,
        spacing: float,
        taken: Sequence[Quad],
    ) -> Setting:
        """The text as large as fits the room it draws, smaller where it finds no place so."""
        canvas, boxes = self._canvas, self._recipe.boxes
        low, high = boxes.size_px
        largest = rng.at("size").log_uniform(low, high)
        turned = _UPRIGHT if angle == 0.0 else Homography.placed(0.0, 0.0, angle)
        across, most = _extent(canvas, turned)
        room = across * (1.0 if level == "word" else rng.at("width").uniform(0.4, 1.0))
        # What several boxes may take together leaves gaps enough to find a place for each.
        tall = min(most, 0.6 * canvas.width * canvas.height / (wanted * room))
        layout = self._layout(rng)
        cores = [_core(quad, boxes.overlap) for quad in taken] if boxes.overlap else taken
        for attempt, shrink in enumerate(SHRINKS):
            width = room * (1.0 if level == "paragraph" else shrink)
            sizes = low, max(low, largest * shrink)
            found = _fitted(shaped, width, tall, sizes, spacing, level)
            if found is None and (tall < most or width < across):
                found = _fitted(shaped, across, most, (low, low), spacing, level)
            if found is None:
                break
            size = BBox(0.0, 0.0, found.width_px, found.height_px)
            try:
                x, y = layout.choose(rng.at("place", attempt), canvas, size, cores, angle)
                where, quad = _centred(turned, x, y, size)
                if boxes.overlap and _covered([*taken, quad]) > boxes.overlap:
                    raise Rejection("no-room", "the boxes would cover too much of each other")
                return Setting(found, where, quad)
            except Rejection:
                if attempt == len(SHRINKS) - 1:
                    raise
        raise _too_long(shaped, low)

    def _layout(self, rng: Rng) -> Layout:
        layouts = self._recipe.layouts
        if len(layouts) == 1:
            return layouts[0]
        return layouts[rng.at("layout").weighted(self._layout_shares)]

    def _ink(self, rng: Rng, around: BBox, ground: Pixels) -> Ink:
        """An ink with contrast enough to the mean of what lies behind the box."""
        left, top, right, bottom = map(int, around)
        left, top = max(left, 0), max(top, 0)
        rows = slice(top, bottom + 1, 1 + (bottom + 1 - top) // 32)
        red, green, blue, _ = cv2.mean(ground[rows, left : right + 1])
        light = luminance(red, green, blue) + 0.05
        floor = self._recipe.colors.min_contrast
        for ratio in (floor * CONTRAST_MARGIN, floor):
            # Inks stand from dark to light: those dark enough come first, those light enough last.
            dark = bisect_right(self._lights, light / ratio - 0.05)
            bright = bisect_left(self._lights, light * ratio - 0.05)
            enough = dark + len(self._inks) - bright
            if enough:
                drawn = rng.at("ink").integer(0, enough)
                return self._inks[drawn if drawn < dark else bright + drawn - dark]
        raise Rejection(
            "low-contrast",
            f"no ink of the recipe reaches a contrast of {floor:g} on its ground",
            hint="lower colors.min_contrast, allow more colors.names or calmer backgrounds",
        )


def _too_long(shaped: Shaped, smallest: float) -> Rejection:
    return Rejection(
        "too-long",
        f"{shaped.text[:40]!r} does not fit at {smallest:g} px",
        hint="shorter texts, a smaller boxes.size_px, fewer boxes or a larger canvas",
    )


def _extent(canvas: Canvas, turned: Homography) -> tuple[float, float]:
    """How wide and how tall a box may be that lies so on the canvas."""
    wide = min(canvas.width / max(abs(turned.a), 1e-9), canvas.height / max(abs(turned.d), 1e-9))
    return 0.96 * wide, 0.9 * canvas.height


def _fitted(
    shaped: Shaped,
    width: float,
    height: float,
    sizes: tuple[float, float],
    spacing: float,
    level: Level,
) -> Fit | None:
    return fit(
        shaped,
        width_px=width,
        height_px=height,
        size_px=sizes,
        line_spacing=spacing,
        max_lines=1 if level == "word" else None,
    )


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
