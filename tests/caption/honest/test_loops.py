"""Loops, and captions that only look like some."""

from __future__ import annotations

from glyphdata.caption.grammar import say
from glyphdata.caption.honest.loops import loop
from glyphdata.scene.rng import Rng
from tests.caption.honest.scenes import drawn

FILLER = (
    "a",
    "the",
    "poster",
    "sign",
    "with",
    "and",
    "in",
    "on",
    "white",
    "red",
    "blue",
    "large",
    "small",
    "letters",
    "text",
    "corner",
    "bright",
    "shape",
    "line",
    "near",
    "under",
    "above",
    "paper",
)


def test_every_loop_is_found_whatever_its_period_and_wherever_it_is_torn() -> None:
    for number in range(600):
        rng = Rng.of(5, number)
        facts = drawn(number)
        start = say(facts, rng.at("level").integer(1, 6)).text
        period = [rng.pick(FILLER) for _ in range(rng.at("size").integer(1, 26))]
        copies = rng.at("copies").integer(3, 8)
        tail = " ".join(period * copies)
        torn = rng.at("torn").integer(0, max(1, len(period[-1])))
        found = loop(f"{start} {tail[: len(tail) - torn] if copies > 3 else tail}")
        assert found is not None, (start, tail)
        assert found.kept < len(start) + 1 + len(tail)


def test_no_caption_from_truth_is_taken_for_a_loop() -> None:
    for number in range(400):
        facts = drawn(number)
        texts = tuple(text.text for text in facts.texts)
        for level in range(1, 6):
            caption = say(facts, level, seed=number).text
            assert loop(caption, texts) is None, caption


def test_the_same_said_of_many_texts_is_no_loop() -> None:
    caption = " ".join(
        f'The text "word {number}" is set in large white bold letters at the top of it.'
        for number in range(20)
    )
    assert loop(caption) is None


def test_a_text_of_the_scene_may_repeat_itself() -> None:
    assert loop('A sign that says "NO NO NO NO".') is None
    assert loop("A sign that says NO NO NO", ("NO NO NO",)) is None
    assert loop("A sign that says NO NO NO") is not None


def test_a_loop_in_the_middle_and_a_loop_without_blanks_are_found() -> None:
    middle = "A poster. " + "It is a red sign with text on it. " * 8 + "Then it ends in a new way."
    assert loop(middle) is not None
    assert loop("海报上" + "写着很多字" * 6) is not None
    assert loop("A poster " + "=-" * 40) is not None


def test_what_is_kept_is_the_text_up_to_the_first_copy() -> None:
    said = "A poster with a red sign and a red sign and a red sign and a red"
    found = loop(said)
    assert found is not None
    assert said[: found.kept] == "A poster with a red sign and"
