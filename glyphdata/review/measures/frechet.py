"""How far two clouds of features lie apart: the Fréchet distance of the normal laws behind them.

|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½), with the means m and covariances C of the two (Dowson and
Landau, 1982); of Inception's features it is the FID (Heusel et al., arXiv 1706.08500).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError

Doubles = NDArray[np.float64]

_ROWS = 4096


@dataclass(frozen=True, slots=True)
class Cloud:
    """The mean [D] of the features of `count` pictures, and a root [R, D] of their covariance.

    The covariance itself is rootᵀ · root; R is D, or `count` where these are fewer.
    """

    mean: Doubles
    root: Doubles
    count: int

    @classmethod
    def of(cls, features: NDArray[np.floating]) -> Self:
        """Of features [N, D]; `InputError` for fewer than two rows, which have no covariance."""
        count = len(features)
        if count < 2:
            raise InputError(f"{count} pictures have no spread", hint="give two pictures at least")
        mean = features.mean(axis=0, dtype=np.float64)
        root = np.zeros((0, features.shape[1]))
        for first in range(0, count, _ROWS):
            # What is added up in the triangle of a QR decomposition is the rows' inner products.
            rows = features[first : first + _ROWS].astype(np.float64) - mean
            root = np.asarray(np.linalg.qr(np.concatenate([root, rows]), mode="r"))
        return cls(mean, root / np.sqrt(count - 1), count)


def frechet(one: Cloud, other: Cloud) -> float:
    """The squared Fréchet distance of two clouds; 0 for the same one twice.

    With C1 = AᵀA and C2 = BᵀB, C1 C2 has the eigenvalues of (ABᵀ)(ABᵀ)ᵀ beside zeros, so that
    tr (C1 C2)^½ is the sum of the singular values of ABᵀ. No covariance is multiplied out, no root
    taken of an unsymmetric matrix, whose parts may turn out imaginary, and nothing added to the
    diagonal of a singular one. `InputError` where the features differ in number.
    """
    if one.mean.shape != other.mean.shape:
        raise InputError(
            f"features of {len(one.mean)} and of {len(other.mean)} numbers cannot be compared",
            hint="take both from the same network",
        )
    shared = float(np.linalg.svd(one.root @ other.root.T, compute_uv=False).sum())
    apart = one.mean - other.mean
    spread = float((one.root**2).sum() + (other.root**2).sum())
    return max(float(apart @ apart) + spread - 2.0 * shared, 0.0)
