"""Ranks and recalls on cases worked out by hand; a collapsed encoder must not score."""

from __future__ import annotations

import numpy as np
import pytest

from glyphdata.train.evaluate.ranks import Recall, ranks, ranks_of, recall


def test_a_rank_counts_the_answers_before_the_right_one() -> None:
    nearness = np.array([[0.9, 0.1, 0.2], [0.5, 0.4, 0.3], [0.9, 0.8, 0.1]], np.float32)
    assert ranks(nearness).tolist() == [0, 1, 2]


def test_a_tie_stands_before_the_right_answer() -> None:
    assert ranks(np.full((4, 4), 0.7, np.float32)).tolist() == [3, 3, 3, 3]


def test_what_is_no_number_is_never_right() -> None:
    nearness = np.eye(3, dtype=np.float32)
    nearness[0, 0] = np.nan
    nearness[1, 2] = np.nan
    assert ranks(nearness).tolist() == [2, 1, 0]


def test_excused_answers_are_no_rivals() -> None:
    nearness = np.array([[0.1, 0.9], [0.9, 0.1]], np.float32)
    assert ranks(nearness, np.ones((2, 2), bool)).tolist() == [0, 0]


def test_ranks_in_stretches_are_those_of_the_whole_table() -> None:
    draws = np.random.Generator(np.random.PCG64(1)).normal(size=(2, 1500, 3)).astype(np.float32)
    questions, answers = draws
    whole = ranks(questions @ answers.T)
    assert ranks_of(questions, answers).tolist() == whole.tolist()


@pytest.mark.parametrize("of", [2, 64, 256, 1100])
def test_a_collapsed_encoder_scores_nothing(of: int) -> None:
    """Also where sums in another order would differ by a last bit."""
    vector = np.random.Generator(np.random.PCG64(2)).normal(size=(1, 48)).astype(np.float32)
    same = np.repeat(vector / np.linalg.norm(vector), of, axis=0)
    found = recall([ranks_of(same, same)], of)
    assert found.r1 == 0.0
    assert found.r10 <= 10 / of or of <= 10


def test_noise_scores_by_chance() -> None:
    draws = np.random.Generator(np.random.PCG64(3)).normal(size=(2, 1000, 16)).astype(np.float32)
    found = recall([ranks_of(*draws)], 1000)
    assert found.r1 < 0.01
    assert 0.0 < found.r10 < 0.03


def test_recall_counts_places_one_five_and_ten() -> None:
    found = recall([np.array([0, 4, 5]), np.array([9, 10, 0])], 64)
    assert found == Recall(2 / 6, 3 / 6, 5 / 6, 64)
    assert recall([], 8) == Recall(0.0, 0.0, 0.0, 8)
