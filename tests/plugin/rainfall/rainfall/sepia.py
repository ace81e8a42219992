"""Sepia: a picture as it was printed long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from glyphdata.parts.fields import Unit
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

_TONE = np.array([1.0, 0.86, 0.67])


@dataclass(frozen=True, slots=True)
class Sepias:
    """A picture in shades of brown.

    Recipe: {kind: sepia, share: 0.5}
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0

    def choose(self, rng: Rng) -> Sepia:
        """How strongly."""
        return Sepia(rng.uniform(0.5, 1.0))


@dataclass(frozen=True, slots=True)
class Sepia:
    """So much of the picture is brown."""

    strength: float

    def apply(self, pixels: Pixels) -> None:
        """Tone the picture in place; nothing moves."""
        brown = pixels.mean(axis=2, keepdims=True) * _TONE
        pixels[:] = np.rint(pixels * (1.0 - self.strength) + brown * self.strength)
