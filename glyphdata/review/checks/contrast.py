"""Can every text be told from its ground?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.scene.sample import UNIT

UNSEEN = 4.0
"""Text whose pixels differ from those around them by less than so much luma, of 255, is not seen:
twice what a JPEG of quality 80 alters."""


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
        luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        owners = sample.boxes_of_values
        for number, box in enumerate(sample.boxes or ()):
            window = _bounds(box.quad, pixels.shape[1], pixels.shape[0])
            part = mask[window].reshape(-1)
            seen = luma[window].reshape(-1)
            mine = owners[np.minimum(part.astype(np.int64), len(owners) - 1)] == number
            if sample.imported[number]:
                continue  # a picture of others shows what it shows
            ink, ground = (np.bincount(seen[which], minlength=256) for which in (mine, part == 0))
            if ink.any() and ground.any() and _difference(ink, ground) < UNSEEN:
                yield self.found(sample.key, f"box {number}: the picture shows no ink there")


def _bounds(quad: NDArray[np.int32], width: int, height: int) -> tuple[slice, slice]:
    """The rows and columns of a quad, two pixels around it included."""
    corners = quad.reshape(4, 2) / UNIT
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)) - 2, np.ceil(corners.max(axis=0)) + 2
    rows = slice(max(0, int(y0)), max(0, min(height, int(y1))))
    return rows, slice(max(0, int(x0)), max(0, min(width, int(x1))))


def _difference(ink: NDArray[np.int64], ground: NDArray[np.int64]) -> int:
    """How far the ink's luma lies from the ground's middle, at the tenth that lies furthest.

    Both are histograms. Means would hide ink that is lighter than its ground on one side and darker
    on the other.
    """
    middle = int(np.searchsorted(ground.cumsum(), ground.sum() / 2))
    far = np.bincount(np.abs(np.arange(256) - middle), ink, 256)
    return int(np.searchsorted(far.cumsum(), 0.9 * far.sum()))
