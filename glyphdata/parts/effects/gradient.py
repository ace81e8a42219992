"""Gradient: ink that runs from a lighter shade to a darker one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from glyphdata.parts.fields import Unit, UnitSpan, pair, rising
from glyphdata.parts.ramp import Steps, paint_ramp
from glyphdata.parts.tones import tones
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Inking

Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]

_FINE = 2.0**40


@dataclass(frozen=True, slots=True)
class Gradients:
    """Letters that run from a lighter shade of their colour to a darker one.

    Recipe: {kind: gradient, share: 0.2, tone: [0.2, 0.5]}

    `tone` is how far the lightest shade lies towards white and the darkest towards black: 0 is
    even, 1 the whole way. It is less where the mean would no longer be the colour that the text is
    said to have: white and black hardly change. `angle_deg` is where the darkest shade lies,
    clockwise from the text's own bottom.
    """

    on: ClassVar[Literal["box", "picture"]] = "box"
    share: Unit = 1.0
    tone: UnitSpan = (0.25, 0.55)
    angle_deg: Annotated[tuple[Degrees, Degrees], pair, rising] = (-10.0, 10.0)

    def choose(self, rng: Rng) -> Gradient:
        """A tone and a direction."""
        return Gradient(
            tone=rng.at("tone").uniform(*self.tone),
            angle_deg=rng.at("angle").uniform(*self.angle_deg),
        )


@dataclass(frozen=True, slots=True)
class Gradient:
    """One run of shades."""

    depth: ClassVar[int] = 3
    tone: float
    angle_deg: float

    def apply(self, inking: Inking) -> None:
        """Fill the ink; its first shade and its last lie on its outermost pixels."""
        x, y = _downward(inking, self.angle_deg)
        paint_ramp(_along(inking.alpha, x, y), tones(inking.ink, self.tone), inking.fill)


def _downward(inking: Inking, angle_deg: float) -> tuple[float, float]:
    """The direction, of length 1, of the text's own bottom turned clockwise by an angle."""
    top, bottom = inking.place.at(0.0, 0.0), inking.place.at(0.0, inking.size_px)
    x, y = bottom.x - top.x, bottom.y - top.y
    length = math.sqrt(x * x + y * y)
    turn = math.radians(angle_deg)
    cos, sin = round(math.cos(turn) * _FINE) / _FINE, round(math.sin(turn) * _FINE) / _FINE
    return (x * cos - y * sin) / length, (x * sin + y * cos) / length


def _along(alpha: Steps, x: float, y: float) -> Steps:
    """How far each pixel lies in a direction: 0 for the first with ink, 255 for the last."""
    down, right = np.nonzero(alpha)
    if not len(down):
        return np.zeros_like(alpha)
    far_x, far_y = round(x * 4096), round(y * 4096)
    places = right * far_x + down * far_y
    low, high = int(places.min()), int(places.max())
    scale = (255 << 24) // max(high - low, 1)
    across = (np.arange(alpha.shape[1]) * far_x - low) * scale
    field = across + (np.arange(alpha.shape[0]) * far_y * scale)[:, None] + (1 << 23)
    steps: Steps = np.clip(field >> 24, 0, 255).astype(np.uint8)
    return steps
