"""Numbers heaped up as they come by: a million take no more room than their range."""

from __future__ import annotations

from collections import Counter
from math import floor, log10, sqrt

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.stats.values import Spread

BINS = 40
"""A histogram has no more bins than this."""

_NEAR = 1e-9


class Heap:
    """Numbers, each on the multiple of `step` at or below it; what is not finite is left out."""

    def __init__(self, step: float) -> None:
        self.count = 0
        self._step = step
        self._heights: Counter[int] = Counter()
        self._total = self._squares = 0.0
        self._least, self._most = float("inf"), float("-inf")

    def add(self, values: NDArray[np.float64]) -> None:
        """Heap up some more."""
        values = values[np.isfinite(values)]
        if not len(values):
            return
        self.count += len(values)
        self._total += float(values.sum())
        self._squares += float((values * values).sum())
        self._least = min(self._least, float(values.min()))
        self._most = max(self._most, float(values.max()))
        floors = np.floor(values / self._step + _NEAR).astype(np.int64)
        places, heights = np.unique(floors, return_counts=True)
        for place, height in zip(places.tolist(), heights.tolist(), strict=True):
            self._heights[place] += height

    def spread(self, name: str, title: str, unit: str) -> Spread:
        """How they are spread; there must be at least one."""
        mean = self._total / self.count
        places = np.array(sorted(self._heights), np.int64)
        heights = np.array([self._heights[place] for place in places.tolist()], np.int64)
        reached = heights.cumsum()
        p5, p50, p95 = (
            round(float(places[np.searchsorted(reached, share * self.count)] * self._step), 6)
            for share in (0.05, 0.5, 0.95)
        )
        edges, bins = _histogram(places, heights, self._step)
        return Spread(
            name=name,
            title=title,
            unit=unit,
            count=self.count,
            mean=mean,
            deviation=sqrt(max(0.0, self._squares / self.count - mean * mean)),
            least=self._least,
            p5=p5,
            p50=p50,
            p95=p95,
            most=self._most,
            step=self._step,
            edges=edges,
            bins=bins,
        )


def _histogram(
    places: NDArray[np.int64], heights: NDArray[np.int64], step: float
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Edges at round numbers, and how much lies between each two; at most `BINS` of them."""
    times = _round_times(float(places[-1] - places[0]) / (BINS - 1))
    bins = places // times
    first, last = int(bins[0]), int(bins[-1])
    counts = np.bincount(bins - first, heights, last - first + 1).astype(np.int64)
    edges = np.arange(first, last + 2) * times * step
    return tuple(round(float(edge), 6) for edge in edges), tuple(counts.tolist())


def _round_times(least: float) -> int:
    """The least of 1, 2, 5, 10, 20 … that is not below `least`."""
    if least <= 1:
        return 1
    power: int = 10 ** floor(log10(least))
    return next((times * power for times in (1, 2, 5) if times * power >= least), 10 * power)
