"""Questions: filled from truth in one pass, and never a command."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.caption.facts import Facts
from glyphdata.caption.hf.prompts import (
    CHAT,
    CONTINUED,
    VARIABLES,
    harmless,
    question,
    templates,
)
from glyphdata.caption.record import LEVELS
from glyphdata.errors import InputError
from tests.caption.lessons import lessons

SPECIALS = ("<image>", "<s>", "</s>", "<pad>", "<|im_end|>", "\n")


@pytest.fixture
def facts() -> Facts:
    return lessons()[0].facts


def of(facts: Facts, *said: str) -> Facts:
    return replace(facts, texts=tuple(replace(facts.texts[0], text=text) for text in said))


@pytest.mark.parametrize("default", [CHAT, CONTINUED])
def test_there_is_a_question_for_each_level(default: dict[int, str]) -> None:
    assert templates({}, default) == tuple(default[level] for level in LEVELS)
    assert templates({3: "What?"}, default)[2] == "What?"


@pytest.mark.parametrize(
    ("own", "place", "words"),
    [
        ({7: "What?"}, "prompts", "there is no level 7"),
        ({1: "  "}, "prompts.1", "is empty"),
        ({2: "{txets}?"}, "prompts.2", "no variable {txets}"),
        ({2: "{}?"}, "prompts.2", "no variable {}"),
    ],
)
def test_a_prompt_that_cannot_be_asked_is_refused(
    own: dict[int, str], place: str, words: str
) -> None:
    with pytest.raises(InputError) as refused:
        templates(own, CHAT)
    assert refused.value.trail == (place,) and refused.value.message == words


def test_every_variable_is_filled_in(facts: Facts) -> None:
    asked = question("|".join(f"{{{name}}}" for name in VARIABLES), of(facts, "A\nB", "C"), 4)
    texts, told, *rest = asked.split("|")
    assert texts == '"A B", "C"'
    assert told.startswith('"A B" in ') and told.count(" letters at the ") == 2
    assert rest == ["2", "en", "96", "96", "solid", "4"]


def test_what_a_scene_says_is_filled_in_only_once(facts: Facts) -> None:
    assert question("{texts} {count}", of(facts, "{count}", "{level}"), 1) == (
        '"{count}", "{level}" 2'
    )


@pytest.mark.parametrize(("grounding", "told"), [("none", False), ("text", True), ("full", True)])
def test_grounding_tells_the_texts(facts: Facts, grounding: str, told: bool) -> None:
    asked = question("What?", of(facts, "SALE"), 2, grounding)  # type: ignore[arg-type]
    assert asked.startswith("What?") and ('"SALE"' in asked) is told


def test_what_a_prompt_tells_itself_is_not_told_twice(facts: Facts) -> None:
    assert question("Say {texts}.", of(facts, "SALE"), 2, "text") == 'Say "SALE".'


@pytest.mark.parametrize("grounding", ["text", "full"])
def test_a_page_of_texts_is_cut_and_counted(facts: Facts, grounding: str) -> None:
    asked = question("", of(facts, *["word"] * 100), 1, grounding)  # type: ignore[arg-type]
    assert "more texts" in asked and len(asked) < 2600
    long = question("", of(facts, "x" * 9000), 1, grounding)  # type: ignore[arg-type]
    assert len(long) < 2200


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<image>", "< image>"),
        ("a</s>b", "a< /s>b"),
        ("<<image>image>", "<< image>image>"),
        ("<|im_end|>", "< |im_end|>"),
        ("5 < 6 > 2 <b>", "5 < 6 > 2 <b>"),
        ("", ""),
    ],
)
def test_special_tokens_are_broken_up(text: str, safe: str) -> None:
    assert harmless(text, SPECIALS) == safe


@given(st.lists(st.sampled_from(["<", "image>", "s>", "/s>", "pad>", "a", " ", "<s>", "\n"])))
def test_no_text_holds_a_special_token_and_only_spaces_come(pieces: list[str]) -> None:
    text = "".join(pieces)
    safe = harmless(text, SPECIALS)
    assert not re.search("<image>|</?s>|<pad>", safe)
    assert safe.replace(" ", "") == text.replace(" ", "")


def test_specials_that_are_their_own_pieces_are_taken_out() -> None:
    assert harmless("a§b", ("§",)) == "a b"
