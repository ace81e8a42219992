"""Shadow: what the ink keeps the light from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.parts.fields import ColorField, Unit, UnitSpan, pair, rising
from glyphdata.parts.mixing import blurred, mix, scaled, shifted
from glyphdata.parts.tones import BLACK, is_light
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Em = Annotated[float, Field(ge=0.0, le=0.5)]
Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]

UNDER_DARK = 0.6
"""A shadow under dark ink is weaker by this factor: the ink has to stand out of it."""

_FINE = 2.0**40


@dataclass(frozen=True, slots=True)
class Shadows:
    """A shadow that falls to one side of the letters.

    Recipe: {kind: shadow, share: 0.2, distance_em: [0.04, 0.08], blur_em: [0, 0.1]}

    `distance_em` is how far it falls and `angle_deg` where to, clockwise from the right (90 is
    down) on the picture, whichever way the text is turned. `blur_em` is how wide its edge is, 0 for
    a hard one; `opacity` how dark it is, and 0.6 of that under dark ink. `colors` lists its
    colours; without, it is black.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    distance_em: Annotated[tuple[Em, Em], pair, rising] = (0.03, 0.08)
    angle_deg: Annotated[tuple[Degrees, Degrees], pair, rising] = (30.0, 90.0)
    blur_em: Annotated[tuple[Em, Em], pair, rising] = (0.0, 0.12)
    opacity: UnitSpan = (0.45, 0.75)
    colors: tuple[ColorField, ...] = ()

    def choose(self, rng: Rng) -> Shadow:
        """A place, a softness, a strength, and a colour where some are named."""
        return Shadow(
            distance_em=rng.at("distance").uniform(*self.distance_em),
            angle_deg=rng.at("angle").uniform(*self.angle_deg),
            blur_em=rng.at("blur").uniform(*self.blur_em),
            opacity=rng.at("opacity").uniform(*self.opacity),
            color=rng.at("color").pick(self.colors) if self.colors else BLACK,
        )


@dataclass(frozen=True, slots=True)
class Shadow:
    """One shadow."""

    depth: ClassVar[int] = 0
    distance_em: float
    angle_deg: float
    blur_em: float
    opacity: float
    color: Color

    @property
    def reach_em(self) -> float:
        """How far beyond the ink it paints, in em."""
        return self.distance_em + 1.5 * self.blur_em

    def apply(self, inking: Inking) -> None:
        """Paint the shadow behind the ink."""
        turn = math.radians(self.angle_deg)
        # Rounded, for the last bits of a C library's cosine are its own.
        cos, sin = round(math.cos(turn) * _FINE) / _FINE, round(math.sin(turn) * _FINE) / _FINE
        away = self.distance_em * inking.size_px
        alpha = shifted(inking.alpha, away * cos, away * sin)
        alpha = blurred(alpha, self.blur_em * inking.size_px / 2.0, outside=0)
        softer = 1.0 if is_light(inking.ink.color) else UNDER_DARK
        mix(inking.pixels, self.color, scaled(alpha, self.opacity * softer))
