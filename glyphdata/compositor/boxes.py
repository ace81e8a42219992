"""How does one text box come to be? A text, a face, a manner, a size, a place, an ink.

The compositor draws each of them from a stream of its own and sets the text as it goes: the size is
the largest that fits the room it drew, the ink stands out on the painted ground.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import fields
from operator import attrgetter
from typing import NamedTuple, cast

from glyphdata.compositor.ground import behind
from glyphdata.compositor.inks import Inks
from glyphdata.compositor.manner import Manner, Manners
from glyphdata.compositor.rooms import Rooms, Setting, Spread
from glyphdata.compositor.texts import Texts
from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.chooser import Chooser
from glyphdata.faces.outlines import Outlines
from glyphdata.recipe import Recipe
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import BoxEffect, FaceRef, Level, TextBox
from glyphdata.scene.typeset import SetBox
from glyphdata.typeset.itemize import script_of, scripts_of
from glyphdata.typeset.place import place
from glyphdata.typeset.shape import Shaped, shape

_FIELDS = tuple(field.name for field in fields(TextBox))
_PLACES = {name: place_ for place_, name in enumerate(_FIELDS)}
_every = attrgetter(*_FIELDS)


def changed(box: TextBox, **fields: object) -> TextBox:
    """The box with other values in some fields: `dataclasses.replace`, five times as fast."""
    values = list(_every(box))
    for name, value in fields.items():
        values[_PLACES[name]] = value
    return TextBox(*values)


class Composed(NamedTuple):
    """A text box, its glyphs placed, and how its text was set where its frame lies on the canvas.

    `around` is the upright rectangle around the frame.
    """

    box: TextBox
    placed: SetBox
    setting: Setting
    around: BBox

    @property
    def quad(self) -> Quad:
        """Where the frame lies on the canvas."""
        return self.setting.quad


class Compositor:
    """Composes the text boxes of a recipe, one by one."""

    def __init__(
        self,
        recipe: Recipe,
        catalogue: Catalogue,
        outlines: Outlines,
        without: Container[int] = (),
    ) -> None:
        """`without` are tokens of faces that are quarantined: a box that draws one is given up.

        `InputError` where a text source cannot be used, or no face is left to choose from.
        """
        self.in_hand: Callable[[int], None] = _no_one
        """Hears the token of each face before that is touched, and -1 once all is drawn."""
        self._without = without
        self._recipe = recipe
        self._catalogue = catalogue
        self._outlines = outlines
        self.texts = Texts(recipe)
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
        self.chooser = Chooser(catalogue, self.faces)
        colors = recipe.colors
        self.inks = Inks(colors.names, colors.min_contrast, colors.min_signal)
        self.rooms = Rooms(recipe)
        self._manners = Manners(recipe)
        self._effects = [
            (number, effect) for number, effect in enumerate(recipe.effects) if effect.on == "box"
        ]

    def compose(self, rng: Rng, level: Level, number: int, spread: Spread) -> Composed:
        """Box `number` of a scene, apart from those taken, on the painted ground.

        `Rejection` where the text drawn cannot be set, placed or inked.
        """
        slot = spread.arrangement.slot(number)
        if slot is not None and slot.level is not None and self.texts.gives(slot.level):
            level = slot.level
        passage = self.texts.choose(rng, level, spread.language)
        text, language = passage.text, passage.language
        scripts = scripts_of(text)
        script = script_of(text, scripts)
        face = self.chooser.choose(rng, text, language, scripts)
        manner = self._manners.choose(rng, text, script, slot)
        shaped = self.shaped(text, face, language, manner)
        align = rng.at("align").pick(self._recipe.boxes.align)
        if slot is None:
            setting = self.rooms.free(rng, shaped, level, script, manner, spread)
        else:
            align = slot.align or align
            setting = self.rooms.kept(shaped, level, script, align, manner, slot)
        around = setting.quad.bbox()
        found = setting.fit
        box = TextBox(
            id=number,
            level=level,
            text=text,
            source_text=text,
            language=language,
            script=script,
            direction=manner.direction,
            face=face,
            ink=self.inks.choose(rng.at("ink"), behind(around, spread.ground)),
            size_px=found.size_px,
            align=align,
            angle_deg=manner.angle_deg,
            width_px=setting.width_px,
            height_px=setting.height_px,
            place=setting.place,
            line_ends=found.line_ends,
            line_spacing=manner.line_spacing,
            letter_spacing_em=manner.letter_spacing_em,
            bend_deg=setting.bend_deg,
            effects=self._finish(rng) if self._effects else (),
        )
        return Composed(box, place(found.shaped, box), setting, around)

    def shaped(self, text: str, face: FaceRef, language: str, manner: Manner) -> Shaped:
        """The text as glyphs of the face, set in that manner; `Rejection` as `shape` says.

        Or `face-quarantined`, where the face is one that must not be touched.
        """
        if face.token in self._without:
            raise Rejection("face-quarantined", f"<font-{face.token}> {face.family} is quarantined")
        self.in_hand(face.token)
        return shape(
            text, self._catalogue.open(face.token), self._outlines, language=language,
            direction=manner.direction, ligatures=self._recipe.faces.ligatures,
            letter_spacing_em=manner.letter_spacing_em,
        )  # fmt: skip

    def _finish(self, rng: Rng) -> tuple[BoxEffect, ...]:
        return tuple(
            cast("BoxEffect", effect.choose(rng.at("effect", number)))
            for number, effect in self._effects
            if rng.at("effect?", number).chance(effect.share)
        )


def _no_one(_token: int) -> None:
    """Hear of no face."""
