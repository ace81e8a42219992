"""Shade: a picture that is lit unevenly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.parts.fields import Unit, UnitSpan
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Form = Literal["slope", "vignette"]

_FINE = 2.0**40


@dataclass(frozen=True, slots=True)
class Shades:
    """A picture that grows darker to one side, or towards its corners.

    Recipe: {kind: shade, share: 0.1, forms: [vignette], strength: [0.1, 0.4]}

    `forms` are those to choose from: a `slope` of light from any side, or a `vignette`. `strength`
    is how much of the light the darkest place loses.
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = ("slope", "vignette")
    strength: UnitSpan = (0.1, 0.4)

    def choose(self, rng: Rng) -> Shade:
        """A form, a strength and a side."""
        return Shade(
            form=rng.at("form").pick(self.forms),
            strength=rng.at("strength").uniform(*self.strength),
            angle_deg=rng.at("angle").uniform(0.0, 360.0),
        )


@dataclass(frozen=True, slots=True)
class Shade:
    """One fall of light; a slope is darkest at `angle_deg`, clockwise from the right."""

    form: Form
    strength: float
    angle_deg: float

    def apply(self, pixels: Pixels) -> None:
        """Darken the picture in place."""
        height, width, _ = pixels.shape
        if self.form == "slope":
            turn = math.radians(self.angle_deg)
            cos, sin = (round(one(turn) * _FINE) / _FINE for one in (math.cos, math.sin))
            x, y = _rising(width, round(cos * 65536)), _rising(height, round(sin * 65536))
        else:
            x, y = _outward(width), _outward(height)
        most = max(int(x.max()) + int(y.max()), 1)
        lost = round(self.strength * 65536)
        kept = 256 - ((x + y[:, None]) * lost // most + 128 >> 8)
        one = kept.astype(np.uint16)
        light = np.asarray(cv2.merge([one, one, one]), np.uint16)
        light *= pixels
        light += 128
        light >>= 8
        pixels[:] = light.astype(np.uint8)


def _rising(count: int, slope: int) -> NDArray[np.int64]:
    """An even rise or fall over `count` places, its least value 0."""
    steps = np.arange(count, dtype=np.int64) * slope >> 4
    return steps - min(int(steps[-1]), 0)


def _outward(count: int) -> NDArray[np.int64]:
    """The squared distance from the middle in 2^-20ths of the largest."""
    steps = 2 * np.arange(count, dtype=np.int64) - (count - 1)
    return (steps * steps << 20) // max(int(steps[0] * steps[0]), 1)
