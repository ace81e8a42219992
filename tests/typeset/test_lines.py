"""Breaks, words and graphemes as byte offsets."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker, LineBreaker

from glyphdata.typeset.lines import (
    byte_offsets,
    graphemes,
    mandatory_breaks,
    opportunities,
    stand_alone,
    words,
)


def pieces(text: str, language: str) -> list[str]:
    data = text.encode()
    at = [0, *opportunities(text, data, language).tolist(), len(data)]
    return [data[a:b].decode() for a, b in pairwise(at)]


def word_list(text: str, language: str) -> list[str]:
    data = text.encode()
    return [data[a:b].decode() for a, b in words(text, data, language).tolist()]


PROSE = st.lists(st.text("abZ09.,:;!?'\"()-", min_size=1, max_size=7), min_size=1, max_size=8).map(
    " ".join
)


@given(PROSE | st.text("ab Z1.,!'\"()-/$%", max_size=20))
def test_the_short_cuts_for_ascii_break_as_icu_does(text: str) -> None:
    expected = [end for _, end in LineBreaker(text, "en").segments()][:-1]
    assert opportunities(text, text.encode(), "en").tolist() == expected


@given(st.text(max_size=30))
def test_breaks_graphemes_and_words_are_boundaries_of_characters(text: str) -> None:
    data = text.encode()
    starts = set(byte_offsets(data).tolist())
    assert set(opportunities(text, data, "en").tolist()) <= starts
    assert set(words(text, data, "en").ravel().tolist()) <= starts
    ends = graphemes(text, data).tolist()
    assert set(ends) <= starts
    found = [data[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]
    assert found == list(CharacterBreaker(text, "en"))


def test_thai_breaks_between_words_of_the_dictionary() -> None:
    text = "สวัสดีครับยินดีต้อนรับ"
    assert pieces(text, "th") == ["สวัสดี", "ครับ", "ยินดี", "ต้อนรับ"]
    assert word_list(text, "th") == ["สวัสดี", "ครับ", "ยินดี", "ต้อนรับ"]


def test_no_line_starts_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    found = pieces("日本語のテキストを「設定」する。東京へ、行く！", "ja")
    assert not any(piece[0] in "。、！」ー" for piece in found)
    assert not any(piece[-1] in "「" for piece in found)
    assert len(found) > 10


def test_korean_breaks_at_its_spaces_alone() -> None:
    assert pieces("한국어 텍스트는, 공백에서", "ko") == ["한국어 ", "텍스트는, ", "공백에서"]
    assert pieces("서울-부산", "ko") == ["서울-", "부산"]


def test_no_line_ends_at_a_soft_hyphen() -> None:
    assert pieces("Silben\u00adtrennung hier", "de") == ["Silben\u00adtrennung ", "hier"]


def test_offsets_beyond_the_first_plane_count_bytes() -> None:
    text = "😀 ab 👍🏽c \U00020000字"
    assert pieces(text, "en") == ["😀 ", "ab ", "👍🏽", "c ", "\U00020000", "字"]
    assert graphemes("👍🏽c", "👍🏽c".encode()).tolist() == [8, 9]
    assert graphemes("👩\u200d👩\u200d👧x", "👩\u200d👩\u200d👧x".encode()).tolist() == [18, 19]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a\nb", [2]),
        ("a\r\nb\n", [3, 5]),
        ("é\u2028x", [5]),
        ("a\rb\x0bc\x85", [2, 4, 7]),
        ("ab", []),
    ],
)
def test_lines_must_end_where_the_text_says(text: str, ends: list[int]) -> None:
    assert mandatory_breaks(text, byte_offsets(text.encode())) == ends


def test_words_stand_between_spaces() -> None:
    assert word_list("  well-known, (it's)  9.5%\tx ", "en") == [
        "well-known,",
        "(it's)",
        "9.5%",
        "x",
    ]
    assert word_list("Grüße, мир!", "de") == ["Grüße,", "мир!"]
    assert word_list("", "en") == [] and word_list("   ", "en") == []


def test_words_of_scripts_without_spaces_keep_their_punctuation() -> None:
    assert word_list("「設定」する。 ABC東京", "ja") == ["「設定」", "する。", "ABC", "東京"]


def test_combining_marks_belong_to_their_base() -> None:
    text = "e\u0301x\u0323\u0307"
    assert graphemes(text, text.encode()).tolist() == [3, 8]
    assert graphemes("a\r\nb", b"a\r\nb").tolist() == [1, 3, 4]


def test_characters_said_to_stand_alone_are_graphemes_to_icu() -> None:
    rng = random.Random(5)
    alone = [char for char in map(chr, range(0x20000)) if stand_alone(char)]
    assert {"a", "é", "я", "Ω", "“", "中", "か", "한"} <= set(alone)
    assert not {"\r", "\u0301", "\u200d", "\u0e33", "\u0903", "\U0001f1e9"} & set(alone)
    for start in range(0, len(alone), 500):
        text = "".join(rng.sample(alone[start : start + 500], min(500, len(alone) - start)))
        text += "".join(rng.choices(alone, k=200))
        assert [end for _, end in CharacterBreaker(text, "en").segments()] == list(
            range(1, len(text) + 1)
        )
