"""What a condition on the rows of an index is: a mask over a table, and the same as SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Values = tuple[str | int | float, ...]


class Condition(Protocol):
    """One condition. A row whose column holds nothing does not meet it, unless it is turned."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        ...

    def turned(self) -> Self:
        """The opposite."""
        ...

    def mask(self, table: pa.Table) -> Mask:
        """For each row of the table, is it met?"""
        ...

    def sql(self) -> tuple[str, Values]:
        """An SQL expression, true where it is met, and the values of its parameters."""
        ...


@dataclass(frozen=True, slots=True)
class Among:
    """A column holds one of these texts."""

    column: str
    values: tuple[str, ...]
    unmet: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return (self.column,)

    def turned(self) -> Self:
        """The opposite."""
        return replace(self, unmet=not self.unmet)

    def mask(self, table: pa.Table) -> Mask:
        """For each row of the table, is it met?"""
        met = pc.is_in(table[self.column], value_set=pa.array(self.values, pa.string()))
        return _mask(met) ^ self.unmet

    def sql(self) -> tuple[str, Values]:
        """An SQL expression, true where it is met, and the values of its parameters."""
        return _any([f'"{self.column}" = ?'] * len(self.values), self.unmet), self.values


@dataclass(frozen=True, slots=True)
class Lists:
    """One of these stands in a column of lists."""

    column: str
    values: tuple[str | int, ...]
    unmet: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return (self.column,)

    def turned(self) -> Self:
        """The opposite."""
        return replace(self, unmet=not self.unmet)

    def mask(self, table: pa.Table) -> Mask:
        """For each row of the table, is it met?"""
        met: Mask = np.zeros(len(table), np.bool_)
        done = 0
        for lists in table[self.column].chunks:
            values = pa.array(self.values).cast(lists.type.value_type)
            hits = _mask(pc.is_in(pc.list_flatten(lists), value_set=values))
            met[done + pc.list_parent_indices(lists).to_numpy()[hits]] = True
            done += len(lists)
        return met ^ self.unmet

    def sql(self) -> tuple[str, Values]:
        """An SQL expression, true where it is met, and the values of its parameters."""
        one = f'list_contains("{self.column}", ?)'
        return _any([one] * len(self.values), self.unmet), self.values


@dataclass(frozen=True, slots=True)
class Reaches:
    """What a row has from `low` to `high`, two columns, reaches into one of these spans.

    A span is its two ends and whether they belong to it.
    """

    low: str
    high: str
    spans: tuple[tuple[float, float, bool], ...]
    unmet: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return (self.low,) if self.low == self.high else (self.low, self.high)

    def turned(self) -> Self:
        """The opposite."""
        return replace(self, unmet=not self.unmet)

    def mask(self, table: pa.Table) -> Mask:
        """For each row of the table, is it met?"""
        low, high = _numbers(table, self.low), _numbers(table, self.high)
        met: Mask = np.zeros(len(table), np.bool_)
        for first, last, closed in self.spans:
            over, under = (high >= first, low <= last) if closed else (high > first, low < last)
            met |= over & under
        return met ^ self.unmet

    def sql(self) -> tuple[str, Values]:
        """An SQL expression, true where it is met, and the values of its parameters."""
        parts, values = [], []
        for first, last, closed in self.spans:
            over, under = (">=", "<=") if closed else (">", "<")
            bounds = []
            if np.isfinite(first):
                bounds.append(f'"{self.high}" {over} ?')
                values.append(first)
            if np.isfinite(last):
                bounds.append(f'"{self.low}" {under} ?')
                values.append(last)
            parts.append(" AND ".join(bounds) or f'"{self.low}" IS NOT NULL')
        return _any([f"({part})" for part in parts], self.unmet), tuple(values)


@dataclass(frozen=True, slots=True)
class Holds:
    """One of these stands somewhere in the text; `folded`, in whatever case."""

    values: tuple[str, ...]
    folded: bool
    unmet: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return ("text",)

    def turned(self) -> Self:
        """The opposite."""
        return replace(self, unmet=not self.unmet)

    def mask(self, table: pa.Table) -> Mask:
        """For each row of the table, is it met?"""
        column = pc.utf8_lower(table["text"]) if self.folded else table["text"]
        met: Mask = np.zeros(len(table), np.bool_)
        for value in self.values:
            part = pc.utf8_lower(pa.scalar(value)).as_py() if self.folded else value
            met |= _mask(pc.match_substring(column, part))
        return met ^ self.unmet

    def sql(self) -> tuple[str, Values]:
        """An SQL expression, true where it is met, and the values of its parameters."""
        one = "contains(folded, lower(?))" if self.folded else "contains(text, ?)"
        return _any([one] * len(self.values), self.unmet), self.values


def _any(parts: list[str], unmet: bool) -> str:
    met = " OR ".join(parts)
    return f"NOT coalesce({met}, false)" if unmet else f"({met})"


def _mask(column: pa.ChunkedArray | pa.Array) -> Mask:
    met: Mask = np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), np.bool_)
    return met


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    column = pc.utf8_length(table["text"]) if name == "length" else table[name]
    return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
