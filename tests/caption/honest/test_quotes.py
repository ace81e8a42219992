"""Where a caption quotes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.caption.honest.quotes import marks_for, masked, quoted

CASES = {
    'A sign "SALE" and “50% OFF”.': ["SALE", "50% OFF"],
    "„Hallo“ und »Welt« und «monde» ‹x›": ["Hallo", "Welt", "monde", "x"],
    "写着“大减价”的海报和「特價」、『夏』": ["大减价", "特價", "夏"],
    '写着"大减价"的海报': ["大减价"],
    "It reads 'SALE' and ‘Don’t stop’ now": ["SALE", "Don’t stop"],
    "don't stop the '90s readers' nook": [],
    'a 5" sign that says "HI" and is 6" wide': ["HI"],
    'צה"ל כתב "שלום" כאן': ["שלום"],
    'نص «مرحبا» و"سلام"': ["مرحبا", "سلام"],
    '“He said "x" now” there': ['He said "x" now'],
    "「a「b」c」": ["a「b」c"],
    'only "one is closed" and "this is not': ["one is closed"],
    'nothing in "" or "  "': [],
    'a blank line "ends\n\nany" quote': [],
    "`SALE` in code marks": ["SALE"],
}


@pytest.mark.parametrize("caption", CASES)
def test_the_words_between_the_marks_are_found(caption: str) -> None:
    found = quoted(caption)
    assert [span.words for span in found] == CASES[caption]
    assert all(caption[span.start : span.end] == span.words for span in found)


@given(st.text(alphabet="ab \"'“”„‘’«»「」`5\n", max_size=80))
def test_spans_never_overlap_and_masking_keeps_every_offset(caption: str) -> None:
    spans = quoted(caption)
    assert all(one.end < other.start for one, other in pairwise(spans))
    shown = masked(caption, spans)
    assert len(shown) == len(caption)
    assert all(set(shown[span.start : span.end]) == {"\ufffc"} for span in spans)


@pytest.mark.parametrize(
    "words", ["SALE", 'say "hi"', "“a” and “b”", "guests’ book", 'a "b" “c” «d»']
)
def test_marks_are_chosen_that_the_words_do_not_hold(words: str) -> None:
    opening, closing = marks_for(words, "'", "'")
    assert [span.words for span in quoted(f"x {opening}{words}{closing} y")] == [words]
