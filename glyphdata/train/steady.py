"""Steps that are left out because their gradient is a problem, and runs that are past help.

Playground v3 (arXiv 2409.10695) keeps its training stable by leaving out the iterations whose
gradient is out of proportion. What is in proportion is here the median of the last gradients, so
that nothing but the numbers of the run itself decides.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from glyphdata.errors import PartlyDone

WINDOW = 128
"""The gradients that are remembered. All are, left out or not: a run that has come to larger ones
for good goes on once they are the half of these."""

LEAST = 16
"""So many must be known before a step is left out."""


class Diverged(PartlyDone):
    """A run whose loss or gradient is no number any more; it cannot go on (exit code 4)."""


class Steady:
    """Which steps are taken: those whose gradient is at most `times` the usual; 0 takes all."""

    def __init__(self, times: float, known: tuple[float, ...] = ()) -> None:
        """`known` are the norms that an earlier part of the run has left in `norms`."""
        self.times = times
        self._norms: deque[float] = deque(known, maxlen=WINDOW)

    @property
    def norms(self) -> tuple[float, ...]:
        """The last norms, oldest first."""
        return tuple(self._norms)

    def takes(self, norm: float) -> bool:
        """Is a step with a gradient of this length to be taken? It is remembered either way."""
        usual = median(self._norms) if len(self._norms) >= LEAST else math.inf
        self._norms.append(norm)
        return not self.times or norm <= self.times * usual
