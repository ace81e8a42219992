"""Captions made true, one fault at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glyphdata.caption.honest.repair import repaired
from glyphdata.caption.record import Mention
from tests.caption.honest.scenes import SALE, scene, text

CASES = {
    # quoted texts
    'It says "SALF" in white and "50% OF" in yellow.': (
        'It says "SALE" in white and "50% OFF" in yellow.'
    ),
    "A poster reading “sale” and ‘50% off’.": "A poster reading “SALE” and ‘50% OFF’.",
    'It says "SALE." It is bold.': 'It says "SALE". It is bold.',
    'A poster with "SALE" in white, "50% OFF" in yellow, and "BUY NOW" in red at the bottom.': (
        'A poster with "SALE" in white and "50% OFF" in yellow.'
    ),
    'A poster with the texts "BUY NOW" in red, "SALE" in white and "50% OFF" in yellow.': (
        'A poster with the texts "SALE" in white and "50% OFF" in yellow.'
    ),
    'A blue poster that says "BUY NOW" in red.': "A blue poster.",
    'A blue poster. It says "SALE". At the bottom, "BUY NOW" is set in red.': (
        'A blue poster. It says "SALE".'
    ),
    'The text "SALE" is in yellow in the center, while "50% OFF" is in white at the top left.': (
        'The text "50% OFF" is in yellow in the center, while "SALE" is in white at the top left.'
    ),
    'A blue sign that says "SALE" "SHOP NOW" in red.': 'A blue sign that says "SALE".',
    # colours
    'It says "SALE" in red.': 'It says "SALE" in white.',
    'An orange "50% OFF" text below.': 'A yellow "50% OFF" text below.',
    'It says "SALE". It is written in dark green letters.': (
        'It says "SALE". It is written in white letters.'
    ),
    'The word "SALE" (#ff0000) is bold.': 'The word "SALE" (#ffffff) is bold.',
    'The word "50% OFF" in rgb(0, 0, 255) is bold.': (
        'The word "50% OFF" in rgb(255, 255, 0) is bold.'
    ),
    # places
    'At the bottom right of the image, "SALE" is set in white.': (
        'At the top left of the image, "SALE" is set in white.'
    ),
    '"50% OFF" stands in the lower right corner.': '"50% OFF" stands in the center.',
    'It says "SALE" near the bottom on the left side.': (
        'It says "SALE" at the top on the left side.'
    ),
    # counts and the ground
    "There are five texts on it.": "There are two texts on it.",
    "It shows a single text.": "It shows two texts.",
    "A poster on a red background.": "A poster on a blue background.",
    "The background is dark orange, with text.": "The background is blue, with text.",
}


@pytest.mark.parametrize("said", CASES)
def test_what_is_wrong_is_made_right(said: str) -> None:
    assert repaired(said, SALE).text == CASES[said]


@pytest.mark.parametrize("said", CASES)
def test_a_repaired_caption_needs_no_repair_and_bears_no_flag(said: str) -> None:
    again = repaired(CASES[said], SALE)
    assert (again.text, again.repairs, again.flags) == (CASES[said], (), ())


@pytest.mark.parametrize(
    "true",
    [
        'The text "SALE" in the upper left is white; "50% OFF" in the middle is gold.',
        'A blue poster says "SALE" in white letters with a black shadow.',
        'Next to a red apple stands "SALE" in bold white type.',
        'On navy, "SALE" in off-white at the top and "50% OFF" in the centre.',
        'It has two lines of text: "SALE" and "50% OFF".',
        'At the top, one text reads "SALE". In the middle, one text reads "50% OFF".',
        'The white letters of "SALE" read from left to right.',
        'To the right of "SALE" there is room.',
        '"SALE 50% OFF"',
        "SALE in white and 50% OFF in yellow",
        '"SALE" is written above "50% OFF" in white.',
        'It says "50% OFF" in yellow and contact details at the bottom.',
    ],
)
def test_what_is_true_is_left_alone(true: str) -> None:
    assert repaired(true, SALE)[:2] == (true, ())


def test_an_invented_text_stays_flagged_where_its_clause_says_more() -> None:
    said = 'A poster with "BUY NOW" in red on a blue background.'
    found = repaired(said, SALE)
    assert (found.text, found.flags) == (said, ("invented",))
    assert found.mentions == (Mention(-1, 15, 22, "invented"),)


def test_of_two_confusable_texts_neither_is_taken_for_the_other() -> None:
    both = scene(text(0, "SALE", "white", "top left"), text(1, "SAFE", "yellow", "middle center"))
    said = 'It says "SALE" and "SAFE".'
    assert repaired(said, both)[:2] == (said, ())
    unsure = repaired('It says "SAKE" in white.', both)
    assert (unsure.text, unsure.repairs, unsure.flags) == (
        'It says "SAKE" in white.',
        (),
        ("ambiguous",),
    )
    assert repaired('It says "SALEE".', both).text == 'It says "SALE".'


def test_a_text_said_rightly_is_not_read_into_another_quote() -> None:
    only = scene(text(0, "SALE", "white", "top left"))
    found = repaired('A poster with "SALE" in white, and "SALT" in red at the bottom.', only)
    assert found.text == 'A poster with "SALE" in white.'


def test_texts_quoted_as_one_are_two_mentions() -> None:
    found = repaired('A sign: "SALE 50% OFF".', SALE)
    assert found.mentions == (Mention(0, 9, 13), Mention(1, 14, 21))


def test_a_part_of_a_long_text_is_a_partial_mention_without_its_ellipsis() -> None:
    long = scene(text(4, "Dear guests, the show will begin at 12:30", "white", "top left"))
    found = repaired('It begins "Dear guests, the…" in white.', long)
    assert (found.repairs, found.mentions) == ((), (Mention(4, 11, 27, "partial"),))


def test_texts_that_say_the_same_are_told_apart_by_what_is_said_of_them() -> None:
    twice = scene(text(0, "OPEN", "white", "top left"), text(1, "OPEN", "red", "bottom right"))
    found = repaired('It says "OPEN" in red at the bottom right and "OPEN" at the top left.', twice)
    assert [mention.ref for mention in found.mentions] == [1, 0]
    assert found.repairs == ()


def test_a_text_outside_quotes_is_a_mention_and_a_common_word_is_not() -> None:
    common = scene(text(0, "open", "white", "top left"), text(1, "50% OFF", "red", "top right"))
    found = repaired("An open door, and 50% OFF above it.", common)
    assert [mention.ref for mention in found.mentions] == [1]
    named = repaired("A poster with the word open on it.", common)
    assert [mention.ref for mention in named.mentions] == [0]


def test_a_truth_that_holds_the_marks_gets_others() -> None:
    quoting = scene(text(0, 'Say "hi" now', "white", "top left"))
    found = repaired("It reads \"Say 'hi' nov\" in white.", quoting)
    assert found.text == 'It reads “Say "hi" now” in white.'
    assert repaired(found.text, quoting).repairs == ()


@pytest.mark.parametrize("kind", ["gradient", "shapes", "photos", "somebody-elses"])
def test_a_ground_of_several_colours_is_not_judged(kind: str) -> None:
    mixed = replace(SALE, background=kind)
    assert repaired("A poster on a red background.", mixed).repairs == ()


def test_every_edit_is_recorded_in_its_kind() -> None:
    said = 'On a red background are three texts: "SALF" in green at the bottom right.'
    assert [repair.what for repair in repaired(said, SALE).repairs] == [
        "text",
        "background",
        "count",
        "color",
        "place",
    ]
