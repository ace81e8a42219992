"""Which scene is number i? A pure function of (recipe, i).

`Scenes` is a Sequence: `scenes[17]`. Every choice draws from a stream of its own (seed, index,
draft, decision), so that one more decision moves no other and scene 1,000,000 costs what scene 0
costs.

The text is set while it is planned: its size is the largest that fits the room it was given, and
its ink is chosen against the painted background. A `Draft` hands both on, so that drawing does
neither again.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import cv2
import numpy as np

from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.parts import Passage
from glyphdata.recipe import Recipe
from glyphdata.scene.color import Ink, luminance, palette
from glyphdata.scene.geometry import BBox, Homography, Point, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Backdrop, Canvas, FaceRef, Level, Pixels, Scene, TextBox
from glyphdata.scene.typeset import SetBox, Typeset
from glyphdata.typeset.fit import Fit, fit
from glyphdata.typeset.itemize import direction_of, script_of, scripts_of
from glyphdata.typeset.place import place
from glyphdata.typeset.shape import Shaped, shape

DRAFTS = 8
"""How many drafts of a scene are tried before its index is given up."""

SHRINKS = (1.0, 0.8, 0.62, 0.45)
"""By how much a box is made smaller, step by step, until there is room for it."""

BOX_TRIES = 4
"""How many texts are tried for one box before the scene does without it."""

CONTRAST_MARGIN = 1.1
"""The ground is judged by a sample of its pixels; the ink must beat the floor by this much."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A scene with what came to be while it was planned; drawing goes on from here.

    `pixels` hold the painted background; they belong to the `Scenes` and are good until its next
    draft.
    """

    scene: Scene
    typeset: Typeset
    pixels: Pixels


def plan(recipe: Recipe) -> Scenes:
    """The scenes of a recipe: a Sequence of which nothing is made before it is asked for."""
    return Scenes(recipe)


class Scenes(Sequence[Scene]):
    """The scenes of a recipe, in order; nothing is drawn."""

    def __init__(
        self, recipe: Recipe, catalogue: Catalogue | None = None, outlines: Outlines | None = None
    ) -> None:
        """`InputError` where a part's files cannot be used or no face is left to choose from."""
        self.recipe = recipe
        self.catalogue = load() if catalogue is None else catalogue
        self.outlines = Outlines() if outlines is None else outlines  # an empty store is false
        self.canvas = Canvas(recipe.canvas.width, recipe.canvas.height)
        self._texts = [source.ready(recipe.root) for source in recipe.texts]
        self._backgrounds = [part.ready(recipe.root) for part in recipe.backgrounds]
        self.faces = self.catalogue.where(
            scripts=recipe.faces.scripts,
            families=recipe.faces.families,
            categories=recipe.faces.categories,
        )
        if not self.faces:
            raise InputError(
                "no installed face answers to the recipe's `faces`",
                hint="pip install 'glyphdata[fonts]', or ask for less; `glyphdata fonts list`",
            )
        inks = palette().inks
        names = recipe.colors.names
        self._inks = sorted(
            (ink for ink in inks if not names or ink.name in names),
            key=lambda ink: (luminance(*ink.color), ink.token),
        )
        self._lights = [luminance(*ink.color) for ink in self._inks]
        self._levels: tuple[tuple[Level, float], ...] = self._possible_levels()
        self._pixels = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)

    def _possible_levels(self) -> tuple[tuple[Level, float], ...]:
        levels: tuple[Level, ...] = ("word", "sentence", "paragraph")
        asked = tuple(
            (level, share) for level in levels if (share := getattr(self.recipe.levels, level)) > 0
        )
        given = {level for source in self._texts for level in source.levels()}
        for level, _ in asked:
            if level not in given:
                raise InputError(
                    f"no text source gives a {level}", hint=f"add one, or set levels.{level} to 0"
                ).inside("texts")
        return asked

    @property
    def pixels(self) -> Pixels:
        """The buffer that the drafts' backgrounds are painted into."""
        return self._pixels

    def __len__(self) -> int:
        return self.recipe.samples

    @overload
    def __getitem__(self, index: int) -> Scene: ...
    @overload
    def __getitem__(self, index: slice) -> list[Scene]: ...
    def __getitem__(self, index: int | slice) -> Scene | list[Scene]:
        if isinstance(index, slice):
            return [self.draft(number).scene for number in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"no scene {index} among {len(self)}")
        return self.draft(index % len(self)).scene

    def __iter__(self) -> Iterator[Scene]:
        return (self.draft(index).scene for index in range(len(self)))

    def draft(self, index: int) -> Draft:
        """Scene `index` with its typeset and painted background.

        `Rejection("no-scene")` where none of `DRAFTS` drafts could be made.
        """
        root = Rng.of(self.recipe.seed, index)
        reasons: list[str] = []
        for attempt in range(DRAFTS):
            try:
                return self._draft(index, root.at("draft", attempt), reasons)
            except Rejection as rejection:
                reasons.append(rejection.reason)
                last = rejection
        raise Rejection(
            "no-scene",
            f"scene {index}: none of {DRAFTS} drafts could be made; the last: {last}",
            hint="smaller texts, larger boxes, more faces or a lower contrast",
        )

    def _draft(self, index: int, rng: Rng, reasons: list[str]) -> Draft:
        recipe = self.recipe
        level = self._levels[rng.at("level").weighted([share for _, share in self._levels])][0]
        background = self._backdrop(rng)
        low, high = recipe.boxes.count
        wanted = rng.at("count").integer(low, high + 1)
        made: list[tuple[TextBox, SetBox]] = []
        for number in range(wanted):
            box = self._box(rng, level, number, wanted, [box.quad for box, _ in made], reasons)
            if box is not None:
                made.append(box)
        if len(made) < low:
            raise Rejection("too-few-boxes", f"only {len(made)} of {low} boxes could be placed")
        made.sort(key=lambda pair: _reading_order(pair[0]))
        boxes = tuple(replace(box, id=number) for number, (box, _) in enumerate(made))
        scene = Scene(
            seed=recipe.seed,
            index=index,
            variant=0,
            canvas=self.canvas,
            level=level,
            language=boxes[0].language,
            background=background,
            boxes=boxes,
            effects=tuple(
                part.choose(rng.at("effect", number))
                for number, part in enumerate(recipe.effects)
                if rng.at("effect?", number).chance(part.share)
            ),
            rejected=tuple(reasons),
        )
        return Draft(scene, Typeset(tuple(placed for _, placed in made)), self._pixels)

    def _backdrop(self, rng: Rng) -> Backdrop:
        parts = self._backgrounds
        part = parts[rng.at("background?").weighted([part.share for part in parts])]
        background = part.choose(rng.at("background"), self.canvas)
        background.paint(self.canvas, self._pixels)
        return background

    def _box(
        self,
        rng: Rng,
        level: Level,
        number: int,
        wanted: int,
        taken: list[Quad],
        reasons: list[str],
    ) -> tuple[TextBox, SetBox] | None:
        """One box apart from those taken, or None where none of `BOX_TRIES` texts fits."""
        for attempt in range(BOX_TRIES):
            try:
                return self._try_box(rng.at("box", number, attempt), level, wanted, taken)
            except Rejection as rejection:
                reasons.append(rejection.reason)
        return None

    def _try_box(
        self, rng: Rng, level: Level, wanted: int, taken: list[Quad]
    ) -> tuple[TextBox, SetBox]:
        passage = self._passage(rng, level)
        text = passage.text
        face = self._face(rng, passage)
        direction = direction_of(text)
        shaped = shape(
            text,
            self.catalogue.open(face.token),
            self.outlines,
            language=passage.language,
            direction=direction,
            ligatures=self.recipe.faces.ligatures,
        )
        angle = self._angle(rng)
        low, high = self.recipe.boxes.line_spacing
        spacing = low if low == high else rng.at("spacing").uniform(low, high)
        found, where = self._placed(rng, shaped, level, wanted, angle, spacing, taken)
        box = TextBox(
            id=0,
            level=level,
            text=text,
            source_text=text,
            language=passage.language,
            script=script_of(text),
            direction=direction,
            face=face,
            ink=self._ink(rng, where.quad(_size(found)).bbox()),
            size_px=found.size_px,
            align=rng.at("align").pick(self.recipe.boxes.align),
            angle_deg=angle,
            width_px=found.width_px,
            height_px=found.height_px,
            place=where,
            line_ends=found.line_ends,
            line_spacing=spacing,
        )
        return box, place(found.shaped, box)

    def _angle(self, rng: Rng) -> float:
        boxes = self.recipe.boxes
        if boxes.turned < 1.0 and not rng.at("turned").chance(boxes.turned):
            return 0.0
        low, high = boxes.angle_deg
        return low if low == high else rng.at("angle").uniform(low, high)

    def _passage(self, rng: Rng, level: Level) -> Passage:
        sources = [source for source in self._texts if level in source.levels()]
        source = sources[rng.at("source").weighted([source.share for source in sources])]
        passage = source.choose(rng.at("text"), level)
        if not passage.text.strip():
            raise Rejection("empty-text", "a text without anything to draw")
        return passage

    def _face(self, rng: Rng, passage: Passage) -> FaceRef:
        """A face that truly covers the text, family first, lest many weights drown the rest."""
        text, catalogue = passage.text, self.catalogue
        bits = self.faces & catalogue.covering(text)
        for script in scripts_of(text):
            bits &= catalogue.script_faces(script, passage.language)
        if bits and any(character.islower() for character in text):
            bits &= catalogue.where(cases=("mixed",))  # capitals only would belie the label
        if not bits:
            raise Rejection(
                "no-face",
                f"no face covers {text[:40]!r}",
                hint="install more fonts, widen `faces`, or narrow the texts",
            )
        family = rng.at("family").pick(catalogue.families(bits))
        return catalogue[rng.at("face").pick(family[1])].ref

    def _placed(
        self,
        rng: Rng,
        shaped: Shaped,
        level: Level,
        wanted: int,
        angle: float,
        spacing: float,
        taken: list[Quad],
    ) -> tuple[Fit, Homography]:
        """The text at the largest size that fits the room it draws, and where it lies.

        Where there is no place for it, it is tried smaller before it is given up.
        """
        canvas, boxes = self.canvas, self.recipe.boxes
        low, high = boxes.size_px
        largest = rng.at("size").log_uniform(low, high)
        turn = math.radians(angle)
        cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
        across = 0.96 * min(canvas.width / max(cos, 1e-9), canvas.height / max(sin, 1e-9))
        room = across * (1.0 if level == "word" else rng.at("width").uniform(0.4, 1.0))
        # What several boxes may take together leaves gaps enough to find a place for each.
        most = 0.9 * canvas.height
        tall = min(most, 0.6 * canvas.width * canvas.height / (wanted * room))
        layouts = self.recipe.layouts
        layout = layouts[rng.at("layout").weighted([part.share for part in layouts])]
        taken = [_core(quad, boxes.overlap) for quad in taken] if boxes.overlap else taken
        for attempt, shrink in enumerate(SHRINKS):
            width = room * (1.0 if level == "paragraph" else shrink)
            sizes = (low, max(low, largest * shrink))
            lines = 1 if level == "word" else None
            found = _fit(shaped, width, tall, sizes, spacing, lines)
            if found is None and (tall < most or width < across):
                found = _fit(shaped, across, most, (low, low), spacing, lines)
            if found is None:
                break
            try:
                size = _size(found)
                x, y = layout.choose(rng.at("place", attempt), canvas, size, taken, angle)
                return found, _centred(x, y, size, angle)
            except Rejection:
                if attempt == len(SHRINKS) - 1:
                    raise
        raise Rejection(
            "too-long",
            f"{shaped.text[:40]!r} does not fit at {low:g} px",
            hint="shorter texts, a smaller boxes.size_px, fewer boxes or a larger canvas",
        )

    def _ink(self, rng: Rng, around: BBox) -> Ink:
        """An ink with contrast enough to the mean of what lies behind the box."""
        left, top = max(int(around.left), 0), max(int(around.top), 0)
        right, bottom = int(around.right) + 1, int(around.bottom) + 1
        rows = slice(top, bottom, 1 + (bottom - top) // 32)
        red, green, blue, _ = cv2.mean(self._pixels[rows, left:right])
        ground = luminance(red, green, blue) + 0.05
        floor = self.recipe.colors.min_contrast
        for ratio in (floor * CONTRAST_MARGIN, floor):
            # Inks stand from dark to light: those dark enough come first, those light enough last.
            dark = bisect_right(self._lights, ground / ratio - 0.05)
            light = bisect_left(self._lights, ground * ratio - 0.05)
            enough = dark + len(self._inks) - light
            if enough:
                drawn = rng.at("ink").integer(0, enough)
                return self._inks[drawn if drawn < dark else light + drawn - dark]
        raise Rejection(
            "low-contrast",
            f"no ink of the recipe reaches a contrast of {floor:g} on its ground",
            hint="lower colors.min_contrast, allow more colors.names or calmer backgrounds",
        )


def _fit(  # noqa: PLR0913, PLR0917
    shaped: Shaped,
    width: float,
    height: float,
    sizes: tuple[float, float],
    spacing: float,
    lines: int | None,
) -> Fit | None:
    return fit(
        shaped,
        width_px=width,
        height_px=height,
        size_px=sizes,
        line_spacing=spacing,
        max_lines=lines,
    )


def _size(found: Fit) -> BBox:
    return BBox(0.0, 0.0, found.width_px, found.height_px)


def _core(quad: Quad, overlap: float) -> Quad:
    """The part of an earlier box that a later one must leave free.

    A convex box that keeps off the core, the quad scaled about its middle by 1 - 2·overlap, covers
    at most `overlap` of it across either side.
    """
    keep = max(1.0 - 2.0 * overlap, 0.0)
    x = sum(corner.x for corner in quad) / 4
    y = sum(corner.y for corner in quad) / 4
    return Quad(*(Point(x + keep * (p.x - x), y + keep * (p.y - y)) for p in quad))


def _centred(x: float, y: float, size: BBox, angle_deg: float) -> Homography:
    """The map that lays a frame of that size, turned by the angle, with its centre on (x, y)."""
    turned = Homography.placed(0.0, 0.0, angle_deg)
    middle = turned.at(size.width / 2, size.height / 2)
    return turned._replace(c=x - middle.x, f=y - middle.y)


def _reading_order(box: TextBox) -> tuple[float, float]:
    """Top to bottom, then left to right, by the upright rectangle around the box."""
    around = box.quad.bbox()
    return around.top, around.left
