"""Even transitions between two or three colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import ColorField, Share, pair, rising
from glyphdata.parts.ramp import Steps, paint_ramp, picked
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

Shape = Literal["linear", "radial"]
Turn = Annotated[float, Field(ge=-360.0, le=360.0)]
Stops = Annotated[int, Field(ge=2, le=3)]


@dataclass(frozen=True, slots=True)
class Gradients(NeedsNothing):
    """A linear or radial transition between two or three colours.

    Recipe: {kind: gradient, shapes: [linear], angle_deg: [0, 90], colors: [navy, teal, ivory]}

    `angle_deg` is the way that a linear one runs: 0 to the right, 90 down. `stops` is how many
    colours one has, 2 or 3.
    """

    share: Share = 1.0
    shapes: Annotated[tuple[Shape, ...], Field(min_length=1)] = ("linear", "radial")
    colors: tuple[ColorField, ...] = ()
    stops: Annotated[tuple[Stops, Stops], pair, rising] = (2, 3)
    angle_deg: Annotated[tuple[Turn, Turn], pair, rising] = (0.0, 360.0)

    def choose(self, rng: Rng, canvas: Canvas) -> Gradient:
        """A shape, its colours and where it runs or sits."""
        low, high = self.stops
        count = rng.at("stops").integer(low, high + 1)
        hues = rng.at("colors")
        place = rng.at("place")
        return Gradient(
            shape=rng.at("shape").pick(self.shapes),
            colors=tuple(picked(hues, self.colors) for _ in range(count)),
            angle_deg=place.uniform(*self.angle_deg),
            center=(place.random(), place.random()),
        )


@dataclass(frozen=True, slots=True)
class Gradient(MadeByRule):
    """One transition.

    A linear one runs across the whole canvas at `angle_deg`; a radial one from `center` (shares of
    width and height) to the corner that is farthest from it.
    """

    shape: Shape
    colors: tuple[Color, ...]
    angle_deg: float
    center: tuple[float, float]

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with the transition, in at most 256 steps."""
        steps = self._linear(canvas) if self.shape == "linear" else self._radial(canvas)
        paint_ramp(steps, self.colors, out)

    def _linear(self, canvas: Canvas) -> Steps:
        """Steps along the angle: 16 bit sums of a row and a column, the high byte of each kept."""
        turn = math.radians(self.angle_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        length = abs(cos) * (canvas.width - 1) + abs(sin) * (canvas.height - 1)
        scale = 65534.0 * 65536.0 / max(length, 1.0)
        total: NDArray[np.uint16] = np.add(
            _sloped(canvas.width, round(cos * scale)),
            _sloped(canvas.height, round(sin * scale))[:, None],
        )
        total >>= 8
        steps: Steps = total.astype(np.uint8)
        return steps

    def _radial(self, canvas: Canvas) -> Steps:
        """Steps outward. Sums, products and roots of IEEE floats are the same on every machine."""
        x = np.arange(canvas.width, dtype=np.float32) - np.float32(self.center[0] * canvas.width)
        y = np.arange(canvas.height, dtype=np.float32) - np.float32(self.center[1] * canvas.height)
        x *= x
        y *= y
        farthest = np.float32(x.max() + y.max())
        scale = np.float32(255.9 * 255.9) / max(farthest, np.float32(1.0))
        distance = np.add(x * scale, (y * scale)[:, None])
        np.sqrt(distance, out=distance)
        steps: Steps = distance.astype(np.uint8)
        return steps


def _sloped(count: int, slope: int) -> NDArray[np.uint16]:
    """An even rise or fall over `count` places by `slope` / 65536 each, its least value 0.

    Whole numbers: a last bit of difference between two machines' cosines is rounded away.
    """
    steps = np.arange(count, dtype=np.int64) * slope
    return ((steps - min(int(steps[-1]), 0)) >> 16).astype(np.uint16)
