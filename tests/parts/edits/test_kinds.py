"""What each kind does to a text, by value; and what the reference implementation got wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from glyphdata.errors import Rejection
from glyphdata.parts import EditRange
from glyphdata.parts.alphabets import alphabet
from glyphdata.parts.edits._letters import SIGNS
from glyphdata.parts.edits.add import Add
from glyphdata.parts.edits.add_word import AddWord
from glyphdata.parts.edits.drop import Drop
from glyphdata.parts.edits.drop_word import DropWord
from glyphdata.parts.edits.garble import Garble
from glyphdata.parts.edits.repeat import Repeat
from glyphdata.parts.edits.repeat_word import RepeatWord
from glyphdata.parts.edits.replace import Replace
from glyphdata.parts.edits.swap import Swap
from glyphdata.parts.lexicon import lexicon
from glyphdata.parts.phrase import Phrase, edited
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


def edits(part: EditRange, text: str, language: str = "en", count: int = 300) -> Iterator[Edit]:
    phrase = Phrase.of(text, language)
    for seed in range(count):
        yield part.choose(Rng.of(seed, 1), phrase, lambda _: True)


def texts(part: EditRange, text: str, language: str = "en", count: int = 300) -> Counter[str]:
    phrase = Phrase.of(text, language)
    return Counter(edited(phrase, edit) for edit in edits(part, text, language, count))


def refused(part: EditRange, text: str, language: str = "en") -> bool:
    with pytest.raises(Rejection) as fault:
        part.choose(Rng.of(1, 1), Phrase.of(text, language), lambda _: True)
    return fault.value.reason == "no-edit" and "(ask for other kinds" in str(fault.value)


def test_replace_changes_one_letter_into_one_of_its_case() -> None:
    found = list(edits(Replace(signs=0.0), "Hello wOrld", count=600))
    assert all(len(edit.before) == len(edit.after) == 1 for edit in found)
    assert all(edit.before.isupper() == edit.after.isupper() for edit in found)
    assert {edit.position for edit in found} == {0, 1, 2, 3, 4, 6, 7, 8, 9, 10}
    assert len({edit.after for edit in found if edit.after.islower()}) == 26


def test_replace_writes_a_sign_as_often_as_it_is_asked_to() -> None:
    found = [edit.after for edit in edits(Replace(signs=0.5), "Hello", count=1000)]
    share = sum(not after.isalpha() for after in found) / len(found)
    assert 0.42 < share < 0.58
    assert {after for after in found if not after.isalpha()} == {*SIGNS, *"0123456789"}


@pytest.mark.parametrize(
    ("text", "digits"), [("1984", "0123456789"), ("١٩٨٤", "٠١٢٣٤٥٦٧٨٩"), ("१९८४", "०१२३४५६७८९")]
)
def test_a_digit_gives_way_to_a_digit_of_its_row(text: str, digits: str) -> None:
    assert {edit.after for edit in edits(Replace(), text)} == set(digits)
    assert set("".join(texts(Add(), text))) == set(digits)


@pytest.mark.parametrize(
    ("text", "language", "letters"),
    [
        ("straße", "de", "abcdefghijklmnopqrstuvwxyzäöüß"),
        ("ИГРА", "uk", "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ"),
        ("KAPI", "tr", "ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ"),
        ("λόγος", "el", "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ"),
    ],
)
def test_new_letters_are_the_language_s_own(text: str, language: str, letters: str) -> None:
    found = {edit.after for edit in edits(Replace(signs=0.0), text, language, 2000)}
    assert found == set(letters)


def test_a_word_of_another_script_gets_letters_of_that_script() -> None:
    found = list(edits(Replace(signs=0.0), "наш iPhone", "ru", 600))
    assert all(edit.before.isascii() == edit.after.isascii() for edit in found)


def test_a_script_without_an_alphabet_lends_its_own_letters() -> None:
    assert {edit.after for edit in edits(Replace(), "ქართული", "ka")} == set("ქართული")
    assert refused(Replace(), "ააა", "ka")
    assert all(not edit.after.isascii() for edit in edits(AddWord(), "ქართული", "ka", 50))


def test_devanagari_and_thai_get_whole_letters_with_their_signs() -> None:
    for name, language, text in (("devanagari", "hi", "नमस्ते"), ("thai", "th", "กีตาร์")):
        known = set(alphabet(name))
        found = {edit.after for edit in edits(Replace(), text, language)}
        assert found <= known
        assert max(map(len, found)) > 1


def test_repeat_writes_a_character_two_to_six_times() -> None:
    found = list(edits(Repeat(), "ab c"))
    assert {len(edit.after) for edit in found} == {2, 3, 4, 5, 6}
    assert all(edit.after == edit.before * len(edit.after) for edit in found)
    assert {edit.before for edit in found} == {"a", "b", "c"}
    assert texts(Repeat(times=(3, 3)), "นี้", "th") == {"นี้นี้นี้": 300}


def test_add_puts_in_one_to_six_letters_anywhere_in_a_word_and_at_its_end() -> None:
    found = list(edits(Add(), "ab cd", count=600))
    assert {edit.position for edit in found} == {0, 1, 2, 3, 4, 5}
    assert {len(edit.after) for edit in found} == {1, 2, 3, 4, 5, 6}
    assert {edit.before for edit in found} == {""}


def test_drop_takes_one_character_and_with_a_word_of_one_letter_its_space() -> None:
    assert set(texts(Drop(), "I am")) == {"am", "I m", "I a"}
    assert set(texts(Drop(), "is a b")) == {"s a b", "i a b", "is b", "is a"}
    assert refused(Drop(), "a")
    assert set(texts(Drop(), "a.")) == {"a"}


def test_swap_changes_neighbours_and_never_two_of_a_kind() -> None:
    assert set(texts(Swap(), "aab c")) == {"aba c"}
    assert refused(Swap(), "a b c")
    assert refused(Swap(), "aaa")


def test_what_many_faces_draw_the_same_is_not_changed_into_one_another() -> None:
    assert refused(Swap(), "Il")
    assert "Z" not in {edit.after for edit in edits(Replace(signs=0.0), "l", count=2000)}
    assert "I" not in {edit.after for edit in edits(Replace(signs=1.0), "l", count=2000)}
    assert "1" not in {edit.after for edit in edits(Replace(signs=1.0), "l", count=2000)}
    assert "0" not in {edit.after for edit in edits(Replace(signs=1.0), "O", count=2000)}


def test_garble_keeps_to_one_word_and_leaves_some_of_it() -> None:
    found = list(edits(Garble(), "hello brave world", count=1500))
    assert {edit.position for edit in found} == {0, 1, 2}
    assert {edit.before for edit in found} == {"hello", "brave", "world"}
    assert all(edit.after and " " not in edit.after for edit in found)
    one = {edit.after for edit in edits(Garble(share=(0.0, 0.0)), "ab", count=600)}
    assert {"a", "b", "aab", "abbb"} <= one


def test_repeat_word_writes_a_word_two_to_five_times() -> None:
    found = texts(RepeatWord(), "so it is")
    assert {len(text.split()) for text in found} == {4, 5, 6, 7}
    assert "so it it it is" in found
    assert texts(RepeatWord(times=(2, 2)), "ดี", "th") == {"ดีดี": 300}
    assert texts(RepeatWord(times=(2, 2)), "좋아", "ko") == {"좋아 좋아": 300}


def test_add_word_puts_a_word_of_the_lexicon_at_any_place() -> None:
    known = lexicon("en")
    found = list(edits(AddWord(), "one two"))
    assert {edit.position for edit in found} == {0, 1, 2}
    assert all(edit.after.strip() in known.words for edit in found)
    assert all(edit.after.strip() in known.capitals for edit in edits(AddWord(), "ONE TWO"))


def test_drop_word_takes_one_to_four_neighbours_and_never_all() -> None:
    found = texts(DropWord(), "a b c d e f", count=1500)
    assert {6 - len(text.split()) for text in found} == {1, 2, 3, 4}
    for left in (text.replace(" ", "") for text in found):
        gone = 6 - len(left)
        assert left in {f"{'abcdef'[:at]}{'abcdef'[at + gone :]}" for at in range(6)}
    assert set(texts(DropWord(), "a b c")) == {"a b", "b c", "a c", "a", "c"}
    assert set(texts(DropWord(), "ดีมาก", "th")) == {"ดี", "มาก"}


def test_drop_word_keeps_the_ends_of_lines_and_the_wider_gap() -> None:
    assert set(texts(DropWord(count=(1, 1)), "a b\nc d")) == {
        "b\nc d",
        "a\nc d",
        "a b\nd",
        "a b\nc",
    }
    assert set(texts(DropWord(count=(1, 1)), "ดีมาก แล้ว", "th")) == {"มาก แล้ว", "ดีมาก"}


class TestTheReferenceDefects:
    """Each of what the released augmentation code does wrong, and what is done here instead."""

    def test_garbling_by_adding_is_not_lost(self) -> None:
        found = {edit.after for edit in edits(Garble(share=(0.0, 0.0)), "hello", count=2000)}
        added = [word for word in found if len(word) == 6 and len(set(word) - set("hello")) == 1]
        assert len(added) > 20

    def test_garbling_never_empties_a_word(self) -> None:
        assert all(edit.after for edit in edits(Garble(), "a bc", count=1000))

    def test_repeating_a_word_loses_nothing_after_a_line_end(self) -> None:
        found = set(texts(RepeatWord(times=(2, 2)), "one two\nthree"))
        assert found == {"one one two\nthree", "one two two\nthree", "one two\nthree three"}

    @pytest.mark.parametrize("part", [DropWord(), Drop()])
    def test_dropping_never_leaves_an_empty_text(self, part: EditRange) -> None:
        assert refused(part, "a")
        assert refused(part, " a\n")

    def test_words_part_at_any_white_space(self) -> None:
        found = {edit.before for edit in edits(Garble(), "one\ttwo\u00a0three\nfour  five")}
        assert found == {"one", "two", "three", "four", "five"}

    def test_letters_are_not_only_english_ones(self) -> None:
        assert not any(
            edit.after.isascii() and edit.after.isalpha()
            for edit in edits(Replace(), "Привет", "ru")
        )

    def test_a_likeness_can_take_a_character_s_place(self) -> None:
        from glyphdata.parts.edits.lookalike import Lookalike

        assert {edit.after for edit in edits(Lookalike(), "间", "zh")} >= {"问"}

    def test_an_edit_says_what_it_is_and_where(self) -> None:
        assert next(edits(Drop(), "ab")) in (
            Edit("drop", "char", 0, "a", ""),
            Edit("drop", "char", 1, "b", ""),
        )
