"""The arithmetic of statistics, against printed tables, numpy and the closed form."""

from __future__ import annotations

import numpy as np
import pytest

from glyphdata.review.stats.fit import divergence, evenness, upper_gamma
from glyphdata.review.stats.heap import BINS, Heap
from glyphdata.review.stats.texts import legible


def test_p_values_are_those_of_printed_tables() -> None:
    for freedom, chi_square, p in (
        (1, 3.841, 0.05), (2, 5.991, 0.05), (10, 18.307, 0.05), (10, 2.558, 0.99),
        (100, 124.342, 0.05), (100, 70.065, 0.99), (137, 137.0, 0.48393),
    ):  # fmt: skip
        assert upper_gamma(freedom / 2, chi_square / 2) == pytest.approx(p, abs=1e-4)
    assert upper_gamma(1.0, 3.0) == pytest.approx(np.exp(-3.0), rel=1e-10)
    assert upper_gamma(0.5, 0.0) == 1.0
    assert 0 <= upper_gamma(2.0, 5e4) < 1e-300
    below, above = (upper_gamma(2500.0, 2501.0 + step) for step in (-1e-6, 1e-6))
    assert below == pytest.approx(above, abs=1e-7)  # where the series gives way to the fraction


def test_evenness_is_one_where_all_are_alike_and_less_where_some_never_came() -> None:
    assert evenness(np.array([5, 5, 5, 5])) == pytest.approx(1.0)
    assert evenness(np.array([5, 5]), possible=4) == pytest.approx(0.5)
    assert evenness(np.array([7])) == 1.0
    found = divergence(np.array([10, 0]), np.array([5.0, 5.0]), 1)
    assert (found.chi_square, found.freedom, found.kl_bits) == (10.0, 1, 1.0)


@pytest.mark.parametrize("step", [1.0, 0.1, 0.5])
def test_histograms_hold_every_value_between_round_edges(step: float) -> None:
    values = np.random.default_rng(5).gamma(2.0, 40.0, 5000).round(1)
    heap = Heap(step)
    for some in np.array_split(values, 9):
        heap.add(some)
    spread = heap.spread("n", "N", "px")
    assert len(spread.bins) <= BINS
    placed = np.histogram(np.floor(values / step + 1e-9) * step + step / 2, spread.edges)[0]
    assert spread.bins == tuple(placed.tolist())
    assert spread.p5 <= spread.p50 <= spread.p95
    assert abs(spread.p95 - np.quantile(values, 0.95)) <= step + 0.1


def test_signs_that_nobody_sees_are_shown_by_number() -> None:
    assert legible("e") == "e"
    assert legible("\u0301") == "◌\u0301"
    assert legible("\u200d") == "U+200D"
    assert legible("a\u202e") == "U+0061 U+202E"
