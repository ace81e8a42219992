"""What captions say, found by rule: many ways of saying the same, and what each does not say."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.record import LEVELS
from glyphdata.caption.score.answers import answered
from glyphdata.caption.score.question import Question
from glyphdata.caption.score.questions import questions
from glyphdata.caption.score.report import Report, Scored, report
from tests.caption.score.pictures import Scene, told


def asked(facts: Facts) -> tuple[Question, ...]:
    return questions(facts)


def answers(caption: str, facts: Facts) -> dict[str, str]:
    return dict(answered(caption, facts, questions(facts)).by_id)


def facts_said(caption: str, facts: Facts) -> set[str]:
    """The true things that a caption says, as the stems of questions; it must say nothing false."""
    given = answers(caption, facts)
    false = [one for one in asked(facts) if given[one.id] not in ("n/a", one.answer)]
    assert not false
    yes = [one for one in asked(facts) if one.answer == "yes" and given[one.id] == "yes"]
    return {one.id.removesuffix(".yes") for one in yes} - {"any", "image"}


WORDS = {"text.0", "text.1", "text.2"}
COLORS = {"color.0", "color.1", "color.2"}
PLACES = {"place.0", "place.1", "place.2"}


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        (
            'A poster on a plain blue background. The main text "SALE" is written in large white'
            ' sans-serif letters in the upper left, with "50% OFF" in yellow below it in the'
            ' center. At the bottom right, the red serif text "Open Now" appears.',
            WORDS | COLORS | PLACES | {"size.0", "font.0", "font.2", "relation.0.1"}
            | {"ground", "kind"},
        ),
        (
            "The image shows a blue poster with SALE in white letters at the top left, 50% OFF in"
            " yellow in the middle and Open Now in red at the bottom right.",
            WORDS | COLORS | PLACES | {"ground"},
        ),
        (
            'The poster features three texts: "SALE" (white, top left), "50% OFF" (yellow, center),'
            ' and "Open Now" (red, bottom right), all against a solid blue background.',
            WORDS | COLORS | PLACES | {"count", "ground", "kind"},
        ),
        (
            'White letters at the top left spell "SALE". In the middle, yellow letters say'
            ' "50% OFF". Small red letters in the lower right corner read “Open Now”. The'
            " background is blue.",
            WORDS | COLORS | PLACES | {"size.2", "ground"},
        ),
        (
            'A flat blue graphic. "SALE" in white letters dominates the upper left corner; "50%'
            ' OFF" appears in yellow in the centre, and "Open Now" in red with a black outline is'
            " in the bottom right corner.",
            WORDS | COLORS | PLACES | {"ground", "kind"},
        ),
        (
            'The text "SALE" is displayed in white. It is located in the top left corner of the'
            ' image. Below it, in the center, is "50% OFF" in yellow. The third text, "Open Now",'
            " is in red serif font and is positioned in the bottom right.",
            WORDS | COLORS | PLACES | {"font.2", "relation.0.1"},
        ),
        (
            'a blue background with the white word "SALE" and the yellow words "50% OFF" and red'
            ' "Open Now"',
            WORDS | COLORS | {"ground"},
        ),
        (
            '"SALE", "50% OFF" and "Open Now" are in white, yellow and red respectively',
            WORDS | COLORS,
        ),
        ('"SALE" and "50% OFF" are both set in sans-serif.',
         {"text.0", "text.1", "font.0", "font.1"}),
        ('“SALE” sits above “50% OFF”, which is above “Open Now”.',
         WORDS | {"relation.0.1", "relation.1.2"}),
        ('"50% OFF" is below "SALE".', {"text.0", "text.1", "relation.0.1"}),
        ('The largest text, "SALE," is #ffffff; "50% OFF" is rgb(255, 255, 0).',
         {"text.0", "text.1", "color.0", "color.1"}),
        ('"SALE" is set in Archivo Black, a sans-serif typeface, in <color-0>.',
         {"text.0", "font.0", "color.0"}),
        ('"SALE" in white letters on a dark blue backdrop, aligned right, with a red shadow',
         {"text.0", "color.0", "ground"}),
        ("SALE SALE SALE", {"text.0"}),
        ("sale, 50% off", set()),
        ("I'm sorry, but I cannot describe this picture.", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_what_captions_say_is_understood(caption: str, said: set[str], poster: Facts) -> None:
    assert facts_said(caption, poster) == said


@pytest.mark.parametrize(
    ("caption", "question", "verdict"),
    [
        ('"SALE" in red', "color.0.yes", "no"),
        ('"SALE" at the bottom right', "place.0.yes", "no"),
        ('"SALE" at the top right', "place.0.yes", "no"),
        ('"SALE" at the top', "place.0.yes", "n/a"),  # may be said loosely
        ('"SALE" in tiny letters', "size.0.yes", "no"),
        ('"SALE" in huge letters', "size.0.yes", "n/a"),  # near enough
        ('"SALE" in serif letters', "font.0.yes", "no"),
        ('"SALE" in display letters', "font.0.yes", "n/a"),  # display faces may be sans too
        ('"SALE" below "50% OFF"', "relation.0.1.yes", "no"),
        ('"SALE" to the left of "50% OFF"', "relation.0.1.yes", "n/a"),  # it may be above as well
        ('"SAIE" in white', "text.0.yes", "no"),
        ('"SAL…" in white', "text.0.yes", "n/a"),
        ('"HELLO" in white', "text.0.yes", "n/a"),
        ("two texts", "count.yes", "no"),
        ("three texts and two more texts", "count.yes", "yes"),
        ("a photograph", "image.yes", "no"),
        ("a gradient background", "kind.yes", "no"),
        ("a red poster", "ground.yes", "no"),
        ("a picture without text", "any.yes", "no"),
        ("a picture with some writing", "any.yes", "yes"),
    ],
)  # fmt: skip
def test_what_is_false_is_denied_and_what_is_open_left_open(
    caption: str, question: str, verdict: str, poster: Facts
) -> None:
    assert answers(caption, poster)[question] == verdict


def test_a_misspelt_text_keeps_its_looks(poster: Facts) -> None:
    found = answers('"50% OF" in yellow in the center', poster)
    assert (found["text.1.yes"], found["color.1.yes"], found["place.1.yes"]) == ("no", "yes", "yes")


def test_invented_texts_are_named(poster: Facts) -> None:
    found = answered('"SALE" in white and "FREE BEER" in green', poster, asked(poster))
    assert found.invented == ("FREE BEER",)
    assert answered('"SALE" and "Open…"', poster, asked(poster)).invented == ()


def scored(scenes: tuple[Scene, ...], levels: tuple[int, ...] = LEVELS) -> Iterator[Scored]:
    for facts, wanted in scenes:
        for level in levels:
            found = answered(say(facts, level).text, facts, wanted)
            yield Scored(level, "truth", wanted, found.by_id, len(found.invented))


@pytest.fixture(scope="module")
def truth(scenes: tuple[Scene, ...]) -> Report:
    return report(scored(scenes))


def test_true_captions_are_found_true(scenes: tuple[Scene, ...], truth: Report) -> None:
    assert len(scenes) > 200
    for level in LEVELS:
        row = truth.levels[level]
        assert row.overall.precision is not None
        assert row.overall.precision >= 0.99
        assert row.invented == 0


def test_coarser_captions_say_less(truth: Report) -> None:
    told_of = [truth.levels[level].overall.coverage or 0.0 for level in LEVELS]
    assert told_of == sorted(told_of, reverse=True)
    assert told_of[0] > 0.8
    assert told_of[1] > 0.65


def test_true_captions_say_the_texts_to_the_letter(truth: Report) -> None:
    fine = truth.levels[1].categories
    assert (fine["text"].coverage or 0) > 0.9
    assert (fine["count"].accuracy or 0) > 0.97


def test_twenty_thousand_questions_are_answered_a_second(scenes: tuple[Scene, ...]) -> None:
    captions = [(scene, say(scene.facts, level).text) for scene in scenes for level in (1, 2, 3)]
    start = time.process_time()
    for (facts, wanted), text in captions:
        answered(text, facts, wanted)
    took = time.process_time() - start
    assert sum(len(scene.questions) for scene, _ in captions) / took > 20_000


@pytest.mark.parametrize(
    "junk",
    [
        "very " * 20_000,
        'a "' * 5_000,
        "SALE in white and " * 3_000,
        "A B " * 10_000,
        " " * 50_000 + "background" + " " * 50_000,
        "rgb(" * 10_000,
        "above " * 10_000,
        "\ufffc" * 1000 + "\0" * 1000,
        "İ" * 1000 + ' "SALE" in white',
    ],
)
def test_junk_is_read_in_no_time(junk: str, poster: Facts) -> None:
    start = time.process_time()
    answered(junk, poster, asked(poster))
    assert time.process_time() - start < 2.0


def test_plain_sentences_that_say_all_score_nearly_all(scenes: tuple[Scene, ...]) -> None:
    rows = report(
        Scored(1, "told", wanted, answered(told(facts), facts, wanted).by_id)
        for facts, wanted in scenes
    )
    looks = rows.levels[1].categories
    for name in ("text", "color", "position", "count", "entity size", "font"):
        assert (looks[name].accuracy or 0) > 0.97, name
        assert (looks[name].precision or 0) > 0.99, name
