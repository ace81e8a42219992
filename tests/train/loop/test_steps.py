"""How large a step is, and which are taken."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from glyphdata.train.average import Average
from glyphdata.train.loop import is_due, seed_dropout
from glyphdata.train.schedule import share_of_peak
from glyphdata.train.settings import Optimizer
from glyphdata.train.steady import LEAST, WINDOW, Steady


def test_the_rate_rises_to_its_peak_and_falls_along_a_cosine_to_its_floor() -> None:
    shape = Optimizer(warmup=4, floor=0.1)
    rates = [share_of_peak(step, 14, shape) for step in range(14)]
    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert rates[8] == pytest.approx(0.1 + 0.9 / 2)  # half of the ten steps behind the rise
    assert rates[13] == pytest.approx(0.1)
    assert all(a > b for a, b in pairwise(rates[3:]))


def test_a_constant_rate_stays() -> None:
    shape = Optimizer(warmup=2, schedule="constant")
    assert [share_of_peak(step, 5, shape) for step in range(5)] == [0.5, 1, 1, 1, 1]


def test_a_run_without_a_rise_begins_near_its_peak_and_one_shorter_ends_on_it() -> None:
    assert share_of_peak(0, 10, Optimizer(warmup=0)) == (1 + math.cos(math.pi / 10)) / 2
    assert share_of_peak(2, 3, Optimizer(warmup=6)) == 0.5
    assert share_of_peak(99, 10, Optimizer(warmup=0)) == 0.0


def test_a_step_out_of_proportion_is_left_out_once_the_usual_is_known() -> None:
    steady = Steady(3.0)
    assert steady.takes(1000.0)
    assert all(steady.takes(1.0) for _ in range(LEAST - 1))
    assert not steady.takes(3.1)
    assert steady.takes(3.0)


def test_larger_gradients_for_good_are_taken_in_the_end() -> None:
    steady = Steady(2.0, (1.0,) * WINDOW)
    taken = [steady.takes(5.0) for _ in range(WINDOW)]
    assert taken.index(True) == WINDOW // 2  # the median has come half the way: 3, and 5 < 6
    assert all(taken[WINDOW // 2 :])


def test_what_is_remembered_decides_alike_after_a_break() -> None:
    norms = [1.0 + (number * 7919 % 13) for number in range(60)]
    whole = Steady(1.5)
    decided = [whole.takes(norm) for norm in norms]
    before = Steady(1.5)
    first = [before.takes(norm) for norm in norms[:30]]
    after = Steady(1.5, before.norms)
    assert first + [after.takes(norm) for norm in norms[30:]] == decided
    assert False in decided


def test_no_limit_takes_all() -> None:
    steady = Steady(0.0, (1.0,) * WINDOW)
    assert steady.takes(1e30)


def test_the_mean_of_weights_follows_its_formula_and_steps_in_and_out() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(1.0)
    average = Average(model, 0.5)
    with torch.no_grad():
        model.weight.fill_(2.0)
    average.update(1)  # the decay begins at (1 + 1) / (10 + 1)
    assert average.tensors()["weight"].item() == pytest.approx(1 * 2 / 11 + 2 * 9 / 11)
    average.update(1000)  # and ends at 0.5
    mean = (1 * 2 / 11 + 2 * 9 / 11 + 2) / 2
    with pytest.raises(RuntimeError), average.within():
        assert model.weight.item() == pytest.approx(mean)
        raise RuntimeError
    assert model.weight.item() == 2.0


def test_what_is_not_trained_has_no_mean() -> None:
    model = nn.Linear(2, 2)
    model.bias.requires_grad_(False)
    assert set(Average(model, 0.9).tensors()) == {"weight"}


def test_dropout_falls_as_step_and_process_say() -> None:
    def fallen(seed: int, step: int, rank: int) -> list[float]:
        torch.rand(3)  # whatever was drawn before
        seed_dropout(seed, step, rank)
        drawn: list[float] = torch.rand(4).tolist()
        return drawn

    assert fallen(1, 5, 0) == fallen(1, 5, 0)
    others = [fallen(1, 6, 0), fallen(1, 5, 1), fallen(2, 5, 0)]
    assert fallen(1, 5, 0) not in others


def test_what_is_never_due_is_not() -> None:
    assert [is_due(step, 3) for step in range(1, 7)] == [False, False, True] * 2
    assert not is_due(4, 0)
