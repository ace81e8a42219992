"""A column of an index turned over: for each value its rows, so that any choice is counted fast."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.review.conditions import Mask

MOST = 2000
"""So many values of a column are told, the most frequent ones."""

Counts = list[tuple[str | int, int]]
"""Values, each with how many rows have it, falling."""

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Coded:
    """Which rows have which of some values.

    The rows of the value at n are `rows[ends[n - 1] : ends[n]]`, each once.
    """

    values: tuple[str | int, ...]
    rows: Places
    ends: NDArray[np.int64]

    def counted(self, chosen: Mask | None) -> Counts:
        """How many of the chosen rows (None: of all) have each value; ties in their own order."""
        if not self.values:
            return []
        starts = np.concatenate([[0], self.ends[:-1]])
        if chosen is None:
            counts = self.ends - starts
        else:
            met = chosen[self.rows].view(np.uint8)
            counts = np.add.reduceat(met, starts, dtype=np.int32)
        there = np.flatnonzero(counts)
        falling = there[np.argsort(-counts[there], kind="stable")][:MOST]
        return [(self.values[one], int(counts[one])) for one in falling.tolist()]


@dataclass(slots=True)
class Coding:
    """Turns a column over, batch by batch; where it holds lists, each value in them."""

    column: str
    _known: dict[str | int, int] = field(default_factory=dict)
    _codes: list[Places] = field(default_factory=list)
    _rows: list[Places] = field(default_factory=list)
    _done: int = 0

    def add(self, values: pa.Array) -> None:
        """Hear what some more rows have."""
        if pa.types.is_list(values.type):
            codes = self._coded(pc.list_flatten(values))
            rows = pc.list_parent_indices(values).to_numpy().astype(np.int64)
        else:
            codes, rows = self._coded(values), np.arange(len(values))
        most = len(self._known) + 1
        pairs = np.sort(rows * most + codes)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # of a value that comes twice in a row, one
        rows, codes = np.divmod(pairs, most)
        self._rows.append((rows[codes > 0] + self._done).astype(np.int32))
        self._codes.append(codes[codes > 0].astype(np.int32))
        self._done += len(values)

    def coded(self) -> Coded:
        """All that was heard, the values in their own order."""
        order = sorted(self._known, key=lambda value: (isinstance(value, str), value))
        place = np.zeros(len(order) + 1, np.int32)
        place[[self._known[value] for value in order]] = np.arange(len(order))
        nothing = np.zeros(0, np.int32)
        codes = place[np.concatenate([nothing, *self._codes])]
        rows = np.concatenate([nothing, *self._rows])
        ends = np.cumsum(np.bincount(codes, minlength=len(order)))
        return Coded(tuple(order), rows[np.argsort(codes, kind="stable")], ends)

    def _coded(self, column: pa.Array) -> NDArray[np.int64]:
        """A number from 1 for each value, the same in every batch; 0 for nothing."""
        found = pc.dictionary_encode(column)
        known = [
            0 if value is None else self._known.setdefault(value, len(self._known) + 1)
            for value in found.dictionary.to_pylist()
        ]
        codes = found.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
        numbers: NDArray[np.int64] = np.array([*known, 0], np.int64)[codes]
        return numbers
