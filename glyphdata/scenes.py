"""Which scene is number i? A pure function of (recipe, i).

`Scenes` is a Sequence: `scenes[17]`. Every choice draws from a stream of its own (seed, index,
draft, decision), so that one more decision moves no other and scene 1,000,000 costs what scene 0
costs.

Texts are set and the background is painted while a scene is planned (`compositor.py`). A `Draft`
hands both on, so that drawing does neither again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import overload

import numpy as np

from glyphdata.compositor import Composed, Compositor
from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.recipe import Recipe
from glyphdata.scene.geometry import Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Backdrop, Canvas, Effect, Level, Pixels, Scene, TextBox
from glyphdata.scene.typeset import Typeset

DRAFTS = 8
"""How many drafts of a scene are tried before its index is given up."""

BOX_TRIES = 4
"""How many texts are tried for one box before the scene does without it."""


# Ten times as fast as `replace`, which is called for most boxes where a scene has several.
_all_but_id = attrgetter(*(field.name for field in fields(TextBox)[1:]))


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
        self.canvas = Canvas(recipe.canvas.width, recipe.canvas.height)
        self._compositor = Compositor(
            recipe,
            load() if catalogue is None else catalogue,
            Outlines() if outlines is None else outlines,  # an empty store is false
        )
        self._backgrounds = [part.ready(recipe.root) for part in recipe.backgrounds]
        self._shares = [part.share for part in self._backgrounds]
        self._levels, self._level_shares = self._possible_levels()
        self._pixels = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)

    def _possible_levels(self) -> tuple[list[Level], list[float]]:
        every: tuple[Level, ...] = ("word", "sentence", "paragraph")
        levels = [level for level in every if getattr(self.recipe.levels, level) > 0]
        for level in levels:
            if not self._compositor.gives(level):
                raise InputError(
                    f"no text source gives a {level}", hint=f"add one, or set levels.{level} to 0"
                ).inside("texts")
        return levels, [getattr(self.recipe.levels, level) for level in levels]

    @property
    def pixels(self) -> Pixels:
        """The buffer that the drafts' backgrounds are painted into."""
        return self._pixels

    @property
    def faces(self) -> int:
        """The faces that may be drawn, as a bitset of their tokens."""
        return self._compositor.faces

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
            f"scene {index}: none of {DRAFTS} drafts could be made "
            f"({_counted(reasons)}); the last: {last}",
            hint="smaller texts, larger boxes, more faces or a lower contrast",
            earlier=tuple(reasons),
        )

    def _draft(self, index: int, rng: Rng, reasons: list[str]) -> Draft:
        recipe = self.recipe
        levels = self._levels
        level = levels[rng.at("level").weighted(self._level_shares) if len(levels) > 1 else 0]
        background = self._backdrop(rng)
        low, high = recipe.boxes.count
        wanted = low if low == high else rng.at("count").integer(low, high + 1)
        made: list[Composed] = []
        taken: list[Quad] = []
        for number in range(wanted):
            composed = self._box(rng, level, number, wanted, taken, reasons)
            if composed is not None:
                made.append(composed)
                taken.append(composed.quad)
        if len(made) < low:
            raise Rejection("too-few-boxes", f"only {len(made)} of {low} boxes could be placed")
        if len(made) > 1:
            made.sort(key=_reading_order)
        boxes = tuple(
            one.box if one.box.id == number else TextBox(number, *_all_but_id(one.box))
            for number, one in enumerate(made)
        )
        scene = Scene(
            seed=recipe.seed,
            index=index,
            variant=0,
            canvas=self.canvas,
            level=level,
            language=boxes[0].language,
            background=background,
            boxes=boxes,
            effects=self._effects(rng) if recipe.effects else (),
            rejected=tuple(reasons),
        )
        return Draft(scene, Typeset(tuple(one.placed for one in made)), self._pixels)

    def _effects(self, rng: Rng) -> tuple[Effect, ...]:
        return tuple(
            part.choose(rng.at("effect", number))
            for number, part in enumerate(self.recipe.effects)
            if rng.at("effect?", number).chance(part.share)
        )

    def _backdrop(self, rng: Rng) -> Backdrop:
        parts = self._backgrounds
        part = parts[rng.at("background?").weighted(self._shares) if len(parts) > 1 else 0]
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
    ) -> Composed | None:
        """One box apart from those taken, or None where none of `BOX_TRIES` texts fits."""
        for attempt in range(BOX_TRIES):
            try:
                stream = rng.at("box", number, attempt)
                return self._compositor.compose(stream, level, wanted, taken, self._pixels)
            except Rejection as rejection:
                reasons.append(rejection.reason)
        return None


def _counted(reasons: Sequence[str]) -> str:
    return ", ".join(f"{count} × {reason}" for reason, count in Counter(reasons).most_common())


def _reading_order(composed: Composed) -> tuple[float, float]:
    """Top to bottom, then left to right, by the upright rectangle around the box."""
    return composed.around.top, composed.around.left
