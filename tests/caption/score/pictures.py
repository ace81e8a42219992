"""Real scenes with their questions, and plain sentences that say all of one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.vocabulary import (
    PLACES,
    SIZES,
    TYPEFACES,
    basic_color,
    number,
    place,
    size_class,
)
from glyphdata.caption.honest.quotes import marks_for
from glyphdata.caption.score.question import Question


class Scene(NamedTuple):
    """The facts of a picture and the questions that they make."""

    facts: Facts
    questions: tuple[Question, ...]


def told(
    facts: Facts, without: Sequence[int] = (), more: Sequence[str] = (), count: int = 0
) -> str:
    """All of a picture in plain sentences.

    Of the texts `without` nothing is said; `more` are said that are not there; `count` is said
    instead of how many there are.
    """
    many = count or len(facts.texts)
    sentences = [f"A graphic with {number(many)} text{'s' if many > 1 else ''}."]
    said = [text for text in facts.texts if text.id not in without]
    for text in said:
        size = SIZES[size_class(text.size_px, facts.height)][0]
        face = TYPEFACES[text.category][0]
        cell = PLACES[place(text.bbox, facts.width, facts.height)][0]
        color = basic_color(text.color)
        sentences.append(f"The text {_quoted(text)} is in {size} {color} {face} letters {cell}.")
    for one, other in pairwise(said):
        if one.bbox.bottom < other.bbox.top:
            sentences.append(f"The text {_quoted(one)} stands above {_quoted(other)}.")
    sentences += [f'There is also "{words}".' for words in more]
    return " ".join(sentences)


def _quoted(text: TextFact) -> str:
    words = " ".join(text.text.split())
    opening, closing = marks_for(words, '"', '"')
    return f"{opening}{words}{closing}"
