"""Boxes as an encoder knows them: what it saw and what it read of each, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from glyphdata.train.batch import BoxFacts

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

COLLAPSED = 0.9
"""The mean cosine of different boxes above which vectors are said to have collapsed."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """N boxes in a space of E dimensions, in the order in which they were met."""

    pictures: Floats
    """[N, E]: unit vectors of what was seen."""
    texts: Floats
    """[N, E]: unit vectors of what was read."""
    facts: tuple[BoxFacts, ...]
    family: Numbers
    """[N]: boxes with the same number are one box of a group in its spellings."""
    alike: Numbers
    """[N]: boxes with the same number are said alike, in whatever batch they come."""

    def __len__(self) -> int:
        return len(self.facts)

    def take(self, rows: Sequence[int] | Numbers) -> Self:
        """Some of the boxes, in the order asked for."""
        return type(self)(
            self.pictures[rows],
            self.texts[rows],
            tuple(self.facts[row] for row in rows),
            self.family[rows],
            self.alike[rows],
        )


def joined(parts: Sequence[Vectors]) -> Vectors:
    """The boxes of several batches as one; families of different batches differ.

    `ValueError` where there are none.
    """
    families, first = [], 0
    for part in parts:
        families.append(part.family + first)
        first += int(part.family.max(initial=-1)) + 1
    return Vectors(
        np.concatenate([part.pictures for part in parts]),
        np.concatenate([part.texts for part in parts]),
        tuple(fact for part in parts for fact in part.facts),
        np.concatenate(families),
        np.concatenate([part.alike for part in parts]),
    )


def likeness(vectors: Floats) -> float:
    """The mean cosine of all pairs of different rows, which are unit vectors; 0 for one row.

    The squared length of the sum of n unit vectors is n plus the cosines of all ordered pairs.
    """
    count = len(vectors)
    if count < 2:
        return 0.0
    total = vectors.astype(np.float64).sum(axis=0)
    return float((total @ total - count) / (count * (count - 1)))
