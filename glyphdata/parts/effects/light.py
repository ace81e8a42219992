"""Light: a picture lighter or darker, harder or softer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import cv2
import numpy as np
from pydantic import Field

from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Move = Annotated[float, Field(ge=-0.5, le=0.5)]
Factor = Annotated[float, Field(ge=0.2, le=3.0)]


@dataclass(frozen=True, slots=True)
class Lights:
    """A picture lighter or darker as a whole, and of more or less contrast.

    Recipe: {kind: light, share: 0.1, brightness: [-0.1, 0.1], contrast: [0.8, 1.2]}

    `brightness` is added to every channel, as a share of white; `contrast` is the factor by which
    channels first move away from mid-grey.
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0
    brightness: Annotated[tuple[Move, Move], pair, rising] = (-0.12, 0.12)
    contrast: Annotated[tuple[Factor, Factor], pair, rising] = (0.8, 1.2)

    def choose(self, rng: Rng) -> Light:
        """A brightness and a contrast."""
        return Light(
            brightness=rng.at("brightness").uniform(*self.brightness),
            contrast=rng.at("contrast").uniform(*self.contrast),
        )


@dataclass(frozen=True, slots=True)
class Light:
    """One curve for all three channels."""

    brightness: float
    contrast: float

    def apply(self, pixels: Pixels) -> None:
        """Send every channel through the curve in place."""
        steps = np.arange(256) * 2 - 255
        moved = steps * round(self.contrast * 4096) + round(self.brightness * 510 * 4096)
        curve = np.clip((moved + 256 * 4096) >> 13, 0, 255)
        pixels[:] = cv2.LUT(pixels, curve.astype(np.uint8))
