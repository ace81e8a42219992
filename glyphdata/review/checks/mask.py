"""Do the mask and the layout speak of the same clusters?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.evidence import Check, Finding, Inked, StoredSample
from glyphdata.scene.sample import UNIT


@dataclass(slots=True)
class MaskAgrees(Check):
    """The mask's values are those of the layout, and their pixels lie within the ink it tells."""

    code: ClassVar[str] = "mask"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Values without a cluster, clusters without a pixel, pixels outside their ink."""
        inked, boxes = sample.inked, sample.boxes
        if inked is None or not boxes:
            return
        clusters = np.concatenate([box.clusters for box in boxes])
        ink = np.concatenate([box.ink for box in boxes])
        with_ink = clusters[:, 3] > 0
        told = clusters[with_ink, 3].astype(np.int64)
        if (with_ink != (ink[:, 2] > 0)).any():
            yield self.found(sample.key, "a cluster has a value and no ink, or ink and no value")
        if len(np.unique(told)) != len(told):
            yield self.found(sample.key, "two clusters have the same value")
            return
        seen, bounds = _extents(inked)
        for values, says in (
            (np.setdiff1d(seen, told), "the mask has values that no cluster has"),
            (np.setdiff1d(told, seen), "clusters have values that the mask has not"),
        ):
            if len(values):
                yield self.found(sample.key, f"{says}: {_listed(values)}")
        order = np.argsort(told)
        both, at_told, at_seen = np.intersect1d(told[order], seen, return_indices=True)
        want = ink[with_ink][order][at_told]
        have = bounds[at_seen] * UNIT
        out = (have[:, :2] < want[:, :2]).any(axis=1) | (have[:, 2:] > want[:, 2:]).any(axis=1)
        if out.any():
            yield self.found(
                sample.key, f"pixels lie outside the ink of the values {_listed(both[out])}"
            )
        yield from self._boxes(sample)

    def _boxes(self, sample: StoredSample) -> Iterator[Finding]:
        """The box mask says of each pixel the box that the cluster mask's value belongs to."""
        mask, box_mask, inked = sample.mask, sample.box_mask, sample.inked
        if mask is None or box_mask is None or inked is None or mask.shape != box_mask.shape:
            return
        owners = sample.boxes_of_values
        told = owners[np.minimum(inked.values, len(owners) - 1)] + 1
        there = box_mask[inked.rows, inked.columns]
        # Pixels that no cluster has and a box has; then those that both have, and differ.
        differ = int(np.count_nonzero(box_mask) - np.count_nonzero(there))
        differ += int(np.count_nonzero(told != there))
        if differ:
            yield self.found(sample.key, f"boxes.png and mask.png differ in {differ} pixels")


def _extents(inked: Inked) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The values of a mask, rising, and their bounds (left, top, right, bottom; pixels)."""
    if not len(inked.values):
        return np.empty(0, np.int64), np.empty((0, 4), np.int64)
    order = np.argsort(inked.values, kind="stable")
    values, rows, columns = inked.values[order], inked.rows[order], inked.columns[order]
    starts = np.flatnonzero(np.diff(values, prepend=-1))
    seen = values[starts]
    bounds = np.stack(
        (
            np.minimum.reduceat(columns, starts),
            np.minimum.reduceat(rows, starts),
            np.maximum.reduceat(columns, starts) + 1,
            np.maximum.reduceat(rows, starts) + 1,
        ),
        axis=1,
    )
    return seen, bounds


def _listed(values: NDArray[np.int64]) -> str:
    shown = ", ".join(str(value) for value in values[:8].tolist())
    return f"{shown} and {len(values) - 8} more" if len(values) > 8 else shown
