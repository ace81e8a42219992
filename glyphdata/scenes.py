"""Which scene is number i? A pure function of (recipe, i).

`Scenes` is a Sequence: `scenes[17]`. Every choice draws from a stream of its own (seed, index,
draft, decision), so that one more decision moves no other and scene 1,000,000 costs what scene 0
costs.

A scene is drawn before it is accepted: whether its texts can be read is measured under their ink.
What fails is drawn again as another draft, for reasons that the scene names. So whoever asks for a
scene gets the one that is in the dataset, and drawing is never done twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar, cast, overload

import numpy as np

from glyphdata.caption.prompt import tokens
from glyphdata.compositor import Composed, Compositor, Group, Spread, Variants, changed
from glyphdata.draw.paint import Painter
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.recipe import Recipe
from glyphdata.scene.geometry import Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Backdrop, Canvas, Effect, Level, Pixels, Scene
from glyphdata.scene.typeset import Typeset

Made = TypeVar("Made")

DRAFTS = 8
"""How many drafts of a scene are tried before its index is given up."""

BOX_TRIES = 4
"""How many texts are tried for one box before the scene does without it."""

VARIANT_TRIES = 4
"""How many variants are drawn, where they cannot be read, before the draft is given up."""


def plan(recipe: Recipe) -> Scenes:
    """The scenes of a recipe: a Sequence of which nothing is made before it is asked for."""
    return Scenes(recipe)


class Scenes(Sequence[Scene]):
    """The scenes of a recipe, in order, as their originals; `made` gives their variants too."""

    def __init__(
        self,
        recipe: Recipe,
        catalogue: Catalogue | None = None,
        outlines: Outlines | None = None,
        without: Container[int] = (),
    ) -> None:
        """`without` are the tokens of faces that are quarantined.

        `InputError` where a part's files cannot be used or no face is left to choose from."""
        self.recipe = recipe
        self.canvas = Canvas(recipe.canvas.width, recipe.canvas.height)
        catalogue = load() if catalogue is None else catalogue
        self._outlines = Outlines() if outlines is None else outlines  # an empty store is false
        self._compositor = Compositor(recipe, catalogue, self._outlines, without)
        self._variants = Variants(recipe, self._compositor, catalogue)
        outputs = recipe.outputs
        self._painter = Painter(
            catalogue,
            self._outlines,
            threshold=outputs.mask_threshold,
            layer=outputs.glyph,
            box_mask=outputs.boxes,
        )
        self._backgrounds = [part.ready(recipe.root) for part in recipe.backgrounds]
        self._layouts = [part.ready(recipe.root) for part in recipe.layouts]
        self._effects = [
            (number, part) for number, part in enumerate(recipe.effects) if part.on == "picture"
        ]
        self._levels, self._level_shares = self._compositor.texts.levels(recipe.levels)
        self._pixels = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)
        self._ground = np.empty_like(self._pixels) if self._grouped else self._pixels

    @property
    def _grouped(self) -> bool:
        return self.recipe.variants.count > 0 and self.recipe.variants.rendered

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """Let `in_hand` hear the token of each face before it is touched, and -1 after drawing."""
        self._compositor.in_hand = in_hand

    @property
    def pixels(self) -> Pixels:
        """The buffer that the samples are drawn into."""
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
            return [self._original(number) for number in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"no scene {index} among {len(self)}")
        return self._original(index % len(self))

    def __iter__(self) -> Iterator[Scene]:
        return (self._original(index) for index in range(len(self)))

    def _original(self, index: int) -> Scene:
        return self.made(index, _scene_of)[0]

    def made(self, index: int, make: Callable[[Sample], Made]) -> list[Made]:
        """What `make` makes of scene `index` and of its variants, in order.

        It is called with each sample once that is drawn, whose arrays are good until it returns;
        what it made of a draft that is given up is thrown away. `Rejection("no-scene")` where none
        of `DRAFTS` drafts could be made.
        """
        self._outlines.trim()
        root = Rng.of(self.recipe.seed, index)
        reasons: list[str] = []
        for attempt in range(DRAFTS):
            try:
                return list(map(make, self._draft(index, root.at("draft", attempt), reasons)))
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

    def _draft(self, index: int, rng: Rng, reasons: list[str]) -> Iterator[Sample]:
        """The samples of one draft, each drawn when it is asked for."""
        recipe = self.recipe
        levels = self._levels
        level = levels[rng.at("level").weighted(self._level_shares) if len(levels) > 1 else 0]
        background = self._backdrop(rng)
        boxes = self._boxes(rng, level, reasons)
        if recipe.variants.count and not recipe.variants.rendered:
            boxes = [self._with_negatives(rng, one, reasons) for one in boxes]
        scene = Scene(
            seed=recipe.seed,
            index=index,
            variant=0,
            canvas=self.canvas,
            level=level,
            language=boxes[0].box.language,
            background=background,
            boxes=tuple([one.box for one in boxes]),
            effects=self._picture_effects(rng) if self._effects else (),
            rejected=tuple(reasons),
        )
        if not self._grouped:
            yield self._drawn(scene, boxes)
            return
        np.copyto(self._ground, self._pixels)
        yield self._drawn(scene, boxes)
        yield from self._varied(rng, scene, boxes, reasons)

    def _drawn(self, scene: Scene, boxes: Sequence[Composed]) -> Sample:
        """The scene drawn on the painted ground; `Rejection` where a text of it cannot be read.

        Or where its prompt is longer than a trainer takes.
        """
        most = self.recipe.boxes.prompt_tokens
        if most and tokens(box.text for box in scene.boxes) > most:
            raise Rejection("long-prompt", f"a prompt of more than {most} tokens")
        typeset = Typeset(tuple([one.placed for one in boxes]))
        sample = self._painter.draw(scene, typeset, self._pixels)
        self._compositor.in_hand(-1)
        colors = self.recipe.colors
        for labels in sample.annotation.boxes:
            if labels.contrast < colors.min_contrast:
                raise Rejection(
                    "low-contrast", f"a contrast of {labels.contrast:.2f} under the ink"
                )
            if labels.signal < colors.min_signal:
                raise Rejection(
                    "noisy-ground", f"a signal of {labels.signal:.2f} in the noise under the ink"
                )
        return sample

    def _varied(
        self, rng: Rng, scene: Scene, boxes: Sequence[Composed], reasons: list[str]
    ) -> Iterator[Sample]:
        """The variants of a scene; what cannot be made goes with the variant, or to `reasons`."""
        own: list[str] = []
        group = self._variants.group(rng, boxes, self._ground, own)
        for number in range(1, self.recipe.variants.count + 1):
            own.clear()
            try:
                sample, varied = self._variant(group, scene, number, own)
            except Rejection:
                reasons += own
                raise
            group.keep(varied)
            yield sample

    def _variant(
        self, group: Group, scene: Scene, number: int, reasons: list[str]
    ) -> tuple[Sample, tuple[Composed, ...]]:
        """Variant `number`, drawn; `Rejection` where none of `VARIANT_TRIES` can be read."""
        for attempt in range(VARIANT_TRIES):
            varied = group.variant(number, attempt, self.recipe.variants.per)
            np.copyto(self._pixels, self._ground)
            decided = replace(
                scene,
                variant=number,
                boxes=tuple([one.box for one in varied]),
                rejected=tuple(reasons),
            )
            try:
                return self._drawn(decided, varied), varied
            except Rejection as rejection:
                reasons.append(rejection.reason)
                last = rejection
        raise last

    def _with_negatives(self, rng: Rng, composed: Composed, reasons: list[str]) -> Composed:
        stream = rng.at("negatives", composed.box.id)
        texts = self._variants.negatives(stream, composed, reasons)
        return composed._replace(box=changed(composed.box, negatives=texts))

    def _picture_effects(self, rng: Rng) -> tuple[Effect, ...]:
        return tuple(
            cast("Effect", part.choose(rng.at("effect", number)))
            for number, part in self._effects
            if rng.at("effect?", number).chance(part.share)
        )

    def _backdrop(self, rng: Rng) -> Backdrop:
        parts = self._backgrounds
        which = rng.at("background?").weighted([part.share for part in parts]) if parts[1:] else 0
        background = parts[which].choose(rng.at("background"), self.canvas)
        background.paint(self.canvas, self._pixels)
        return background

    def _boxes(self, rng: Rng, level: Level, reasons: list[str]) -> list[Composed]:
        """The boxes of a scene in reading order; `Rejection` where too few could be placed."""
        low, high = self.recipe.boxes.count
        wanted = low if low == high else rng.at("count").integer(low, high + 1)
        parts = self._layouts
        which = rng.at("layout?").weighted([part.share for part in parts]) if parts[1:] else 0
        arrangement = parts[which].choose(rng.at("layout"), self.canvas, wanted)
        made: list[Composed] = []
        taken: list[Quad] = []
        language = self._compositor.texts.language(rng, level)
        spread = Spread(wanted, arrangement, taken, self._pixels, language)
        for number in range(wanted):
            composed = self._box(rng, level, number, spread, reasons)
            if composed is not None:
                made.append(composed)
                taken.append(composed.quad)
        if len(made) < low:
            raise Rejection("too-few-boxes", f"only {len(made)} of {low} boxes could be placed")
        if len(made) > 1:
            made.sort(key=_reading_order)
        return [
            one if one.box.id == number else one._replace(box=changed(one.box, id=number))
            for number, one in enumerate(made)
        ]

    def _box(
        self, rng: Rng, level: Level, number: int, spread: Spread, reasons: list[str]
    ) -> Composed | None:
        """One box apart from those taken, or None where none of `BOX_TRIES` texts fits."""
        for attempt in range(BOX_TRIES):
            try:
                stream = rng.at("box", number, attempt)
                return self._compositor.compose(stream, level, number, spread)
            except Rejection as rejection:
                reasons.append(rejection.reason)
                if rejection.reason == "no-slot":  # no other text finds one either
                    break
        return None


def _scene_of(sample: Sample) -> Scene:
    return sample.scene


def _counted(reasons: Sequence[str]) -> str:
    return ", ".join(f"{count} × {reason}" for reason, count in Counter(reasons).most_common())


def _reading_order(composed: Composed) -> tuple[float, float]:
    """Top to bottom, then left to right, by the upright rectangle around the box."""
    return composed.around.top, composed.around.left
