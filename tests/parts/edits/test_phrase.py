"""A text cut into clusters and words, and edits of it there and back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker

from glyphdata.errors import InputError
from glyphdata.parts.phrase import Phrase, edited, segmented, undone
from glyphdata.scene.scene import Edit


def words(text: str, language: str) -> list[str]:
    phrase = Phrase.of(text, language)
    return ["".join(phrase.clusters[start:end]) for start, end in phrase.words]


@given(st.text())
def test_the_clusters_are_those_of_unicode_and_joined_they_are_the_text(text: str) -> None:
    assert segmented(text) == tuple(CharacterBreaker(text, "en"))
    assert "".join(Phrase.of(text, "en").clusters) == text


def test_what_is_taken_to_stand_alone_does_so_beside_any_other_such_character() -> None:
    alone = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    alone = [char for char in alone if segmented(char + "a") == (char, "a")]
    assert len(alone) > 35_000
    for step in (1, 7, 1001):
        mixed = "".join(char for char in alone[::step] for char in (char, "a", char))
        assert segmented(mixed) == tuple(CharacterBreaker(mixed, "en"))


def test_ascii_is_cut_without_icu() -> None:
    code = (
        "import icu4py.breakers as icu\n"
        "def never(*_): raise AssertionError\n"
        "icu.CharacterBreaker = icu.WordBreaker = never\n"
        "from glyphdata.parts.phrase import Phrase\n"
        "print(Phrase.of('two words', 'en').words)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "((0, 3), (4, 9))\n"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The fox, quick", "en", ["The", "fox,", "quick"]),
        ("  line\nend\t twice ", "en", ["line", "end", "twice"]),
        ("e\u0301te\u0301 la\u0300", "fr", ["e\u0301te\u0301", "la\u0300"]),
        ("안녕 하세요", "ko", ["안녕", "하세요"]),
        ("สวัสดีตอนเช้า วันนี้", "th", ["สวัสดี", "ตอน", "เช้า", "วัน", "นี้"]),
        ("ซื้อ Wi-Fi (ฟรี) 50%", "th", ["ซื้อ", "Wi-Fi", "(ฟรี)", "50%"]),
        ("क्षमा करें", "hi", ["क्षमा", "करें"]),
        ("白天 间了", "zh", []),
        ("SALE 50%", "zh-Hant", []),
        ("ひらがな カタカナ", "ja", []),
        ("See 東京 now", "en", []),
        ("", "en", []),
        ("\u200b \u0301x", "en", ["\u200b", "x"]),
    ],
)
def test_words_are_what_the_script_has(text: str, language: str, expected: list[str]) -> None:
    assert words(text, language) == expected


@given(st.text(alphabet="aé \n\tกาดี็์่देव्न\u0301\u200d🏽👍", max_size=30))
def test_words_lie_apart_in_order_on_cluster_bounds(text: str) -> None:
    phrase = Phrase.of(text, "th")
    end = 0
    for start, stop in phrase.words:
        assert end <= start < stop <= len(phrase.clusters)
        end = stop
    uncovered = set(range(len(phrase.clusters)))
    for start, stop in phrase.words:
        uncovered -= set(range(start, stop))
    assert all(phrase.clusters[at][0].isspace() for at in uncovered)


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        ("Hello", Edit("replace", "char", 1, "e", "a"), "Hallo"),
        ("Hello", Edit("add", "char", 5, "", "s"), "Hellos"),
        ("नमस्ते", Edit("drop", "char", 1, "म", ""), "नस्ते"),
        ("a b c", Edit("drop_word", "word", 1, "b ", ""), "a c"),
        ("a b c", Edit("drop_word", "word", 2, " c", ""), "a b"),
        ("a b c", Edit("add_word", "word", 3, "", " d"), "a b c d"),
        ("a b c\n", Edit("add_word", "word", 3, "", " d"), "a b c d\n"),
        ("a b c", Edit("garble", "word", 2, "c", "x"), "a b x"),
    ],
)
def test_an_edit_is_made_and_undone(text: str, edit: Edit, expected: str) -> None:
    assert edited(Phrase.of(text, "en"), edit) == expected
    assert undone(Phrase.of(expected, "en"), edit) == text


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit("replace", "char", 1, "a", "e"), "replace: 'a' does not stand at char 1 of 'Hello w"),
        (Edit("drop", "char", 99, "a", ""), "there is no char 99"),
        (Edit("drop", "char", -1, "d", ""), "there is no char -1"),
        (Edit("drop_word", "word", 0, " Hello", ""), "there is no word 0"),
        (Edit("garble", "word", 3, "world", "w"), "there is no word 3"),
        (Edit("garble", "word", 1, "globe", "g"), "does not stand at word 1"),
    ],
)
def test_an_edit_of_another_text_is_refused(edit: Edit, said: str) -> None:
    with pytest.raises(InputError) as fault:
        edited(Phrase.of("Hello world", "en"), edit)
    assert said in str(fault.value)
    assert "the one text it was made for" in str(fault.value)
