"""The black background: glyph images as Glyph-ByT5 trains on them."""

from __future__ import annotations

from dataclasses import dataclass

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import Share
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels


@dataclass(frozen=True, slots=True)
class Blacks(NeedsNothing):
    """Nothing but black.

    Recipe: {kind: black}
    """

    share: Share = 1.0

    def choose(self, rng: Rng, canvas: Canvas) -> Black:
        """Black, without a draw."""
        return Black()


@dataclass(frozen=True, slots=True)
class Black(MadeByRule):
    """A black picture."""

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with zeros."""
        out.fill(0)
