"""How many of some samples have which level, face, colour…, and how far their numbers reach.

Counting is done on arrays rather than by the database: whatever was chosen, each facet then costs
one pass over small numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glyphdata.review.conditions import Mask
from glyphdata.review.view.coding import Coded, Coding, Counts
from glyphdata.review.view.query import Query
from glyphdata.review.view.rows import Rows
from glyphdata.review.view.source import Source

FACETS = {
    "level": "level",
    "language": "language",
    "background": "background",
    "shard": "shard",
    "script": "scripts",
    "font": "font_tokens",
    "color": "color_tokens",
    "edits": "edits",
    "effects": "effects",
}
"""The facets, each with the column of the index that tells."""

RANGES = (
    "contrast_min",
    "signal_min",
    "size_px_min",
    "size_px_max",
    "angle_deg_max",
    "length",
    "boxes",
    "clusters",
    "rejections",
    "width",
    "height",
)
"""The numbers whose reach is told, by their columns."""

_BATCH = 65_536


class Reach(NamedTuple):
    """The least and the greatest value of a number."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Facets:
    """What some samples have: of each facet the values with how many samples have it, falling."""

    total: int
    counts: dict[str, Counts]
    ranges: dict[str, Reach]


class Counter:
    """Counts facets for one state of a dataset; making it costs a second for a million rows."""

    def __init__(self, rows: Rows) -> None:
        self._total = rows.total
        self._coded: dict[str, Coded] = {}
        for name, column in FACETS.items():
            coding = Coding(column)
            for batch in _batches(rows.source, column):
                coding.add(batch)
            self._coded[name] = coding.coded()
        self._numbers = {name: rows.table.column(name) for name in RANGES}
        self._whole: Facets | None = None
        pa.default_memory_pool().release_unused()

    def facets(self, query: Query, mask: Callable[[Query], Mask | None]) -> Facets:
        """The facets of the samples that `mask` gives for a query (None: of all).

        A facet that the query itself narrows is counted as if it did not, so that the values beside
        the chosen one can be seen.
        """
        chosen = mask(query)
        if chosen is None:
            if self._whole is None:
                self._whole = self._counted(None, {})
            return self._whole
        narrowed = {name for name, _, _ in query.where.terms} & self._coded.keys()
        return self._counted(chosen, {name: mask(query.without(name)) for name in narrowed})

    def _counted(self, chosen: Mask | None, others: dict[str, Mask | None]) -> Facets:
        counts = {name: one.counted(others.get(name, chosen)) for name, one in self._coded.items()}
        numbers = None if chosen is None else np.flatnonzero(chosen)
        ranges = {}
        for name, values in self._numbers.items():
            reach = _reach(values if numbers is None else values[numbers])
            if reach is not None:
                ranges[name] = reach
        return Facets(self._total if numbers is None else len(numbers), counts, ranges)


def _reach(values: NDArray[np.float32]) -> Reach | None:
    """How far numbers reach; None where none says anything, 0 and 0 where there are none."""
    if not len(values):
        return Reach(0.0, 0.0)
    low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    return Reach(low, high) if np.isfinite(low) and np.isfinite(high) else None


def _batches(source: Source, column: str) -> Iterator[pa.Array]:
    """A column's values in the order of the rows, some thousand at a time; none where it lacks."""
    if source.table is not None:
        if column in source.table.column_names:
            yield from source.table[column].chunks
        return
    # One column at a time: the buffers of all of them would take more room than what is kept.
    with pq.ParquetFile(source.places.index) as file:
        if column in file.schema_arrow.names:
            for batch in file.iter_batches(_BATCH, columns=[column]):
                yield batch.column(0)
