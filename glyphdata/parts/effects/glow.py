"""Glow: a soft halo around the ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.parts.fields import ColorField, Unit, UnitSpan, pair, rising
from glyphdata.parts.mixing import blurred, grown, mix, scaled
from glyphdata.parts.tones import against
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Em = Annotated[float, Field(ge=0.02, le=0.6)]


@dataclass(frozen=True, slots=True)
class Glows:
    """A soft halo around the letters, in a colour that they stand out of.

    Recipe: {kind: glow, share: 0.2, size_em: [0.1, 0.3], opacity: [0.5, 0.9]}

    `size_em` is how far the halo reaches; `opacity` how strong it is next to the ink. `colors`
    lists its colours; without, it is a deep shade of a light ink, a pale tint of a dark one. A
    halo in the ink's own colour (neon) takes contrast away, and is measured so.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    size_em: Annotated[tuple[Em, Em], pair, rising] = (0.1, 0.3)
    opacity: UnitSpan = (0.5, 0.9)
    colors: tuple[ColorField, ...] = ()

    def choose(self, rng: Rng) -> Glow:
        """A size, a strength, and a colour where some are named."""
        return Glow(
            size_em=rng.at("size").uniform(*self.size_em),
            opacity=rng.at("opacity").uniform(*self.opacity),
            color=rng.at("color").pick(self.colors) if self.colors else None,
        )


@dataclass(frozen=True, slots=True)
class Glow:
    """One halo; `color` None is the one that the ink stands out of."""

    depth: ClassVar[int] = 1
    size_em: float
    opacity: float
    color: Color | None

    @property
    def reach_em(self) -> float:
        """How far beyond the ink it paints, in em."""
        return 1.1 * self.size_em

    def apply(self, inking: Inking) -> None:
        """Paint the halo behind the ink: a third of its size even, the rest fading."""
        size = self.size_em * inking.size_px
        halo = blurred(grown(inking.alpha, size / 3.0), size * 0.28, outside=0)
        color = against(inking.ink.color) if self.color is None else self.color
        mix(inking.pixels, color, scaled(halo, self.opacity))
