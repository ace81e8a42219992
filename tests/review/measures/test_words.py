"""Words as MARIO-Eval and Glyph-ByT5 count them, worked out by hand."""

from __future__ import annotations

import pytest

from glyphdata.review.measures.pairs import Pair
from glyphdata.review.measures.words import by_length, words


def pair(asked: str, read: str) -> Pair:
    return Pair("a", None, asked, read)


def test_words_are_a_multiset() -> None:
    found = words([pair("the cat the", "the the the dog")], fold=False)
    assert found.precision == 2 / 4
    assert found.recall == 2 / 3
    assert found.accuracy == 0.0


def test_f_is_taken_of_the_means_and_not_of_each_picture() -> None:
    found = words([pair("a b", "a b"), pair("a b", "x y z")], fold=False)
    assert (found.precision, found.recall, found.f) == (0.5, 0.5, 0.5)
    found = words([pair("a", "a b c d"), pair("a b c d", "a")], fold=False)
    assert (found.precision, found.recall) == (0.625, 0.625)
    assert found.f == 0.625


def test_order_and_line_ends_do_not_matter() -> None:
    assert words([pair("one two\nthree", "three  one\ttwo")], fold=False).accuracy == 1.0


def test_case_counts_only_where_it_is_asked_to() -> None:
    pairs = [pair("Big SALE", "big sale")]
    assert words(pairs, fold=False).precision == 0.0
    assert words(pairs, fold=True).precision == 1.0


def test_lower_case_is_not_casefolding() -> None:
    assert words([pair("STRASSE", "straße")], fold=True).accuracy == 0.0


def test_nothing_read_has_no_precision_and_nothing_asked_is_right_when_empty() -> None:
    blank = words([pair("word", "")], fold=False)
    assert (blank.precision, blank.recall, blank.f) == (0.0, 0.0, 0.0)
    empty = words([pair("", "")], fold=False)
    assert (empty.precision, empty.recall, empty.accuracy) == (1.0, 1.0, 1.0)
    invented = words([pair("", "word")], fold=False)
    assert (invented.precision, invented.recall, invented.accuracy) == (0.0, 1.0, 0.0)


def test_nine_words_of_ten_are_nearly_all() -> None:
    ten = "a b c d e f g h i j"
    assert words([pair(ten, "a b c d e f g h i")], fold=False).nearly == 1.0
    assert words([pair(ten, "a b c d e f g h")], fold=False).nearly == 0.0


@pytest.mark.parametrize(
    ("length", "bin"),
    [(1, "up to 20"), (20, "up to 20"), (21, "21 to 50"), (50, "21 to 50"), (51, "51 to 100"),
     (100, "51 to 100"), (101, "over 100")],
)  # fmt: skip
def test_bins_go_by_the_length_that_was_asked_for(length: int, bin: str) -> None:
    found = by_length([pair("x" * length, "a much longer text than that one")], fold=False)
    assert list(found) == [bin]


def test_bins_stand_in_their_order_and_count_their_own() -> None:
    found = by_length([pair("y" * 60, "y" * 60), pair("x", "z"), pair("x", "x")], fold=False)
    assert [(name, one.precision, one.pictures) for name, one in found.items()] == [
        ("up to 20", 0.5, 2),
        ("51 to 100", 1.0, 1),
    ]


def test_there_is_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        words([], fold=True)
