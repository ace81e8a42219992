"""Embedding levels, against the rules of UAX #9 worked out by hand."""

from __future__ import annotations

import pytest

from glyphdata.typeset.bidi import MAX_DEPTH, levels, needs_levels, visual_order

# (text, paragraph level, the level of each character)
VECTORS = [
    ("car is \u05d0\u05d1\u05d2 in", 0, "0000000111000"),
    ("\u05d0\u05d1\u05d2 abc 123", 1, "11112222222"),
    ("\u0633\u0639\u0631 123 \u0648 \u0664\u0665\u0666", 1, "1111222111222"),
    ("a(\u05d0)b", 0, "00100"),
    ("\u05d0(a)\u05d1", 1, "11211"),
    ("\u05d0 (b) c", 1, "1112112"),
    ("\u05d0\u05d1 [\u05d2\u05d3] e", 0, "111111100"),
    ("1\u05d02", 0, "012"),
    ("+1\u05d0 -2", 1, "121112"),
    ("\u05d0\u06f1+\u06f2", 0, "1222"),
    ("abc \u2067\u05d0\u05d1\u05d2 12\u2069 def", 0, "0000011112200000"),
    ("abc \u202bde\u202c x", 0, "0000022200"),
    ("\u202eabc\u202c\u05d0", 0, "011111"),
    ("\u2068\u05d0\u2069 b\u2068c\u2069 \u05d0", 0, "0100002001"),
    ("\u05d0\u0301 a\u0301", 1, "11122"),
    ("$1\u05d010%", 0, "001222"),
    ("\u05d0,\u05d1 1,2 a.b", 1, "11112221222"),
    ("\u05d0\tb", 1, "112"),
    ("\u05d0  \nb", 0, "10000"),
    ("a\u2066\u2067\u05d0\u2069 b\u2069", 1, "21232221"),
    ("\u05d0{a[1]}", 1, "1122221"),
    ("\u2329\u05d0\u3009 b", 0, "01000"),
    ("\u200fab!", 0, "1000"),
]


@pytest.mark.parametrize(("text", "base", "expected"), VECTORS)
def test_levels_follow_the_annex(text: str, base: int, expected: str) -> None:
    assert "".join(map(str, levels(text, base))) == expected


def test_a_text_without_right_to_left_letters_needs_no_levels() -> None:
    assert not needs_levels("Ünïcödé, кириллица, 日本語, 한국어, ไทย, हिन्दी 123")
    assert all(map(needs_levels, ("א", "ع", "٣", "\u200f", "\u202e", "\u2067", "\U0001e900")))


def test_embeddings_deeper_than_the_limit_are_ignored() -> None:
    deep = "\u202b\u202a" * 100 + "a"
    assert levels(deep, 0)[-1] == MAX_DEPTH + 1  # I2: a letter against the grain goes one up
    assert levels(deep + "\u202c" * 300 + "b", 0)[-1] == 0


def test_each_paragraph_starts_anew() -> None:
    assert levels("א\u202e\nab", 0) == [1, 0, 0, 0, 0]


def test_runs_are_reordered_from_the_highest_level_down() -> None:
    assert visual_order([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
    assert visual_order([1, 2, 1]) == [2, 1, 0]
    assert visual_order([2, 1, 2]) == [2, 1, 0]
    assert visual_order([0]) == [0]
    assert visual_order([]) == []
