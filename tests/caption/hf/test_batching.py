"""Batches: as large as fits, and nobody pays for another."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.caption.hf.batching import Failed, Pace, TooLarge, in_batches


def run(
    items: Sequence[int], pace: Pace, *, most: int = 1000, bad: frozenset[int] = frozenset()
) -> tuple[list[int | str], list[int]]:
    sizes: list[int] = []

    def make(batch: Sequence[int]) -> list[int | str]:
        sizes.append(len(batch))
        if len(batch) > most:
            raise TooLarge("full")
        if bad & set(batch):
            raise Failed("bad")
        return [*batch]

    return in_batches(items, make, str, pace), sizes


@given(
    st.integers(0, 60),
    st.integers(1, 20),
    st.integers(0, 10),
    st.frozensets(st.integers(0, 59), max_size=6),
)
def test_everything_comes_back_in_order_and_only_the_guilty_are_spoilt(
    count: int, size: int, most: int, bad: frozenset[int]
) -> None:
    made, sizes = run(range(count), Pace(size), most=most, bad=bad)
    assert made == [
        "full" if most == 0 else "bad" if number in bad else number for number in range(count)
    ]
    assert sum(sizes) <= count * 7  # a bound on how often one is tried again


def test_a_full_memory_is_remembered() -> None:
    pace = Pace(8)
    _, sizes = run(range(400), pace, most=3)
    assert sizes[:3] == [8, 4, 2] and pace.size <= 3
    assert sizes.count(4) <= 2 and all(size <= 3 for size in sizes[8:])


def test_while_all_goes_well_batches_grow_to_the_limit() -> None:
    pace = Pace(8, 32)
    _, sizes = run(range(3000), pace)
    assert max(sizes) == 32 == pace.size and sizes[:16] == [8] * 16


def test_a_size_that_was_asked_for_is_not_exceeded() -> None:
    _, sizes = run(range(500), Pace(4, 4))
    assert set(sizes) == {4}


def test_one_bad_item_is_found_in_few_tries() -> None:
    _, sizes = run(range(64), Pace(64), bad=frozenset({17}))
    assert len(sizes) == 1 + 2 * 6


@pytest.mark.parametrize("size", [1, 2, 64])
def test_a_pace_never_stands_still(size: int) -> None:
    pace = Pace(size)
    for _ in range(10):
        pace.full(pace.size)
    assert pace.size == 1
