"""What is planted in captions moves its own category, those that hang on it, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.vocabulary import CELLS, TYPEFACES, basic_color, place
from glyphdata.caption.score.answers import answered
from glyphdata.caption.score.report import Row, Scored, report
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from tests.caption.score.pictures import Scene, told

LOOKS = {"color", "position", "entity size", "font", "relative position"}
"""What hangs on the words of a text."""

FIRST = 0


def row(scenes: tuple[Scene, ...], said: Callable[[Facts], str]) -> Row:
    """The scores of captions of all scenes; the facts asked about stay what they are."""
    return report(
        Scored(2, "told", wanted, found.by_id, len(found.invented))
        for facts, wanted in scenes
        for found in (answered(said(facts), facts, wanted),)
    ).levels[2]


def moved(clean: Row, spoilt: Row) -> dict[str, float]:
    """By how much each category's accuracy fell, where it changed."""
    fell = {
        name: (score.accuracy or 0.0) - (spoilt.categories[name].accuracy or 0.0)
        for name, score in clean.categories.items()
    }
    return {name: by for name, by in fell.items() if by}


def changed(facts: Facts, change: Callable[[TextFact], TextFact]) -> Facts:
    """The facts with the first text changed."""
    first, *rest = facts.texts
    return replace(facts, texts=(change(first), *rest))


@pytest.fixture(scope="module")
def asked(scenes: tuple[Scene, ...]) -> tuple[Scene, ...]:
    """Scenes whose first text is asked for by all its words, so that changes to it are seen."""
    found = tuple(
        scene
        for scene in scenes
        if any(
            one.matter == "text" and one.refs == (FIRST,) and one.value == " ".join(
                scene.facts.texts[0].text.split()
            )
            for one in scene.questions
        )
    )  # fmt: skip
    assert len(found) > 120
    return found


@pytest.fixture(scope="module")
def clean(asked: tuple[Scene, ...]) -> Row:
    return row(asked, told)


def misspelt(text: TextFact) -> TextFact:
    at = next(at for at, one in enumerate(text.text) if one.isalnum())
    return replace(text, text=f"{text.text[:at]}ж{text.text[at + 1 :]}")


def recolored(text: TextFact) -> TextFact:
    other = "lime" if basic_color(text.color) in ("red", "pink", "purple") else "red"
    return replace(text, color=Color.parse(other))


def regrouped(text: TextFact) -> TextFact:
    others = {"sans": "handwriting", "serif": "mono", "mono": "serif", "handwriting": "sans"}
    other = others.get(text.category, "mono")
    assert other in TYPEFACES
    return replace(text, category=other)


def test_a_wrong_letter_costs_the_text_and_what_hangs_on_it(
    asked: tuple[Scene, ...], clean: Row
) -> None:
    spoilt = row(asked, lambda facts: told(changed(facts, misspelt)))
    fell = moved(clean, spoilt)
    assert set(fell) == {"text"} | LOOKS
    assert min(fell.values()) > 0.05
    # Of two letters one is left: too little to tell what was meant.
    short = sum(len(scene.facts.texts[FIRST].text) < 3 for scene in asked)
    assert spoilt.invented == short


def test_a_dropped_text_costs_the_text_and_what_hangs_on_it(
    asked: tuple[Scene, ...], clean: Row
) -> None:
    fell = moved(clean, row(asked, lambda facts: told(facts, without=(FIRST,))))
    assert set(fell) == {"text"} | LOOKS
    assert min(fell.values()) > 0.05


def test_a_wrong_colour_costs_colour_alone(asked: tuple[Scene, ...], clean: Row) -> None:
    fell = moved(clean, row(asked, lambda facts: told(changed(facts, recolored))))
    assert set(fell) == {"color"}
    assert fell["color"] > 0.1


def test_a_wrong_place_costs_position_alone(asked: tuple[Scene, ...], clean: Row) -> None:
    def said(facts: Facts) -> str:
        first = facts.texts[FIRST]
        cell = CELLS.index(place(first.bbox, facts.width, facts.height))
        far = CELLS[(cell + 4) % 9] if cell != 4 else CELLS[0]
        column, line = CELLS.index(far) % 3, CELLS.index(far) // 3
        x, y = facts.width * (2 * column + 1) / 6, facts.height * (2 * line + 1) / 6
        right = told(facts)
        wrong = told(changed(facts, lambda text: replace(text, bbox=BBox(x, y, x, y))))
        # The relations stay as they were: only the sentence about the first text is taken.
        count, about_first, *_ = right.split(" The text ", 2)
        _, wrong_first, *_ = wrong.split(" The text ", 2)
        return right.replace(
            f"{count} The text {about_first}", f"{count} The text {wrong_first}", 1
        )

    fell = moved(clean, row(asked, said))
    assert set(fell) == {"position"}
    assert fell["position"] > 0.1


def test_a_wrong_count_costs_count_alone(asked: tuple[Scene, ...], clean: Row) -> None:
    fell = moved(clean, row(asked, lambda facts: told(facts, count=len(facts.texts) + 1)))
    assert fell == {"count": 1.0}


def test_a_wrong_typeface_costs_font_alone(asked: tuple[Scene, ...], clean: Row) -> None:
    fell = moved(clean, row(asked, lambda facts: told(changed(facts, regrouped))))
    assert set(fell) == {"font"}
    assert fell["font"] > 0.1


def test_an_invented_text_is_counted_and_costs_nothing_else(
    asked: tuple[Scene, ...], clean: Row
) -> None:
    spoilt = row(asked, lambda facts: told(facts, more=("Zwölf Boxkämpfer jagen Viktor",)))
    assert moved(clean, spoilt) == {}
    assert (clean.invented, spoilt.invented) == (0, len(asked))
    assert spoilt.invented_per_caption == 1.0


def test_a_refusal_scores_nothing_and_answers_nothing(asked: tuple[Scene, ...]) -> None:
    refused = row(asked, lambda _: "I'm sorry, but I can't help with that picture.")
    assert refused.overall.accuracy == 0.0
    assert refused.overall.na_rate == 1.0
    assert refused.overall.precision is None
    assert refused.invented == 0


def test_what_stands_in_another_script_is_as_exact(scenes: tuple[Scene, ...]) -> None:
    foreign = tuple(
        scene
        for scene in scenes
        if all(text.script not in ("latin", "common") for text in scene.facts.texts)
    )
    assert len(foreign) > 30
    found = row(foreign, told).categories["text"]
    assert (found.accuracy, found.precision) == (1.0, 1.0)
