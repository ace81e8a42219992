"""Paper: fibres and mottle of one tint, lit unevenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import ColorField, Share, UnitSpan
from glyphdata.parts.ramp import mixed, paint_ramp, piece
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

WHITE, BLACK = Color(255, 255, 255), Color(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Papers(NeedsNothing):
    """Sheets of paper: fibres and mottle of one tint, lit unevenly.

    Recipe: {kind: paper, colors: [ivory, linen, "#d8c9a8"], grain: [0.05, 0.2]}

    `grain` is the distance between the sheet's darkest and lightest fibres as a share of full
    contrast.
    """

    share: Share = 1.0
    colors: Annotated[tuple[ColorField, ...], Field(min_length=1)] = (
        Color(250, 248, 240),
        Color(244, 236, 216),
        Color(226, 208, 172),
        Color(214, 214, 208),
        Color(198, 178, 144),
    )
    grain: UnitSpan = (0.05, 0.25)

    def choose(self, rng: Rng, canvas: Canvas) -> Paper:
        """A tint, a roughness, a piece of the grain, and where the light falls from."""
        place = rng.at("piece")
        light = rng.at("light")
        return Paper(
            color=rng.at("color").pick(self.colors),
            grain=rng.at("grain").uniform(*self.grain),
            corner=(place.integer(0, 1024), place.integer(0, 1024)),
            light=(light.integer(-40, 41), light.integer(-40, 41)),
        )


@dataclass(frozen=True, slots=True)
class Paper(MadeByRule):
    """One sheet: `corner` is the place in the grain it is cut from; `light` how many of 256 steps
    it brightens from the left edge to the right one, and from top to bottom.
    """

    color: Color
    grain: float
    corner: tuple[int, int]
    light: tuple[int, int]

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with the sheet."""
        fibres = piece(*self.corner, canvas.width, canvas.height)
        across = _slope(canvas.width, self.light[0])
        down = _slope(canvas.height, self.light[1])
        # Modulo 256; the grain leaves 40 steps free at either end for the light.
        steps = fibres + across
        steps += down[:, None]
        paint_ramp(steps, self._tints(), out)

    def _tints(self) -> tuple[Color, Color]:
        """The darkest and the lightest fibre: paper darkens more than it shines."""
        dark = mixed(self.color, BLACK, 0.75 * self.grain)
        light = mixed(self.color, WHITE, 0.25 * self.grain)
        return dark, light


def _slope(count: int, rise: int) -> NDArray[np.uint8]:
    """Whole steps from -rise / 2 to rise / 2, modulo 256, as adding them to bytes wants."""
    at = np.arange(count, dtype=np.int64) * (2 * rise) // max(count - 1, 1) - rise
    return (at // 2).astype(np.uint8)
