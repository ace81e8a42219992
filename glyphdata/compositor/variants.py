"""What is nearly like a text box, and yet another: its text edited, its font or colour swapped.

The seven edits, the shares of sorts and their two ways of being drawn are those of Glyph-ByT5
(arXiv 2403.09622: independently for every box; its released code: all boxes of a group alike).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np

from glyphdata.compositor.boxes import Composed, Compositor, changed
from glyphdata.compositor.ground import behind
from glyphdata.compositor.manner import Manner
from glyphdata.compositor.rooms import too_long
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.parts import EditRange
from glyphdata.parts.phrase import Phrase, edited
from glyphdata.recipe import Recipe
from glyphdata.registry import load
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit, FaceRef, Pixels, TextBox
from glyphdata.typeset import Fit, bendable, bent_size, fit
from glyphdata.typeset.itemize import scripts_of
from glyphdata.typeset.place import place
from glyphdata.typeset.shape import Shaped

Sort = Literal["text", "font", "color"]
Look = tuple[str, int, int]
"""What tells two boxes of a group apart: text, face and ink."""

_SORTS: tuple[Sort, ...] = ("text", "font", "color")

TRIES = 12
"""How many near-misses are drawn before a box is said to have no other."""

_OWN_SORT = 8  # of these tries keep to the sort that was drawn


class Variants:
    """Makes near-misses of composed boxes, in the same frames on the same ground."""

    def __init__(self, recipe: Recipe, compositor: Compositor, catalogue: Catalogue) -> None:
        self._wanted = recipe.variants
        self._compositor = compositor
        self._catalogue = catalogue
        asked = self._wanted.edits.items() if self._wanted.count else ()
        edits = {kind: share for kind, share in asked if share > 0.0}
        self._edits: list[EditRange] = [load("edits", kind)() for kind in edits]
        self._edit_shares = list(edits.values())

    def group(
        self, rng: Rng, boxes: Sequence[Composed], ground: Pixels, reasons: list[str]
    ) -> Group:
        """The near-misses of the boxes of one scene; what cannot be made goes to `reasons`."""
        return Group(self, rng, boxes, ground, reasons)

    def negatives(self, rng: Rng, composed: Composed, reasons: list[str]) -> tuple[str, ...]:
        """Texts nearly like the box's, all different, as many as variants are wanted.

        `Rejection("no-variant")` where the text has not so many.
        """
        box = composed.box
        phrase, draws = self._phrase(box)
        found: dict[str, None] = {}
        for attempt in range(TRIES * self._wanted.count):
            try:
                edit = self._edit(rng.at("edit", attempt), phrase, draws, 0)
            except Rejection as rejection:
                reasons.append(rejection.reason)
                continue
            text = edited(phrase, edit)
            if text != box.text:
                found[text] = None
            if len(found) == self._wanted.count:
                return tuple(found)
        raise _exhausted(box)

    def vary(
        self, rng: Rng, composed: Composed, sort: Sort, seen: set[Look], ground: Pixels
    ) -> Composed:
        """A box of that sort that is not among those seen, in the frame of `composed`.

        `Rejection` where the one drawn cannot be made, does not fit or looks the same.
        """
        box = composed.box
        if sort == "color":
            used = {ink for text, face, ink in seen if (text, face) == (box.text, box.face.token)}
            ink = self._compositor.inks.choose(rng.at("ink"), behind(composed.around, ground), used)
            return composed._replace(box=changed(box, ink=ink))
        if sort == "font":
            face = self._other_face(rng, box, seen)
            return self._refitted(composed, changed(box, face=face), box.text)
        phrase, draws = self._phrase(box)
        edit = self._edit(rng, phrase, draws, 0)
        text = edited(phrase, edit)
        if (text, box.face.token, box.ink.token) in seen:
            raise Rejection("seen-before", f"{text[:40]!r} is in the group already")
        varied = self._refitted(composed, changed(box, edits=(edit,)), text)
        if _looks_like(varied, composed):
            raise Rejection("looks-alike", f"{text[:40]!r} looks like {box.text[:40]!r}")
        return varied

    def sort(self, rng: Rng) -> Sort:
        """Which sort of change, as often as the recipe says."""
        drawn = rng.random()
        if drawn < self._wanted.color:
            return "color"
        return "font" if drawn < self._wanted.color + self._wanted.font else "text"

    def sorts(self, drawn: Sort) -> Iterator[Sort]:
        """What to try in turn: the sort that was drawn, then all: a group is to be made whole."""
        wanted = self._wanted
        shares = {"text": 1.0 - wanted.font - wanted.color, "font": wanted.font}
        shares["color"] = wanted.color
        others: list[Sort] = [sort for sort in _SORTS if shares[sort] > 0.0]
        for attempt in range(TRIES):
            yield drawn if attempt < _OWN_SORT else others[(attempt - _OWN_SORT) % len(others)]

    def _phrase(self, box: TextBox) -> tuple[Phrase, Callable[[str], bool]]:
        token, covering = box.face.token, self._catalogue.covering
        return Phrase.of(box.text, box.language), lambda text: bool(covering(text) >> token & 1)

    def _edit(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool], attempt: int) -> Edit:
        which = rng.at("kind", attempt).weighted(self._edit_shares)
        return self._edits[which].choose(rng.at("edit", attempt), phrase, draws)

    def _other_face(self, rng: Rng, box: TextBox, seen: set[Look]) -> FaceRef:
        used = {face for text, face, _ in seen if text == box.text}
        scripts = scripts_of(box.text)
        for attempt in range(TRIES):
            stream = rng.at("face", attempt)
            face = self._compositor.chooser.choose(stream, box.text, box.language, scripts)
            if face.token not in used:
                return face
        raise Rejection("no-face", "no other face draws the text")

    def _refitted(self, composed: Composed, box: TextBox, text: str) -> Composed:
        """The box with another text or face, no larger than it was, in the same frame."""
        manner = Manner(
            box.direction, box.angle_deg, box.line_spacing, box.letter_spacing_em, box.bend_deg
        )
        rooms = self._compositor.rooms
        shaped = self._compositor.shaped(text, box.face, box.language, manner)
        low = min(rooms.least_px(box.script), box.size_px)
        found = self._fitted(shaped, composed, low)
        if found is None:
            raise too_long(shaped, low)
        varied = changed(box, text=text, size_px=found.size_px, line_ends=found.line_ends)
        setting = composed.setting._replace(fit=found)
        return Composed(varied, place(found.shaped, varied), setting, composed.around)

    def _fitted(self, shaped: Shaped, composed: Composed, low: float) -> Fit | None:
        box, old = composed.box, composed.setting.fit
        lines = len(old.line_ends)
        found = fit(
            shaped, width_px=old.width_px, height_px=old.height_px, size_px=(low, box.size_px),
            line_spacing=box.line_spacing, max_lines=lines if lines == 1 else None,
        )  # fmt: skip
        if found is None or not box.bend_deg:
            return found
        # A shorter line bent as much is a tighter arc, which may be the taller one.
        if not bendable(found):
            return None
        width, height = bent_size(found, box.bend_deg)
        share = min(box.width_px / width, box.height_px / height, 1.0)
        if share == 1.0:
            return found
        size = found.size_px * share * 0.999
        if size < low:
            return None
        return fit(
            shaped, width_px=old.width_px, height_px=old.height_px, size_px=(size, size),
            line_spacing=box.line_spacing, max_lines=1,
        )  # fmt: skip


class Group:
    """The near-misses of one scene under way: it knows what the group holds already."""

    def __init__(
        self,
        variants: Variants,
        rng: Rng,
        boxes: Sequence[Composed],
        ground: Pixels,
        reasons: list[str],
    ) -> None:
        self._variants = variants
        self._rng = rng
        self._boxes = boxes
        self._ground = ground
        self._reasons = reasons
        self._seen: list[set[Look]] = [{_look(one.box)} for one in boxes]

    def variant(self, number: int, attempt: int, per: str) -> tuple[Composed, ...]:
        """Variant `number` of the scene, each of its boxes another than all that were `kept`.

        `per` says what draws the sort of change: each `box`, each `variant`, or the `group`.
        `Rejection("no-variant")` where a box has no other near-miss.
        """
        rng = self._rng.at("variant", number, attempt)
        shared = {"variant": rng, "group": self._rng}.get(per)
        made = []
        for place_, (box, seen) in enumerate(zip(self._boxes, self._seen, strict=True)):
            own = rng.at("box", place_)
            sort = self._variants.sort((shared or own).at("sort"))
            made.append(self._vary(own, box, sort, seen))
        return tuple(made)

    def keep(self, boxes: Sequence[Composed]) -> None:
        """Count a variant among those that no later one may look like."""
        for seen, one in zip(self._seen, boxes, strict=True):
            seen.add(_look(one.box))

    def _vary(self, rng: Rng, composed: Composed, drawn: Sort, seen: set[Look]) -> Composed:
        for attempt, sort in enumerate(self._variants.sorts(drawn)):
            try:
                return self._variants.vary(
                    rng.at("try", attempt), composed, sort, seen, self._ground
                )
            except Rejection as rejection:
                self._reasons.append(rejection.reason)
        raise _exhausted(composed.box)


def _look(box: TextBox) -> Look:
    return box.text, box.face.token, box.ink.token


def _looks_like(one: Composed, other: Composed) -> bool:
    """Would the two be drawn the same? Letters may share a glyph, and then no eye tells them."""
    mine, theirs = one.placed, other.placed
    return np.array_equal(mine.glyphs, theirs.glyphs) and np.allclose(mine.pens, theirs.pens)


def _exhausted(box: TextBox) -> Rejection:
    return Rejection(
        "no-variant",
        f"{box.text[:40]!r} has no further near-miss",
        hint="fewer variants, more kinds of edits, longer texts, more faces or colours",
    )
