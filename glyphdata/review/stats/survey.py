"""What a survey is, and the two that most statistics are: counting a column, measuring one.

A statistic is one line in `surveys.py` where either will do, else one class with `columns`, `add`
and `answers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glyphdata.review.stats.fit import divergence, evenness
from glyphdata.review.stats.heap import Heap
from glyphdata.review.stats.making import Making
from glyphdata.review.stats.values import Answer, Entry, Fit, Part, Tally

SHOWN = 500
"""How many kinds a tally names, the most frequent first."""

RARE = 50
"""How many of the rarest it names where it cannot name all."""


class Survey(Protocol):
    """One question about a dataset, asked in one pass over its rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the index that it reads."""
        ...

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows."""
        ...

    def answers(self, making: Making) -> Iterator[Answer]:
        """What was found out, once all rows are heard."""
        ...


@dataclass(slots=True)
class Counted:
    """How often each text in a column occurs; where the column holds lists, each text in them.

    With `asked`, a field of the recipe, also how that compares with the shares asked for. Unless
    variants are `drawn` too, this is told of the originals alone.
    """

    name: str
    column: str
    title: str
    of: str = "pictures"
    asked: str = ""
    note: str = ""
    drawn: bool = False
    _seen: Counter[str] = field(default_factory=Counter)
    _drawn: Counter[str] = field(default_factory=Counter)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the index that it reads."""
        return (self.column, "variant") if self.asked else (self.column,)

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows."""
        self._seen.update(_texts(rows[self.column]))
        if self.asked:
            self._drawn.update(_texts((rows if self.drawn else originals(rows))[self.column]))

    def answers(self, making: Making) -> Iterator[Answer]:
        """A tally, and a fit where the recipe asked for shares and is known."""
        if not self._seen:
            return
        yield tally(self.name, self.title, self.of, self._seen)
        shares = making.shares(self.asked) if self.asked else {}
        fit = shares_fit(self, shares, self._drawn)
        if fit is not None:
            yield fit


class Measured:
    """How the numbers in a column are spread, in `unit`, to the nearest `step` below.

    `scale` is how many of the column's units make one of `unit`.
    """

    def __init__(
        self, name: str, column: str, title: str, unit: str, step: float = 1.0, scale: float = 1.0
    ) -> None:
        self.columns: tuple[str, ...] = (column,)
        self._told = (name, title, unit)
        self._scale = scale
        self._heap = Heap(step)

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows."""
        values = rows[self.columns[0]].drop_null().to_numpy().astype(np.float64)
        self._heap.add(values / self._scale)

    def answers(self, making: Making) -> Iterator[Answer]:
        """A spread, where there is any value."""
        if self._heap.count:
            yield self._heap.spread(*self._told)


def originals(rows: pa.Table) -> pa.Table:
    """The rows of originals; they alone were drawn as the recipe asks."""
    return rows.filter(pc.equal(rows["variant"], 0))


def tally(name: str, title: str, of: str, counts: Mapping[str, int], possible: int = 0) -> Tally:
    """The counts of some kinds as a tally, ties in the order of their names."""
    falling = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    numbers = np.array([count for _, count in falling], np.int64)
    shown = falling[:SHOWN]
    rare = falling[max(SHOWN, len(falling) - RARE) :][::-1]
    return Tally(
        name, title, of, int(numbers.sum()), len(falling),
        tuple(Entry(*one) for one in shown), tuple(Entry(*one) for one in rare),
        possible, evenness(numbers, possible), float(numbers[-1] / numbers[0]),
    )  # fmt: skip


def shares_fit(asked: Counted, shares: Mapping[str, float], drawn: Counter[str]) -> Fit | None:
    """How what was drawn compares with shares; None where either says nothing."""
    total = drawn.total()
    if not shares or not total or not drawn.keys() <= shares.keys():
        return None
    whole = sum(shares.values())
    parts = tuple(
        Part(name, total * share / whole, drawn[name]) for name, share in shares.items() if share
    )
    against = "the shares that the recipe asks for"
    return fit(asked.name, asked.title, asked.of, against, parts, note=asked.note)


def fit(
    name: str,
    title: str,
    of: str,
    against: str,
    parts: tuple[Part, ...],
    *,
    strata: int = 1,
    note: str = "",
) -> Fit:
    """The comparison of parts, of each of which something was expected."""
    counts = np.array([part.count for part in parts], np.int64)
    expected = np.array([part.expected for part in parts], np.float64)
    found = divergence(counts, expected, strata)
    thin = int((expected < 5).sum())
    return Fit(name, title, of, against, note, int(counts.sum()), *found, thin, parts)


def _texts(column: pa.ChunkedArray) -> Counter[str]:
    if pa.types.is_list(column.type):
        column = pc.list_flatten(column)
    found = column.drop_null().value_counts()
    return Counter(
        dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))
    )
