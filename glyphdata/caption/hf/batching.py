"""Batches as large as memory allows, and no batch-mate who pays for another's fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

START, MOST = 8, 64
_CALM = 16  # clean batches before a larger one is tried


class TooLarge(Exception):
    """A batch that memory does not hold."""


class Failed(Exception):
    """A batch that cannot be made, for a reason other than its size; the text says why."""


class Pace:
    """How many items go into a batch: halved when memory runs out, grown again while all goes well.

    `size` is where it starts; `most` is never exceeded, nor is a size that has failed tried again.
    """

    def __init__(self, size: int = START, most: int = MOST) -> None:
        self.size = size
        self._most = most
        self._calm = 0

    def good(self, size: int) -> None:
        """A batch of that size went well."""
        if size < self.size:
            return
        self._calm += 1
        if self._calm >= _CALM and self.size < self._most:
            self.size, self._calm = min(2 * self.size, self._most), 0

    def full(self, size: int) -> None:
        """A batch of that size did not fit."""
        self._most = max(1, size - 1)
        self.size = max(1, min(self.size, size) // 2)
        self._calm = 0


def in_batches(
    items: Sequence[Item],
    make: Callable[[Sequence[Item]], Sequence[Made]],
    spoilt: Callable[[Exception], Made],
    pace: Pace,
) -> list[Made]:
    """What `make` makes of each item, in order; `spoilt` says what an item is that cannot be made.

    A batch that raises `TooLarge` is made again in halves, one that raises `Failed` is halved down
    to the guilty item, so that every other is made. Each item is tried at most 1 + log2(batch)
    times for its own faults.
    """
    made: list[Made] = []
    while len(made) < len(items):
        batch = items[len(made) : len(made) + pace.size]
        made.extend(_halved(batch, make, spoilt, pace))
    return made


def _halved(
    batch: Sequence[Item],
    make: Callable[[Sequence[Item]], Sequence[Made]],
    spoilt: Callable[[Exception], Made],
    pace: Pace,
) -> list[Made]:
    try:
        made = list(make(batch))
    except (TooLarge, Failed) as fault:
        if isinstance(fault, TooLarge):
            pace.full(len(batch))
        if len(batch) == 1:
            return [spoilt(fault)]
    else:
        pace.good(len(batch))
        return made
    # Outside the handler: a traceback kept alive would keep the tensors of the failed batch alive.
    middle = len(batch) // 2
    first = _halved(batch[:middle], make, spoilt, pace)
    return first + _halved(batch[middle:], make, spoilt, pace)
