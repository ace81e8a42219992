"""JPEG: a picture that was saved before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import simplejpeg
from pydantic import Field

from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels

Quality = Annotated[int, Field(ge=1, le=100)]


@dataclass(frozen=True, slots=True)
class Jpegs:
    """A picture with the traces of having been saved as JPEG before.

    Recipe: {kind: jpeg, share: 0.1, quality: [40, 80]}

    `quality` is libjpeg's, 1 to 100; colours are kept at half the resolution (4:2:0).
    """

    on: ClassVar[Literal["box", "picture"]] = "picture"
    share: Unit = 1.0
    quality: Annotated[tuple[Quality, Quality], pair, rising] = (40, 85)

    def choose(self, rng: Rng) -> Jpeg:
        """One quality."""
        low, high = self.quality
        return Jpeg(rng.integer(low, high + 1))


@dataclass(frozen=True, slots=True)
class Jpeg:
    """One round through JPEG."""

    quality: int

    def apply(self, pixels: Pixels) -> None:
        """Encode the picture and read it back in place."""
        saved = simplejpeg.encode_jpeg(
            np.ascontiguousarray(pixels),
            quality=self.quality,
            colorspace="RGB",
            colorsubsampling="420",
        )
        pixels[:] = simplejpeg.decode_jpeg(saved, colorspace="RGB")
