"""A caption made true: its quotes, and what it says of colours, places, counts and the background.

Quotes come first, then what is said of them. Each stage is done again until it changes nothing, so
that a repaired caption stays as it is when it is repaired again. Nothing is repaired blindly: where
two texts of the scene may be meant, the words stay and the caption is flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.honest.claims import corrections
from glyphdata.caption.honest.clauses import Parsed, parsed
from glyphdata.caption.honest.edits import Edit, edited
from glyphdata.caption.honest.matching import Match
from glyphdata.caption.honest.mentions import mentions
from glyphdata.caption.honest.quotations import Known, quotations
from glyphdata.caption.record import Mention, Repair

_ROUNDS = 4


class Repaired(NamedTuple):
    """A caption that agrees with the truth: its words, what was changed, where it says which text.

    `flags`: `ambiguous` and `invented` (a quote that stays though it is not the scene's), `color`,
    `place`, `count` (claims that stay though they are not true).
    """

    text: str
    repairs: tuple[Repair, ...]
    mentions: tuple[Mention, ...]
    flags: tuple[str, ...]


def repaired(text: str, facts: Facts) -> Repaired:
    """The caption made true; never raises, whatever the text is."""
    known = Known.of(facts)
    repairs: list[Repair] = []
    text = _settled(text, lambda caption: quotations(caption, known)[1], repairs)
    text = _settled(text, lambda caption: _claims(caption, known)[0], repairs)
    caption = parsed(text)
    matches, _ = quotations(caption, known)
    flags = _claims(caption, known)[1]
    flags |= {match.grade for match in matches if match.grade in ("ambiguous", "invented")}
    return Repaired(text, tuple(repairs), mentions(caption, matches, known), tuple(sorted(flags)))


def _settled(text: str, find: Callable[[Parsed], list[Edit]], repairs: list[Repair]) -> str:
    """The text after as many rounds of edits as it takes, a few at most."""
    for _ in range(_ROUNDS):
        edits = find(parsed(text))
        if not edits:
            break
        text, made = edited(text, edits)
        repairs += made
    return text


def _claims(caption: Parsed, known: Known) -> tuple[list[Edit], set[str]]:
    matches, _ = quotations(caption, known)
    return corrections(caption, known.claims(caption), meant(matches, known), known.facts)


def meant(matches: Sequence[Match], known: Known) -> list[tuple[TextFact, ...]]:
    """The boxes that each quote may be about; none where that is not sure."""
    return [
        tuple(known.facts.texts[place] for place in known.same(match))
        if match.grade not in ("ambiguous", "invented")
        else ()
        for match in matches
    ]
