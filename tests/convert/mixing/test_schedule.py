"""Which source stands where: exact, even, and the same however far the mix goes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.convert.mixing.schedule import Schedule, apportioned, permutation
from glyphdata.scene.rng import Rng

WEIGHTS = st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any)


@pytest.mark.parametrize(
    ("total", "weights", "counts"),
    [
        (12000, [1, 1, 1], [4000, 4000, 4000]),
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [2, 1, 1], [50, 25, 25]),
        (10, [6, 3, 0], [7, 3, 0]),
        # Hamilton's own trouble: with one seat more the third source loses one.
        (25, [1500, 1500, 900, 500, 500, 200], [7, 7, 4, 3, 3, 1]),
        (26, [1500, 1500, 900, 500, 500, 200], [8, 8, 5, 2, 2, 1]),
    ],
)
def test_things_are_apportioned_by_largest_remainder(
    total: int, weights: list[int], counts: list[int]
) -> None:
    assert apportioned(total, weights) == counts


@given(samples=st.integers(1, 400), per_shard=st.integers(1, 60), weights=WEIGHTS)
def test_counts_are_whole_and_within_one_of_each_share(
    samples: int, per_shard: int, weights: list[int]
) -> None:
    schedule = Schedule(1, samples, per_shard, weights)
    assert sum(schedule.counts) == samples
    wanted = apportioned(samples, weights)
    assert max(abs(a - b) for a, b in zip(schedule.counts, wanted, strict=True)) <= 1
    for number in range(samples // per_shard - 1):
        for count, weight in zip(schedule.of_shard(number), weights, strict=True):
            assert abs(count - Fraction(per_shard * weight, sum(weights))) < 1
    assert all(
        count == 0 for count, weight in zip(schedule.counts, weights, strict=True) if not weight
    )


@given(
    shares=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    rounds=st.integers(1, 20),
    per_shard=st.integers(3, 50),
)
def test_shares_that_come_out_even_are_exact(
    shares: list[int], rounds: int, per_shard: int
) -> None:
    schedule = Schedule(3, rounds * sum(shares), per_shard, shares)
    assert schedule.counts == [rounds * share for share in shares]


@settings(max_examples=150)
@given(seed=st.integers(0, 9), few=st.integers(1, 90), more=st.integers(0, 90), weights=WEIGHTS)
def test_a_longer_mix_begins_with_the_whole_shards_of_a_shorter_one(
    seed: int, few: int, more: int, weights: list[int]
) -> None:
    short, long = Schedule(seed, few, 20, weights), Schedule(seed, few + more, 20, weights)
    for place in range(few // 20 * 20):
        assert short.seat(place) == long.seat(place)


def test_every_turn_of_every_source_is_taken_once() -> None:
    schedule = Schedule(4, 1000, 64, [5, 3, 1])
    seats = [schedule.seat(place) for place in range(1000)]
    for source, count in enumerate(schedule.counts):
        turns = sorted(seat.turn for seat in seats if seat.source == source)
        assert turns == list(range(count))


def test_the_order_within_a_shard_belongs_to_the_seed_and_is_no_stretch_of_each() -> None:
    first = [Schedule(1, 100, 100, [1, 1]).seat(place).source for place in range(100)]
    other = [Schedule(2, 100, 100, [1, 1]).seat(place).source for place in range(100)]
    assert first != other
    assert sum(first) == sum(other) == 50
    changes = sum(a != b for a, b in pairwise(first))
    assert 30 < changes < 70  # about half, were each place drawn by a coin; one, were it sorted


def test_a_permutation_has_every_number_once_and_costs_no_objects() -> None:
    order = permutation(Rng.of(1, 0).at("x"), 100_000)
    assert np.array_equal(np.sort(order), np.arange(100_000))
    assert abs(np.corrcoef(order, np.arange(100_000))[0, 1]) < 0.02
    assert order[:3].tolist() == [47476, 49881, 19902]  # for ever: shards hang on it
