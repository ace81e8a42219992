"""Faults planted in captions that are true: each is found, undone, and moves nothing else."""

from __future__ import annotations

import re
import time

import pytest

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.grammar.vocabulary import NUMBERS
from glyphdata.caption.honest.clean import cleaned
from glyphdata.caption.honest.repair import repaired
from glyphdata.caption.record import Caption
from glyphdata.scene.rng import Rng
from tests.caption.honest.scenes import drawn

SCENES = 150
LEVELS = (1, 2, 3, 4)


def _told() -> list[tuple[int, Facts, Caption]]:
    return [
        (number, facts, say(facts, level, seed=number))
        for number in range(SCENES)
        for facts in (drawn(number),)
        for level in LEVELS
    ]


TOLD = _told()


def test_captions_from_truth_pass_unharmed_with_the_same_mentions() -> None:
    for _, facts, caption in TOLD:
        assert cleaned(caption.text) == (caption.text, ())
        found = repaired(caption.text, facts)
        assert (found.text, found.repairs, found.flags) == (caption.text, (), ()), found
        assert found.mentions == caption.mentions, caption.text


def _words(caption: Caption, facts: Facts) -> list[tuple[int, str]]:
    """The whole texts that a caption quotes, with the character each starts at."""
    said = caption.text.encode()
    return [
        (len(said[: one.start].decode()), said[one.start : one.end].decode())
        for one in caption.mentions
        if one.status == "exact"
    ]


def _misspelled(caption: Caption, facts: Facts, rng: Rng) -> str:
    """One character of one quoted text of six or more is another."""
    quotes = [one for one in _words(caption, facts) if len(one[1]) > 5]
    if not quotes or len(_words(caption, facts)) != len({words for _, words in quotes}):
        return ""
    start, words = rng.at("quote").pick(quotes)
    place = start + rng.at("letter").integer(0, len(words))
    if not caption.text[place].isalnum():
        return ""
    return f"{caption.text[:place]}q{caption.text[place + 1 :]}"


def _recolored(caption: Caption, facts: Facts, rng: Rng) -> str:
    """One colour of a text is another basic one."""
    shown = re.compile(
        r"(?<=”|\") in (white|yellow|red|black|green|orange|purple|pink|gray|brown)\b"
    )
    found = shown.search(caption.text)
    if found is None:
        return ""
    others = {"white": "blue", "black": "yellow", "blue": "red", "yellow": "purple"}
    return (
        caption.text[: found.start(1)] + others.get(found[1], "blue") + caption.text[found.end() :]
    )


def _moved(caption: Caption, facts: Facts, rng: Rng) -> str:
    """One place is the opposite one."""
    opposite = {
        "at the top left": "at the bottom right",
        "in the upper left": "at the bottom right",
        "at the bottom right": "at the top left",
        "in the lower right": "at the top left",
        "in the center": "at the top left",
        "on the left": "at the bottom right",
    }
    for phrase, other in opposite.items():
        found = re.search(rf"\b{phrase}\b(?! of|-| side)", caption.text)
        if found is not None:
            return caption.text[: found.start()] + other + caption.text[found.end() :]
    return ""


def _miscounted(caption: Caption, facts: Facts, rng: Rng) -> str:
    """One text more than there are."""
    word = NUMBERS[len(facts.texts)]
    found = re.search(rf"\b{word} (?:pieces of text|texts)\b", caption.text)
    if found is None:
        return ""
    return f"{caption.text[: found.start()]}nine {caption.text[found.start() + len(word) + 1 :]}"


def _regrounded(caption: Caption, facts: Facts, rng: Rng) -> str:
    """A ground of another colour."""
    return caption.text.replace(" blue background", " red background", 1)


@pytest.mark.parametrize(
    ("plant", "kind", "least"),
    [
        (_misspelled, "text", 150),
        (_recolored, "color", 100),
        (_moved, "place", 100),
        (_miscounted, "count", 50),
        (_regrounded, "background", 150),
    ],
)
def test_a_planted_fault_is_undone_and_nothing_else_is_touched(
    plant, kind: str, least: int
) -> None:
    planted = 0
    for number, facts, caption in TOLD:
        said = plant(caption, facts, Rng.of(3, number))
        if not said or said == caption.text:
            continue
        planted += 1
        found = repaired(said, facts)
        assert [repair.what for repair in found.repairs] == [kind], (said, found)
        assert repaired(found.text, facts)[:2] == (found.text, ())
        if kind in ("text", "count"):
            assert found.text == caption.text
        assert _slices(found.text, found.mentions) == _slices(caption.text, caption.mentions)
    assert planted >= least


def _slices(text: str, mentions) -> list[tuple[int, bytes, str]]:
    said = text.encode()
    return [(one.ref, said[one.start : one.end], one.status) for one in mentions]


def test_a_caption_takes_less_than_a_millisecond() -> None:
    began = time.process_time()
    for _, facts, caption in TOLD:
        repaired(caption.text, facts)
    assert (time.process_time() - began) / len(TOLD) < 0.001
