"""One even colour."""

from __future__ import annotations

from dataclasses import dataclass

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import ColorField, Share
from glyphdata.parts.ramp import picked
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels


@dataclass(frozen=True, slots=True)
class Solids(NeedsNothing):
    """One even colour: one of those named, or any.

    Recipe: {kind: solid, colors: [ivory, "#102030"]}
    """

    share: Share = 1.0
    colors: tuple[ColorField, ...] = ()

    def choose(self, rng: Rng, canvas: Canvas) -> Solid:
        """One colour."""
        return Solid(picked(rng, self.colors))


@dataclass(frozen=True, slots=True)
class Solid(MadeByRule):
    """A picture of one colour."""

    color: Color

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with the colour."""
        # One row, copied down: numpy assigns a triple to every pixel 80 times slower.
        out[0] = self.color
        out[1:] = out[0]
