"""Opacity: ink that lets the ground through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.parts.mixing import scaled
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Opaque = Annotated[float, Field(ge=0.05, le=1.0)]


@dataclass(frozen=True, slots=True)
class Opacities:
    """Letters that let through some of what lies behind them.

    Recipe: {kind: opacity, share: 0.2, opacity: [0.6, 0.9]}

    `opacity` is how much of the ink's colour is seen: 1 hides what lies behind.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    opacity: Annotated[tuple[Opaque, Opaque], pair, rising] = (0.6, 0.9)

    def choose(self, rng: Rng) -> Opacity:
        """One strength."""
        return Opacity(rng.uniform(*self.opacity))


@dataclass(frozen=True, slots=True)
class Opacity:
    """Ink of that strength, 0 to 1."""

    depth: ClassVar[int] = 5
    opacity: float

    def apply(self, inking: Inking) -> None:
        """Thin the ink."""
        inking.alpha[:] = scaled(inking.alpha, self.opacity)
