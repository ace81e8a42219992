"""Whole texts: exact, folded, and how far off; distances against a table and an oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from glyphdata.review.measures.distance import distance
from glyphdata.review.measures.pairs import Pair
from glyphdata.review.measures.sequences import sequences


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("Saturday", "Sunday", 3),
        ("abc", "abc", 0),
        ("aab", "ab", 1),
        ("漢字かな", "漢かな", 1),
        ("a\N{GRINNING FACE}b", "ab", 1),
    ],
)
def test_distances_of_the_textbook(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == apart
    assert distance(other, one) == apart


@settings(max_examples=200)
@given(st.text("abAé漢", max_size=14), st.text("abAé漢", max_size=14))
def test_distances_are_those_of_another_hand(one: str, other: str) -> None:
    assert distance(one, other) == Levenshtein.distance(one, other)


def test_a_long_text_is_no_burden() -> None:
    assert distance("ab" * 2000, "ba" * 2000) == 2


def test_case_tells_sen_acc_from_seq_acc() -> None:
    found = sequences([Pair("a", 0, "Open", "OPEN"), Pair("a", 1, "Open", "Open ")])
    assert (found.seq_acc, found.sen_acc) == (1.0, 0.5)


def test_ned_is_one_less_the_share_of_the_longer_length() -> None:
    found = sequences([Pair("a", None, "abcd", "abXd")])
    assert found.ned == pytest.approx(1 - 1 / (4 + 1e-5), abs=1e-12)
    assert found.edits == 1.0
    assert sequences([Pair("a", None, "abcd", "")]).ned == pytest.approx(0.0, abs=1e-5)
    assert sequences([Pair("a", None, "", "")]).ned == 1.0


def test_there_is_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        sequences([])
