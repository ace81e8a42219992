"""Quotes that a scene does not have, cut out where a sentence can do without their clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glyphdata.caption.honest.clauses import Clause, Parsed
from glyphdata.caption.honest.edits import Edit
from glyphdata.caption.honest.matching import Match

_ELSE = re.compile(
    r"\b(?:background|backdrop|canvas|surface|gradient|photo|photograph|border|frame|poster|banner|"
    r"sign|image|picture|pixels)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r",?\s+(?:(?:that|which)\s+(?:says|reads|states|shows|contains|displays|features|bears)|saying|"
    r"reading|showing|stating|displaying|featuring|containing|bearing|"
    r"with\s+(?:(?:the|a|an)\s+)?(?:[\w-]+\s+){0,4}?(?:texts?|words?|title|headline|message|phrase|letters|"
    r"inscription|heading|slogan)(?:\s+(?:that\s+)?(?:says|reads|saying|reading|of))?)"
    r"(?:\s+(?:the\s+)?(?:texts?|words?|phrase|message))?[\s:,]*$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*[,;]?\s*(?:(?:and|plus)\s+)?$")
_AND = re.compile(r"\s*,?\s+and\b")


def dropped(caption: Parsed, matches: Sequence[Match]) -> list[Edit]:
    """The cut for the first quote that can go; the next one is found when that is done."""
    by_quote = {clause.quote: place for place, clause in enumerate(caption.clauses)}
    for number, match in enumerate(matches):
        if match.grade == "invented" and number in by_quote:
            edits = _cut(caption, by_quote[number])
            if edits:
                return edits
    return []


def _cut(caption: Parsed, place: int) -> list[Edit]:
    clause = caption.clauses[place]
    if clause.first and clause.last:
        return _only(caption, clause, place)
    if clause.first:
        return _before_others(caption, clause, caption.clauses[place + 1])
    return _after_others(caption, clause, place)


def _only(caption: Parsed, clause: Clause, place: int) -> list[Edit]:
    """A sentence with this quote alone: it goes, or it loses `that says "…" in red`."""
    quote = caption.quotes[clause.quote]
    end = _before_stop(caption, clause.end)
    says = _SAYS.search(caption.shown[clause.start : quote.start - 1])
    rest = caption.shown[quote.end + 1 : end]
    if says is not None and says.start() > 3 and not _ELSE.search(rest):
        return [Edit(clause.start + says.start(), end, "", "text")]
    said = caption.shown[clause.start : clause.end]
    if place == 0 or _ELSE.search(said):
        return []
    return [Edit(caption.clauses[place - 1].end, clause.end, "", "text")]


def _before_others(caption: Parsed, clause: Clause, following: Clause) -> list[Edit]:
    """The first of a list: `the texts "…" in red, "A" and "B"`."""
    quote, after = caption.quotes[clause.quote], caption.quotes[following.quote]
    between = caption.shown[following.start : after.start - 1]
    tail = caption.shown[quote.end + 1 : following.start]
    if not _LISTED.fullmatch(between) or _ELSE.search(tail):
        return []
    return [Edit(quote.start - 1, after.start - 1, "", "text")]


def _after_others(caption: Parsed, clause: Clause, place: int) -> list[Edit]:
    """One in the middle or at the end of a list; the one before the last gets the `and`."""
    if _ELSE.search(caption.shown, clause.start, clause.end):
        return []
    end = _before_stop(caption, clause.end) if clause.last else clause.end
    before = caption.clauses[place - 1]
    opens = caption.quotes[before.quote].start - 1
    comma = not before.first and caption.shown[before.start : opens].strip() == ","
    if clause.last and comma and _AND.match(caption.shown, clause.start):
        kept = caption.text[before.start + 1 : clause.start]
        return [Edit(before.start, end, " and" + kept, "text")]
    start = clause.start
    while clause.last and caption.shown[start - 1].isspace():
        start -= 1
    return [Edit(start, end, "", "text")]


def _before_stop(caption: Parsed, end: int) -> int:
    while end > 0 and caption.shown[end - 1] in ".!?… ":
        end -= 1
    return end
