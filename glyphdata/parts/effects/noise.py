"""Noise: the grain of a sensor."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import cv2
import numpy as np
from pydantic import Field

from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.parts.ramp import random_bytes
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Steps = Annotated[float, Field(ge=0.0, le=100.0)]

# The middles of 256 equally likely parts of the normal distribution, in 4096ths of its deviation.
_QUANTILES = np.array(
    [round(4096 * NormalDist().inv_cdf((step + 0.5) / 256)) for step in range(256)], np.int64
)


@dataclass(frozen=True, slots=True)
class Noises:
    """A picture with the grain of a camera's sensor.

    Recipe: {kind: noise, share: 0.1, sigma: [2, 8], gray: 0.5}

    `sigma` is the deviation of each channel, of 255; `gray` the share of pictures whose noise is
    the same in all three channels.
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0
    sigma: Annotated[tuple[Steps, Steps], pair, rising] = (2.0, 8.0)
    gray: Unit = 0.5

    def choose(self, rng: Rng) -> Noise:
        """A strength, a sort and the seed of a field."""
        return Noise(
            sigma=rng.at("sigma").uniform(*self.sigma),
            gray=rng.at("gray").chance(self.gray),
            seed=rng.at("field").word() >> 11,  # 53 bits: whole in every reader of JSON
        )


@dataclass(frozen=True, slots=True)
class Noise:
    """Normal noise of that deviation; `seed` is expanded into the field."""

    sigma: float
    gray: bool
    seed: int

    def apply(self, pixels: Pixels) -> None:
        """Add the noise in place; what would pass 0 or 255 stays there."""
        height, width, _ = pixels.shape
        if self.gray:
            one = random_bytes(self.seed, height * width).reshape(height, width)
            field = cv2.cvtColor(one, cv2.COLOR_GRAY2RGB)
        else:
            field = random_bytes(self.seed, 3 * height * width).reshape(pixels.shape)
        moves = (_QUANTILES * round(self.sigma * 256) + (1 << 19)) >> 20
        for moved, table in ((cv2.add, moves), (cv2.subtract, -moves)):
            step = cv2.LUT(field, np.clip(table, 0, 255).astype(np.uint8))
            pixels[:] = moved(pixels, step)
