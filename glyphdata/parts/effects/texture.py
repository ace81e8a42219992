"""Texture: ink that is not quite even."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.parts.fields import Unit, UnitSpan, pair, rising
from glyphdata.parts.ramp import Steps, grain, paint_ramp
from glyphdata.parts.tones import tones
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Pattern = Literal["grain", "stripes"]
Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]
Places = NDArray[np.int64]
Em = Annotated[float, Field(ge=0.02, le=1.0)]

THINNEST_PX = 4.0
"""No two stripes lie nearer to each other: finer ones would flicker."""

_FINE = 2.0**40


@dataclass(frozen=True, slots=True)
class Textures:
    """Letters with a grain or stripes in shades of their colour.

    Recipe: {kind: texture, share: 0.2, patterns: [stripes], period_em: [0.1, 0.2]}

    `patterns` are those to choose from: `grain` or `stripes`. `tone` is how far the lightest shade
    lies towards white and the darkest towards black, and less where the mean would no longer be
    the colour that the text is said to have. `period_em` is the distance of stripes, at least 4
    pixels, and `angle_deg` the direction across them, clockwise from the right.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)] = ("grain", "stripes")
    tone: UnitSpan = (0.1, 0.3)
    period_em: Annotated[tuple[Em, Em], pair, rising] = (0.08, 0.2)
    angle_deg: Annotated[tuple[Degrees, Degrees], pair, rising] = (0.0, 180.0)

    def choose(self, rng: Rng) -> Texture:
        """A pattern, a tone, a place to cut it from and a direction."""
        place = rng.at("place")
        return Texture(
            pattern=rng.at("pattern").pick(self.patterns),
            tone=rng.at("tone").uniform(*self.tone),
            period_em=rng.at("period").uniform(*self.period_em),
            angle_deg=rng.at("angle").uniform(*self.angle_deg),
            corner=(place.integer(0, 1024), place.integer(0, 1024)),
        )


@dataclass(frozen=True, slots=True)
class Texture:
    """One pattern; `corner` is what of it lies at the canvas's top left."""

    depth: ClassVar[int] = 4
    pattern: Pattern
    tone: float
    period_em: float
    angle_deg: float
    corner: tuple[int, int]

    def apply(self, inking: Inking) -> None:
        """Fill the ink with shades of its colour, as many lighter as darker ones."""
        height, width = inking.alpha.shape
        x = np.arange(width) + inking.left + self.corner[0]
        y = np.arange(height) + inking.top + self.corner[1]
        if self.pattern == "stripes":
            steps, part = self._stripes(x, y, inking.size_px), 0.5
        else:
            steps, part = _grain(x, y), 0.25
        paint_ramp(steps, tones(inking.ink, self.tone, part), inking.fill)

    def _stripes(self, x: Places, y: Places, size_px: float) -> Steps:
        """Bands, as wide as the gaps between them, with edges a pixel or two wide."""
        period = max(self.period_em * size_px, THINNEST_PX)
        turn = math.radians(self.angle_deg)
        cos, sin = round(math.cos(turn) * _FINE) / _FINE, round(math.sin(turn) * _FINE) / _FINE
        turns = x * round(cos / period * 65536) + (y * round(sin / period * 65536))[:, None]
        wave = np.abs((turns & 0xFFFF) - 0x8000)  # 0 to 2^15 and back within a period
        steep = max(round(period / 3.0), 1)
        steps: Steps = np.clip(128 + ((wave - 0x4000) * steep >> 6), 0, 255).astype(np.uint8)
        return steps


def _grain(x: Places, y: Places) -> Steps:
    """The grain of paper, of twice its own contrast."""
    tile = grain()
    piece = tile[(y % len(tile))[:, None], x % len(tile)].astype(np.int16)
    steps: Steps = np.clip((piece - 128) * 2 + 128, 0, 255).astype(np.uint8)
    return steps
