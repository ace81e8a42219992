"""Do all labels lie on the canvas?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.scene.sample import UNIT

ROUNDING = 1
"""How far a rounded corner may stand outside, in 1/16 px."""


@dataclass(slots=True)
class OnCanvas(Check):
    """The quad of every box and the ink of every cluster lie on the canvas."""

    code: ClassVar[str] = "outside-canvas"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Boxes and ink that reach over an edge."""
        if sample.boxes is None or sample.size is None:
            return
        ends = np.array(sample.size) * UNIT
        for number, box in enumerate(sample.boxes):
            corners = box.quad.reshape(4, 2)
            if (corners < -ROUNDING).any() or (corners > ends + ROUNDING).any():
                yield self.found(sample.key, f"box {number} reaches over the canvas's edge")
            sides = box.ink.reshape(-1, 2, 2)
            if (sides < 0).any() or (sides > ends).any():
                over = int(((sides < 0) | (sides > ends)).any(axis=(1, 2)).argmax())
                yield self.found(
                    sample.key, f"the ink of box {number}'s cluster {over} lies off the canvas"
                )
