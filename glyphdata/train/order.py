"""In which order groups are read: a function of (seed, epoch) alone, that can begin anywhere.

A position counts the groups that all processes have consumed. Each epoch is a permutation of all
groups. Up to `WHOLE` groups it is one permutation; beyond, the groups are cut into blocks of
neighbours, the blocks permuted, and the groups of so many blocks in a row permuted among each
other: then any position costs one window, and reads stay near each other on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng

WHOLE = 10_000_000
"""The most groups that are permuted at once: 80 MB and about a second."""

BLOCK = 1000
"""Groups that stay in one window."""

WINDOW = 1000
"""Blocks in a window."""


class Turn(NamedTuple):
    """What is read at a position: which group, and in which epoch."""

    epoch: int
    group: int


class Order:
    """The order of `groups` groups under `seed`, epoch after epoch without end."""

    def __init__(
        self,
        seed: int,
        groups: int,
        *,
        whole: int = WHOLE,
        block: int = BLOCK,
        window: int = WINDOW,
    ) -> None:
        """`whole`, `block` and `window` as the constants of this module; `InputError` without a
        group.
        """
        if groups < 1:
            raise InputError("there is no group to read", hint="give a dataset with samples")
        self.seed, self.groups = seed, groups
        self._span = groups if groups <= whole else block * window
        self._block, self._window = (groups, 1) if groups <= whole else (block, window)

    def at(self, position: int) -> Turn:
        """The group at a position, 0 or above."""
        epoch, place = divmod(position, self.groups)
        blocks = self._blocks(epoch)
        number, start = self._holding(blocks, place)
        return Turn(epoch, int(self._within(epoch, number)[place - start]))

    def taken(self, first: int, last: int) -> tuple[Turn, ...]:
        """The groups at the positions from `first` to below `last`."""
        return tuple(self.at(position) for position in range(first, last))

    def _blocks(self, epoch: int) -> NDArray[np.int64]:
        """The blocks of an epoch in their order."""
        return _permuted(self.seed, epoch, "blocks", 0, -(-self.groups // self._block))

    def _holding(self, blocks: NDArray[np.int64], place: int) -> tuple[int, int]:
        """The window that holds a place of an epoch, and the place where it starts."""
        short = -self.groups % self._block
        if not short:
            number = place // self._span
            return number, number * self._span
        # Only the last block is short; the window that holds it ends so much earlier.
        cut = int(np.flatnonzero(blocks == len(blocks) - 1)[0]) // self._window
        end = (cut + 1) * self._span - short
        if place < end:
            number = place // self._span
            return number, number * self._span
        number = cut + 1 + (place - end) // self._span
        return number, number * self._span - short

    def _within(self, epoch: int, number: int) -> NDArray[np.int64]:
        """The groups of a window in their order."""
        key = (self.seed, epoch, number, self.groups, self._block, self._window)
        return _window(*key)


def share_of(first: int, last: int, rank: int, world: int) -> tuple[int, int]:
    """The stretch of the positions from `first` to below `last` that process `rank` of `world`
    takes: the stretches follow each other, and differ by one position at most.
    """
    count = last - first
    return first + count * rank // world, first + count * (rank + 1) // world


def stage_of(shares: Sequence[float], steps: int, step: int) -> tuple[int, int]:
    """Which of the sources step `step` of `steps` reads, and how many steps that source had before.

    Without shares there is one source. A stage ends at its rounded share of the steps.
    """
    if not shares:
        return 0, step
    ends, total, so_far = [], sum(shares), 0.0
    for share in shares:
        so_far += share
        ends.append(round(steps * so_far / total))
    for number, end in enumerate(ends):
        if step < end:
            return number, step - (ends[number - 1] if number else 0)
    last = max(number for number, share in enumerate(shares) if share > 0)
    return last, step - (ends[last - 1] if last else 0)


@lru_cache(maxsize=4)
def _window(
    seed: int, epoch: int, number: int, groups: int, block: int, window: int
) -> NDArray[np.int64]:
    blocks = _permuted(seed, epoch, "blocks", 0, -(-groups // block))
    mine = blocks[number * window : (number + 1) * window]
    members = (mine[:, None] * block + np.arange(block)).ravel()
    members = members[members < groups]
    return members[_permuted(seed, epoch, "groups", number, len(members))]


@lru_cache(maxsize=4)
def _permuted(seed: int, epoch: int, what: str, number: int, count: int) -> NDArray[np.int64]:
    """The whole numbers below `count` in a random order; it belongs to the arguments alone."""
    words = Rng.of(seed, epoch).at(what, number).field().random_raw(count)
    return np.argsort(words, kind="stable")
