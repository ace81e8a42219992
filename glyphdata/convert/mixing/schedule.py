"""Which source stands at which place: exact shares, spread evenly over the shards.

A place's source, and which of the source's groups it is, follow from the seed and the place alone,
so that any worker can say it of any place. Only the last shard depends on where the mix ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.rng import Rng

Counts = NDArray[np.int64]


class Seat(NamedTuple):
    """What stands at a place: a source by its number, and the how-manieth group of it, from 0."""

    source: int
    turn: int


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """`total` things in the proportion of the weights, by largest remainder (Hamilton's method).

    Of equal remainders the first comes first.
    """
    whole = sum(weights)
    counts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda one: (-remainders[one], one))
    for one in order[: total - sum(counts)]:
        counts[one] += 1
    return counts


class Schedule:
    """The seats of a mix of `samples` places in shards of `per_shard`, in proportion to weights.

    A shard has of each source its share of the shard, rounded down or up; what is rounded is made
    up for in the shards after it. All in all the counts are exact where the shares come out even,
    and else within one of those of `apportioned`.
    """

    def __init__(self, seed: int, samples: int, per_shard: int, weights: Sequence[int]) -> None:
        self._seed = seed
        self._per_shard = per_shard
        self._samples = samples
        self._before = _counts_before(samples, per_shard, weights)
        self._seats = lru_cache(maxsize=2)(self._shard)

    @property
    def counts(self) -> list[int]:
        """How many places each source has."""
        return [int(count) for count in self._before[-1]]

    def of_shard(self, number: int) -> list[int]:
        """How many places each source has in a shard."""
        return [int(count) for count in self._before[number + 1] - self._before[number]]

    def seat(self, place: int) -> Seat:
        """What stands at a place of the mix."""
        number, within = divmod(place, self._per_shard)
        sources, turns = self._seats(number)
        return Seat(int(sources[within]), int(turns[within]))

    def _shard(self, number: int) -> tuple[Counts, Counts]:
        """Source and turn of each place of a shard."""
        before, counts = self._before[number], self.of_shard(number)
        sources = np.repeat(np.arange(len(counts)), counts)
        turns = np.concatenate(
            [start + np.arange(n) for start, n in zip(before, counts, strict=True)]
        )
        order = permutation(Rng.of(self._seed, number).at("order"), len(sources))
        return sources[order], turns[order]


def permutation(rng: Rng, count: int) -> Counts:
    """The numbers below `count` in an order drawn with `rng`, at 16 bytes a number."""
    return np.argsort(rng.field().random_raw(count), kind="stable")


def _counts_before(samples: int, per_shard: int, weights: Sequence[int]) -> Counts:
    """How many places each source has before each shard, and in the end: (shards + 1) × sources."""
    shards = -(-samples // per_shard)
    before = np.zeros((shards + 1, len(weights)), np.int64)
    counts = [0] * len(weights)
    for number in range(shards):
        end = min((number + 1) * per_shard, samples)
        size = end - number * per_shard
        held = None
        if end % per_shard:  # a whole shard must stay as it is when the mix goes on
            held = _to(apportioned(samples, weights), counts)
        held = _rounded(size, end, counts, weights) if held is None else held
        counts = [one + more for one, more in zip(counts, held, strict=True)]
        before[number + 1] = counts
    return before


def _to(wanted: Sequence[int], counts: Sequence[int]) -> list[int] | None:
    """What is lacking of these counts; None where there is too much of one already."""
    lacking = [end - start for end, start in zip(wanted, counts, strict=True)]
    return None if min(lacking) < 0 else lacking


def _rounded(size: int, end: int, counts: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The counts of a shard: shares rounded down, one more for those that lag behind the most."""
    whole = sum(weights)
    held = [size * weight // whole for weight in weights]
    lag = [
        end * weight - (count + one) * whole if weight and size * weight % whole else -(whole * end)
        for weight, count, one in zip(weights, counts, held, strict=True)
    ]
    order = sorted(range(len(weights)), key=lambda one: (-lag[one], one))
    for one in order[: size - sum(held)]:
        held[one] += 1
    return held
