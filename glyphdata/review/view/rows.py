"""A dataset's rows: which of them are meant, in which order they stand, what is told of some."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.conditions import Condition, Mask
from glyphdata.review.view.source import Source
from glyphdata.review.view.table import Numbers, Table
from glyphdata.review.where import Where
from glyphdata.shards.index import SCHEMA

_MASKS, _ORDERS = 32, 6  # held: a byte and four bytes for each row
_SHOWN = 400  # characters of text in a list
_PAGE = (
    "key, number, shard, index, variant, group, width, height, level, language, boxes, clusters,"
    " contrast_min, signal_min, size_px_min, size_px_max, angle_deg_max, length, rejections,"
    " offset, size"
)

Kept = TypeVar("Kept")


class Spot(NamedTuple):
    """Where a sample lies: its number, its shard, and which bytes of it are its own.

    `picture_offset` is that of the encoded picture's first byte, its size 0 where it has none.
    """

    number: int
    shard: int
    offset: int
    size: int
    picture_offset: int
    picture_size: int


class _Shelf(Generic[Kept]):
    """Answers that were found before, those asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[object, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, find: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = find()
        with self._lock:
            self._kept[key] = found
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


class Rows:
    """The rows of one state of a dataset; they never change, a new state has rows of its own.

    What each condition lets through and how the rows stand in each order is found once, and held:
    any number of conditions and an order are then put together without asking or sorting again.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.table = Table(source)
        self.total = self.table.total
        self._masks: _Shelf[Mask] = _Shelf(_MASKS)
        self._orders: _Shelf[Numbers] = _Shelf(_ORDERS)

    def mask(self, where: Where) -> Mask | None:
        """For each row, is it meant? None where all are."""
        met: Mask | None = None
        for one in where.conditions:
            found = self._masks.get(one, partial(self._met, one))
            met = found if met is None else met & found
        return met

    def order(self, sort: str, descending: bool = False, seed: int = 0) -> Numbers:
        """All rows in an order; those that say nothing stand last."""
        key = (sort, descending, seed if sort == "random" else 0)
        return self._orders.get(key, lambda: self._sorted(sort, descending, seed))

    def page(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """What a list shows of these rows, in their order; of the text only its beginning."""
        columns = ", ".join(f'"{name.strip()}"' for name in _PAGE.split(","))
        return self._some(f"{columns}, left(text, {_SHOWN}) AS text", numbers)

    def row(self, number: int) -> dict[str, Any]:
        """Every column of the index of one row."""
        names = ", ".join(f'"{name}"' for name in SCHEMA.names)
        return self._some(f"number, {names}", [number], lists=True)[0]

    def spot(self, key: str) -> Spot | None:
        """Where a sample and its picture lie; None where there is none of that key."""
        columns = ", ".join(f'"{name}"' for name in Spot._fields)
        found = self.table.asked(f"SELECT {columns} FROM {self.table.of()} WHERE key = ?", [key])
        return Spot(*(one or 0 for one in found[0])) if found else None

    def keys(self, numbers: Sequence[int]) -> list[str]:
        """The keys of some rows, in their order."""
        return [row["key"] for row in self._some("number, key", numbers)]

    def group(self, group: str) -> list[dict[str, Any]]:
        """The original and the variants of a group: key, variant, edits and text of each."""
        numbers = self.table.numbers(
            f'SELECT number FROM {self.table.of()} WHERE "group" = ? ORDER BY variant, number',
            [group],
        )
        columns = f"number, key, variant, edits, left(text, {_SHOWN}) AS text"
        return self._some(columns, numbers.tolist(), lists=True)

    def numbered(self, keys: Iterable[str], shards: Iterable[int] = ()) -> Numbers:
        """The rows of these keys, and all the rows of these shards."""
        return self.table.numbers(
            f"SELECT number FROM {self.table.of()}"
            " WHERE key IN (SELECT unnest(?::VARCHAR[]))"
            " OR shard IN (SELECT unnest(?::INTEGER[]))",
            [list(keys), list(shards)],
        )

    def has_variants(self) -> bool:
        """Is any of the samples the variant of another?"""
        asked = f"SELECT 1 FROM {self.table.of()} WHERE variant > 0 LIMIT 1"
        return bool(self.table.asked(asked))

    def _met(self, condition: Condition) -> Mask:
        met, values = condition.sql()
        table = self.table.of(condition.columns)
        mask: Mask = np.zeros(self.total, np.bool_)
        mask[self.table.numbers(f"SELECT number FROM {table} WHERE {met}", values)] = True
        return mask

    def _sorted(self, sort: str, descending: bool, seed: int) -> Numbers:
        every = np.arange(self.total, dtype=np.int32)
        if sort == "random":
            every = every[np.argsort(_mixed(every, seed), kind="stable")]
        if sort in ("key", "random"):
            return every[::-1] if descending else every
        falling = "DESC" if descending else "ASC"
        return self.table.numbers(
            f'SELECT number FROM {self.table.of()} ORDER BY "{sort}" {falling} NULLS LAST, number'
        )

    def _some(
        self, columns: str, numbers: Sequence[int], *, lists: bool = False
    ) -> list[dict[str, Any]]:
        """Columns of some rows, in the order of the numbers."""
        if not len(numbers):
            return []
        low, high = min(numbers), max(numbers)
        where = "number BETWEEN ? AND ?"
        values: list[object] = [low, high]
        if high - low >= 2 * len(numbers) and not lists:
            where, values = "number IN (SELECT unnest(?::INTEGER[]))", [list(numbers)]
        table = "found" if lists else self.table.of()
        told = self.table.dicts(f"SELECT {columns} FROM {table} WHERE {where}", values)
        rows = {row["number"]: row for row in told}
        return [rows[number] for number in numbers]


def _mixed(numbers: Numbers, seed: int) -> NDArray[np.uint64]:
    """A random-looking number for each row and seed: the finalizer of SplitMix64 (Steele 2014)."""
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64) + np.uint64(seed % (1 << 63)) * np.uint64(0x9E3779B9)
        mixed = (mixed + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
