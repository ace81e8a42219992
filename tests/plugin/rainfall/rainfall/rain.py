"""Streaks of rain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import Share
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels


@dataclass(frozen=True, slots=True)
class Rains(NeedsNothing):
    """Streaks of rain on a dark day.

    Recipe: {kind: rain, streaks: 40}
    """

    share: Share = 1.0
    streaks: int = 40

    def choose(self, rng: Rng, canvas: Canvas) -> Rain:
        """Where each streak falls, as a part of the canvas's width."""
        return Rain(tuple(rng.at("streak", one).uniform(0.0, 1.0) for one in range(self.streaks)))


@dataclass(frozen=True, slots=True)
class Rain(MadeByRule):
    """The streaks of one picture."""

    falls: tuple[float, ...]

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with night, and a column of grey for each streak."""
        out[...] = (12, 14, 22)
        columns = (np.array(self.falls) * canvas.width).astype(int)
        out[:, columns] = (58, 64, 80)
