"""Can every text be told from its ground?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.scene.sample import UNIT

UNSEEN = 4.0
"""Text whose pixels differ from those around them by less than so much luma, of 255, is not seen:
twice what a JPEG of quality 80 alters."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@dataclass(slots=True)
class StandsOut(Check):
    """Contrast and signal reach what the recipe asks for, and the picture shows text there."""

    code: ClassVar[str] = "contrast"
    contrast: float = 0.0
    signal: float = 0.0

    def begin(self, dataset: Claimed) -> None:
        """What the recipe asks for."""
        for name in ("contrast", "signal"):
            least = dataset.value(f"colors.min_{name}")
            if isinstance(least, int | float):
                setattr(self, name, float(least))

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Boxes that were recorded below the floor, or whose ink the picture does not show."""
        for number, box in enumerate(sample.boxes or ()):
            for name, found, least in (
                ("contrast", box.contrast, self.contrast),
                ("signal", box.signal, self.signal),
            ):
                if found < least - 0.001:
                    yield self.found(
                        sample.key, f"box {number} has a {name} of {found:.2f}, asked {least:.2f}"
                    )
        yield from self._unseen(sample)

    def _unseen(self, sample: StoredSample) -> Iterator[Finding]:
        pixels, mask = sample.pixels, sample.mask
        if pixels is None or mask is None or mask.shape != pixels.shape[:2]:
            return
        owners = sample.boxes_of_values
        for number, box in enumerate(sample.boxes or ()):
            left, top, right, bottom = _bounds(box.quad, pixels.shape[1], pixels.shape[0])
            part = mask[top:bottom, left:right]
            if not part.size:
                continue
            mine = owners[np.minimum(part, len(owners) - 1)] == number
            if mine.any() and not mine.all():
                luma = pixels[top:bottom, left:right] @ _LUMA
                if _difference(luma, mine, part == 0) < UNSEEN:
                    yield self.found(sample.key, f"box {number}: the picture shows no ink there")


def _bounds(quad: NDArray[np.int32], width: int, height: int) -> tuple[int, int, int, int]:
    corners = quad.reshape(4, 2) / UNIT
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)) - 2, np.ceil(corners.max(axis=0)) + 2
    return max(0, int(x0)), max(0, int(y0)), min(width, int(x1)), min(height, int(y1))


def _difference(
    luma: NDArray[np.float32], ink: NDArray[np.bool_], ground: NDArray[np.bool_]
) -> float:
    """How far the ink's pixels lie from the ground's: the most that any tenth of them does.

    Means would hide ink whose left half is lighter and right half darker than its ground.
    """
    if not ground.any():
        return 255.0
    middle = float(np.median(luma[ground]))
    return float(np.quantile(np.abs(luma[ink] - middle), 0.9))
