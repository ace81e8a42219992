"""How even are counts, and do they keep to what was expected?"""

from __future__ import annotations

from math import exp, lgamma, log, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_EXACT = 1e-12
_STEPS = 100_000


def evenness(counts: NDArray[np.int64], possible: int = 0) -> float:
    """The entropy of the counts as a share of the greatest, 0 to 1.

    The greatest is that of as many kinds as are `possible`, or occur if that is 0; a single kind is
    as even as it can be.
    """
    seen = counts[counts > 0]
    kinds = max(possible, len(seen))
    if kinds < 2 or not len(seen):
        return 1.0
    shares = seen / seen.sum()
    return abs(float(-(shares * np.log2(shares)).sum() / log2(kinds)))


class Divergence(NamedTuple):
    """Pearson's chi-square with its degrees of freedom and p-value, and the divergence in bits."""

    chi_square: float
    freedom: int
    p: float
    kl_bits: float


def divergence(counts: NDArray[np.int64], expected: NDArray[np.float64], strata: int) -> Divergence:
    """How far counts are from what was expected, cell by cell, both with the same sum.

    Every expected count is above 0. `strata` is how many parts of the cells have a sum of their own
    that the expectation was taken from: each costs a degree of freedom.
    """
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    freedom = len(counts) - strata
    p = upper_gamma(freedom / 2, chi_square / 2) if freedom > 0 else 1.0
    seen = counts > 0
    shares = counts[seen] / max(1, counts.sum())
    kl = float((shares * np.log2(counts[seen] / expected[seen])).sum())
    return Divergence(chi_square, max(0, freedom), p, max(0.0, kl))


def upper_gamma(a: float, x: float) -> float:
    """Q(a, x), the regularised upper incomplete gamma function, to about 1e-10; a > 0, x >= 0.

    Below a + 1 it is one less the power series of P (DLMF 8.7.1), above it the continued fraction
    (DLMF 8.9.2) by Lentz's method. With a half the degrees of freedom and x half a chi-square, it
    is the p-value.
    """
    if x <= 0:
        return 1.0
    front = exp(a * log(x) - x - lgamma(a))
    return max(0.0, 1 - front * _series(a, x)) if x < a + 1 else front * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _EXACT:
            break
    return total


def _fraction(a: float, x: float) -> float:
    tiny = 1e-300
    below = x + 1 - a
    ratio, inverse = 1 / tiny, 1 / below
    value = inverse
    for step in range(1, _STEPS):
        weight = step * (a - step)
        below += 2
        inverse = 1 / (weight * inverse + below or tiny)
        ratio = below + weight / ratio or tiny
        value *= ratio * inverse
        if abs(ratio * inverse - 1) < _EXACT:
            break
    return value
