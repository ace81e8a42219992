"""Does the ink lie in the box that claims it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.evidence import Check, Finding, Inked, StoredSample
from glyphdata.scene.sample import UNIT
from glyphdata.scene.typeset import Ints

SLACK_PX = 1.0
"""How far ink may reach over its box: the width of a pixel that an edge runs through."""


@dataclass(slots=True)
class InkInBox(Check):
    """The ink of every cluster lies in its box's quad, within 1 px."""

    code: ClassVar[str] = "ink-outside-box"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Ink boxes over the quad's upright bounds, and mask pixels over its edges."""
        if sample.boxes is None:
            return
        for number, box in enumerate(sample.boxes):
            if sample.imported[number]:
                continue
            quad = box.quad.reshape(4, 2)
            low, high = quad.min(axis=0) - SLACK_PX * UNIT, quad.max(axis=0) + SLACK_PX * UNIT
            inked = box.ink[box.clusters[:, 3] > 0]
            far = (inked[:, :2] < low).any(axis=1) | (inked[:, 2:] > high).any(axis=1)
            if far.any():
                yield self.found(
                    sample.key,
                    f"the ink of {int(far.sum())} clusters reaches over box {number}",
                )
        if sample.inked is not None:
            for number, count in _strays(sample.inked, sample.boxes_of_values, sample.quads):
                if sample.imported[number]:
                    continue
                yield self.found(
                    sample.key, f"{count} pixels of the mask lie outside their box {number}"
                )


def _strays(inked: Inked, owners: NDArray[np.int64], quads: Ints) -> Iterator[tuple[int, int]]:
    """Boxes with mask pixels beyond an edge, and how many; unknown values are another's matter."""
    owner = owners[np.minimum(inked.values, len(owners) - 1)]
    for number, quad in enumerate(quads):
        mine = owner == number
        x, y = inked.columns[mine] + 0.5, inked.rows[mine] + 0.5
        corners = quad.reshape(4, 2) / UNIT
        out = np.zeros(len(x), bool)
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            length = max(float(np.hypot(bx - ax, by - ay)), 1e-9)
            # Clockwise with y down: what lies inside is to the right of every edge.
            out |= ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length < -SLACK_PX - 0.5
        if out.any():
            yield number, int(out.sum())
