"""Which words of a caption are about which of its quotes.

A caption is cut into sentences, a sentence between its quotes into clauses: one for each quote,
from the conjunction or comma before it to the next one's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from glyphdata.caption.honest.quotes import Quoted, masked, quoted

_ENDS = re.compile(r"(?<![.\s])[.!?…]+[\"”»’')]*(?=\s+\S|\s*$)|[。！？]|\n+")
_CLOSED = re.compile(r"[\"”»’」』]\s+(?=[A-Z])")
_STRONG = re.compile(
    r"\s*(?:;|,?\s+(?:and|while|whereas|but|plus|followed by|along with|as well as|together with)"
    r"\b(?!\s+(?:bold|italic|white|black|centered)\b)|\s[—–-]\s)"
)
_WEAK = re.compile(r"\s*,(?=\s)|\s*:(?=\s)")
_FAINT = re.compile(r"\s+(?:with|above|below|beneath|under|over|beside)\b")
_SHORT = re.compile(r"(?:\b(?:[A-Z]|no|approx|vs|etc|ca|e\.g|i\.e))\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """The words from `start` to `end` (characters) that are about quote number `quote`.

    `first` and `last` say that its sentence begins or ends with it; quote -1 stands for a sentence
    without any, which is about the quote of the sentence before if it says `it`.
    """

    start: int
    end: int
    quote: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """A caption with its quotes, its clauses, and itself with the quoted words masked."""

    text: str
    shown: str
    quotes: tuple[Quoted, ...]
    clauses: tuple[Clause, ...]
    sentences: tuple[tuple[int, int], ...]


def parsed(text: str) -> Parsed:
    """The quotes and clauses of a caption."""
    quotes = quoted(text)
    shown = masked(text, quotes)
    spans = sentences(text, quotes, shown)
    clauses: list[Clause] = []
    number = 0
    for start, end in spans:
        inside = []
        while number < len(quotes) and quotes[number].start < end:
            inside.append(number)
            number += 1
        clauses += _clauses(shown, quotes, start, end, inside)
    return Parsed(text, shown, quotes, tuple(clauses), spans)


def sentences(text: str, quotes: tuple[Quoted, ...], shown: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence starts and ends, its full stop included, blanks around it not."""
    ends = [
        found.end()
        for found in _ENDS.finditer(shown)
        if not _SHORT.search(shown, max(0, found.start() - 8), found.start() + 1)
    ]
    ends += [
        quote.end + 1
        for quote in quotes
        if quote.words[-1:] in ".!?" and _CLOSED.match(text, quote.end)
    ]
    spans: list[tuple[int, int]] = []
    at = 0
    for end in [*sorted(set(ends)), len(text)]:
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        stop = end - (len(text[at:end]) - len(text[at:end].rstrip()))
        if stop > start:
            spans.append((start, stop))
        at = end
    return tuple(spans)


def _clauses(
    shown: str, quotes: tuple[Quoted, ...], start: int, end: int, inside: list[int]
) -> list[Clause]:
    if not inside:
        return [Clause(start, end, -1, True, True)]
    borders = [start]
    for one, other in pairwise(inside):
        borders.append(_border(shown, quotes[one].end + 1, quotes[other].start - 1))
    borders.append(end)
    return [
        Clause(borders[place], borders[place + 1], quote, place == 0, place == len(inside) - 1)
        for place, quote in enumerate(inside)
    ]


def _border(shown: str, start: int, end: int) -> int:
    """Where the words about one quote end and those about the next begin."""
    for separator in (_STRONG, _WEAK, _FAINT):
        found = [match.start() for match in separator.finditer(shown, start, end)]
        if found:
            return found[-1]
    return end
