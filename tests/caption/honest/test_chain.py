"""From answers to captions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.honest.chain import lower, settle
from glyphdata.caption.levels import BUDGETS, words
from glyphdata.caption.record import Caption, Failure, Mention
from glyphdata.errors import InputError
from tests.caption.honest.scenes import SALE, scene, text

GOOD = 'A blue poster with "SALE" in white at the top left and "50% OFF" in yellow in the center.'
QUESTION = (
    "Describe this picture in one full sentence of at most fifty words; quote all of its texts."
)


class Model:
    """A captioner that says one thing after another, and counts how often it is asked."""

    def __init__(self, *answers: str | Fault) -> None:
        self.answers = answers
        self.attempts: list[int] = []

    def __call__(self, attempt: int) -> Answer | Fault:
        self.attempts.append(attempt)
        said = self.answers[min(len(self.attempts), len(self.answers)) - 1]
        return said if isinstance(said, Fault) else Answer(said)


def _settled(said: str, model: Model, finish: str = "stop", level: int = 3) -> Caption | Failure:
    answer = Answer(said, finish)  # type: ignore[arg-type]
    asked = Asked("a-0", SALE, level)
    return settle(answer, asked, model, source="llava", recipe="0123456789ab", prompt=QUESTION)


def test_a_good_answer_is_kept_and_nobody_is_asked_again() -> None:
    model = Model("never")
    assert _settled(GOOD, model) == Caption(
        3, GOOD, "llava", "0123456789ab", mentions=(Mention(0, 20, 24), Mention(1, 56, 63))
    )
    assert model.attempts == []


def test_what_was_said_stays_beside_what_was_made_of_it() -> None:
    said = 'Sure! The image shows a red poster with "SALF" in white and "50% OFF" in yellow.'
    caption = _settled(said, Model("never"))
    assert isinstance(caption, Caption)
    assert caption.text == 'A blue poster with "SALE" in white and "50% OFF" in yellow.'
    assert caption.raw == said
    kinds = [repair.what for repair in caption.repairs]
    assert kinds == ["prefix", "prefix", "text", "background"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I cannot describe this image.", "refused"),
        ("As an AI language model, I am unable to see.", "refused"),
        ("", "empty"),
        ("</s>", "empty"),
        (QUESTION, "echo"),
        ("这张海报上写着很多字，非常好看。", "foreign"),
        ("very very very very", "loop"),
    ],
)
def test_a_fault_is_asked_for_again_a_bounded_number_of_times(said: str, code: str) -> None:
    stubborn = Model(said)
    failure = _settled(said, stubborn)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.attempts, failure.level) == (code, 3, 3)
    assert stubborn.attempts == [1, 2]
    better = Model(GOOD)
    caption = _settled(said, better)
    assert isinstance(caption, Caption)
    assert (caption.text, better.attempts) == (GOOD, [1])


def test_a_passing_fault_costs_a_try_and_a_lasting_one_ends_it() -> None:
    passing = Model(Fault("timeout", "slow", passing=True), GOOD)
    assert isinstance(_settled("", passing), Caption)
    assert passing.attempts == [1, 2]
    lasting = Model(Fault("server", "gone"), GOOD)
    assert isinstance(_settled("", lasting), Failure)
    assert lasting.attempts == [1]


def test_a_scene_that_says_sorry_is_no_refusal() -> None:
    facts = scene(text(0, "Sorry, we are closed", "white", "top left"))
    asked = Asked("a-0", facts, 5)
    caption = settle(Answer("Sorry, we are closed, says a sign"), asked, Model("never"))
    assert isinstance(caption, Caption)


def test_a_filtered_answer_is_refused() -> None:
    failure = _settled(GOOD, Model(Fault("server", "gone")), finish="filter")
    assert isinstance(failure, Failure)
    assert failure.code == "refused"


def test_a_loop_that_stays_is_cut_at_its_first_copy_and_flagged() -> None:
    said = 'A poster that says "SALE". ' + "It has white letters and a soft look. " * 6
    caption = _settled(said, Model(said))
    assert isinstance(caption, Caption)
    assert caption.text == 'A poster that says "SALE". It has white letters and a soft look.'
    assert "loop" in caption.flags
    assert [repair.what for repair in caption.repairs] == ["loop"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('A poster. It says "SALE" in white. The seco', 'A poster. It says "SALE" in white.'),
        ('A poster, with "SALE" in white, and with "50', 'A poster, with "SALE" in white.'),
        ('It says "SALE. Now" in white', ""),
    ],
)
def test_a_torn_answer_ends_with_its_last_whole_sentence(said: str, kept: str) -> None:
    found = _settled(said, Model(Fault("server", "gone")), finish="length")
    if kept:
        assert isinstance(found, Caption)
        assert (found.text, found.finish, "truncated" in found.flags) == (kept, "length", True)
    else:
        assert isinstance(found, Failure)


def test_an_echo_before_the_caption_is_cut_off() -> None:
    caption = _settled(f"{QUESTION} {GOOD}", Model("never"))
    assert isinstance(caption, Caption)
    assert caption.text == GOOD


def test_lengths_and_missing_texts_are_flagged() -> None:
    long = _settled(
        GOOD + " It is big and wide and fine." * 1 + " So it is." * 2, Model("x"), level=5
    )
    assert isinstance(long, Caption)
    assert "too-long" in long.flags
    short = _settled("A poster.", Model("x"), level=1)
    assert isinstance(short, Caption)
    assert short.flags == ("missing", "too-short")


def test_spans_that_a_captioner_knows_are_used_when_they_are_true() -> None:
    said = "A sign: SALE"
    known = settle(
        Answer(said, spans=((0, 8, 12),)), Asked("a-0", SALE, 5), Model("x"), source="truth"
    )
    assert known == Caption(5, said, "truth", "", mentions=(Mention(0, 8, 12),))
    lied = settle(Answer(said, spans=((1, 8, 12),)), Asked("a-0", SALE, 5), Model("x"))
    assert isinstance(lied, Caption)
    assert lied.mentions == (Mention(0, 8, 12),)


FINE = (
    'A blue poster with two texts. The text "SALE" is written in large white letters at the top '
    'left. The layout is airy and leaves much room. Another text, "50% OFF", is written in yellow '
    "letters in the center."
)


@pytest.mark.parametrize("level", [3, 4, 5, 6])
def test_coarser_captions_keep_to_their_budget_and_say_nothing_new(level: int) -> None:
    fine = _settled(FINE, Model("x"), level=2)
    assert isinstance(fine, Caption)
    coarse = lower(fine, SALE, level)
    assert coarse.level == level
    assert words(coarse.text) <= BUDGETS[level]
    cut = coarse.source == "llava"
    assert cut == (level < 5)
    if cut:
        assert all(part in FINE for part in coarse.text.split(". "))
        said = coarse.text.encode()
        assert next(said[one.start : one.end] for one in coarse.mentions) == b"SALE"


def test_a_coarse_caption_cannot_be_made_finer() -> None:
    with pytest.raises(InputError, match="level 5"):
        lower(Caption(5, "A poster.", "human", ""), SALE, 2)


STRANGE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="\"'“”«»‘’「」`…*_#[]()\n\ud800\u202e\x00 aS", max_size=300),
    st.lists(
        st.sampled_from(
            (
                "SALE",
                '"',
                "“",
                "50% OFF",
                " and ",
                ". ",
                "in red ",
                "at the top left ",
                "The image ",
                "two texts ",
                ", ",
                "blue background ",
                "'",
                "SALF",
                "…",
                "\n",
                "1. ",
                "sorry ",
                "海",
            )
        ),
        max_size=40,
    ).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(STRANGE, st.sampled_from(["stop", "length", "filter"]))
def test_no_answer_is_too_strange(said: str, finish: str) -> None:
    found = _settled(said, Model(said), finish=finish)
    if isinstance(found, Caption):
        coded = found.text.encode()
        assert all(coded[one.start : one.end].decode() for one in found.mentions)
        again = settle(Answer(found.text), Asked("a-0", SALE, 3), Model(found.text))
        if isinstance(again, Caption):
            assert not [one for one in again.repairs if one.what in ("text", "color", "place")]


@pytest.mark.parametrize("piece", ['"a ', "SALE “", ". ", "in red, ", "a", "'x' ", "(", "**", "海"])
def test_fifty_thousand_characters_of_anything_take_no_time(piece: str) -> None:
    said = piece * (50_000 // len(piece))
    began = time.process_time()
    _settled(said, Model(said))
    assert time.process_time() - began < 5.0
