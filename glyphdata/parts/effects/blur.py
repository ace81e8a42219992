"""Blur: a picture out of focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.parts.mixing import blurred
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Pixel = Annotated[float, Field(ge=0.0, le=20.0)]


@dataclass(frozen=True, slots=True)
class Blurs:
    """A picture slightly out of focus.

    Recipe: {kind: blur, share: 0.1, sigma_px: [0.4, 1.0]}

    `sigma_px` is the deviation of the Gaussian that every point becomes, in pixels.
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0
    sigma_px: Annotated[tuple[Pixel, Pixel], pair, rising] = (0.4, 1.0)

    def choose(self, rng: Rng) -> Blur:
        """One deviation."""
        return Blur(rng.uniform(*self.sigma_px))


@dataclass(frozen=True, slots=True)
class Blur:
    """A Gaussian blur of that deviation."""

    sigma_px: float

    def apply(self, pixels: Pixels) -> None:
        """Blur the picture in place."""
        pixels[:] = blurred(pixels, self.sigma_px)
