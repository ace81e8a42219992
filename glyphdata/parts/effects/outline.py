"""Outline: a stroke around the ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.parts.fields import ColorField, Unit, pair, rising
from glyphdata.parts.mixing import grown, mix
from glyphdata.parts.tones import against
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Em = Annotated[float, Field(ge=0.005, le=0.25)]


@dataclass(frozen=True, slots=True)
class Outlines:
    """A stroke around the letters, in a colour that they stand out of.

    Recipe: {kind: outline, share: 0.2, width_em: [0.03, 0.08]}

    `width_em` is how far the stroke reaches beyond the ink. `colors` lists its colours; without, it
    is a deep shade of a light ink, a pale tint of a dark one.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    width_em: Annotated[tuple[Em, Em], pair, rising] = (0.03, 0.08)
    colors: tuple[ColorField, ...] = ()

    def choose(self, rng: Rng) -> Outline:
        """A width, and a colour where some are named."""
        return Outline(
            width_em=rng.at("width").uniform(*self.width_em),
            color=rng.at("color").pick(self.colors) if self.colors else None,
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """A stroke of a width; `color` None is the one that the ink stands out of."""

    depth: ClassVar[int] = 2
    width_em: float
    color: Color | None

    @property
    def reach_em(self) -> float:
        """How far beyond the ink it paints, in em."""
        return self.width_em

    def apply(self, inking: Inking) -> None:
        """Paint the stroke behind the ink."""
        color = against(inking.ink.color) if self.color is None else self.color
        mix(inking.pixels, color, grown(inking.alpha, self.width_em * inking.size_px))
