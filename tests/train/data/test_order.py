"""The order of groups: a permutation per epoch, entered anywhere, shared among processes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.train.heldout import belongs, is_held_out
from glyphdata.train.order import Order, Turn, share_of, stage_of


@settings(max_examples=60, deadline=None)
@given(
    groups=st.integers(1, 90),
    block=st.integers(1, 7),
    window=st.integers(1, 4),
    epoch=st.integers(0, 3),
)
def test_every_epoch_reads_each_group_once_with_windows_or_without(
    groups: int, block: int, window: int, epoch: int
) -> None:
    for order in (Order(5, groups), Order(5, groups, whole=0, block=block, window=window)):
        turns = order.taken(epoch * groups, (epoch + 1) * groups)
        assert {turn.epoch for turn in turns} == {epoch}
        assert sorted(turn.group for turn in turns) == list(range(groups))


def test_any_position_is_the_same_asked_first_or_last() -> None:
    order = Order(3, 1000)
    assert Order(3, 1000).at(2345) == order.taken(2300, 2400)[45]


def test_epochs_and_seeds_differ() -> None:
    orders = [
        Order(seed, 50).taken(epoch * 50, epoch * 50 + 50) for seed in (1, 2) for epoch in (0, 1)
    ]
    assert len({tuple(turn.group for turn in turns) for turns in orders}) == 4


def test_the_order_is_this_one_for_ever() -> None:
    assert [turn.group for turn in Order(7, 8).taken(0, 8)] == [4, 7, 2, 5, 1, 0, 6, 3]


def test_a_window_keeps_reads_near_each_other() -> None:
    order = Order(1, 1000, whole=0, block=10, window=5)
    blocks = {turn.group // 10 for turn in order.taken(0, 50)}
    assert len(blocks) == 5


def test_a_hundred_million_groups_are_entered_at_once() -> None:
    turn = Order(1, 100_000_000).at(250_000_000)
    assert turn.epoch == 2
    assert 0 <= turn.group < 100_000_000
    assert isinstance(turn, Turn)


def test_no_group_is_no_order() -> None:
    with pytest.raises(InputError, match="no group"):
        Order(1, 0)


@given(first=st.integers(0, 50), count=st.integers(0, 40), world=st.integers(1, 9))
def test_processes_share_a_step_evenly_and_in_order(first: int, count: int, world: int) -> None:
    shares = [share_of(first, first + count, rank, world) for rank in range(world)]
    assert shares[0][0] == first
    assert shares[-1][1] == first + count
    assert all(one[1] == other[0] for one, other in pairwise(shares))
    sizes = [end - start for start, end in shares]
    assert max(sizes) - min(sizes) <= 1


def test_stages_follow_each_other_each_from_its_own_beginning() -> None:
    stages = [stage_of((1.0, 0.0, 3.0), 8, step) for step in range(9)]
    assert stages == [(0, 0), (0, 1), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)]
    assert stage_of((), 8, 5) == (0, 5)


def test_a_text_is_held_out_as_people_read_it() -> None:
    held = [f"word{number}" for number in range(400) if is_held_out(f"word{number}", 0.1)]
    assert 20 <= len(held) <= 60
    assert all(is_held_out(word.upper(), 0.1) for word in held)
    assert is_held_out("CAFE\u0301", 0.5) == is_held_out("caf\u00e9", 0.5)


def test_a_larger_share_holds_out_all_that_a_smaller_does() -> None:
    texts = [f"text {number}" for number in range(300)]
    small, large = ({one for one in texts if is_held_out(one, share)} for share in (0.05, 0.2))
    assert small < large
    assert not any(is_held_out(one, 0.0) for one in texts)


def test_no_text_that_a_test_asks_for_is_trained_on() -> None:
    texts = [f"t{number}" for number in range(60)]
    trained = {text for text in texts for of in texts if belongs(text, of, 0.3, "train")}
    asked = {of for text in texts for of in texts if belongs(text, of, 0.3, "test")}
    assert asked
    assert trained
    assert not trained & asked
    assert all(belongs(text, "x", 0.3, "all") for text in texts)
