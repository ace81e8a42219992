"""How many texts a caption says there are."""

from __future__ import annotations

import re
from typing import NamedTuple

from glyphdata.caption.grammar.vocabulary import NUMBERS

_COUNTED = {
    "texts": "text",
    "text elements": "text element",
    "text boxes": "text box",
    "text blocks": "text block",
    "pieces of text": "piece of text",
    "blocks of text": "block of text",
    "bits of text": "bit of text",
    "lines of text": "line of text",
    "text lines": "text line",
    "inscriptions": "inscription",
    "phrases": "phrase",
    "messages": "message",
}
_SINGULAR = {one: many for many, one in _COUNTED.items()}
_NUMBER = "|".join((*NUMBERS[1:], r"\d{1,3}"))
_COUNT = re.compile(
    rf"(?<!\bother )(?<!\banother )(?<!\bthe )(?<!\bfirst )(?<!\blast )"
    rf"\b(?:(?P<be>is|are)\s+)?(?P<number>{_NUMBER}|a single|several|multiple)\s+"
    r"(?:(?:separate|different|distinct|individual)\s+)?"
    rf"(?P<noun>{'|'.join((*_COUNTED, *(one for one in _SINGULAR)))})\b",
    re.IGNORECASE,
)


class CountClaim(NamedTuple):
    """How many texts a caption says there are; `number` 0 means several."""

    start: int
    end: int
    number: int
    noun: str
    be: str


def counts(shown: str) -> tuple[CountClaim, ...]:
    """The numbers of texts that a caption states; `one text` may begin a list."""
    claims = []
    for found in _COUNT.finditer(shown):
        word, noun = found["number"].lower(), found["noun"].lower()
        if word == "one" and not found["be"]:
            continue
        value = {"a single": 1, "several": 0, "multiple": 0}.get(word, -1)
        if value < 0:
            value = int(word) if word.isdigit() else NUMBERS.index(word)
        claims.append(CountClaim(found.start(), found.end(), value, noun, found["be"] or ""))
    return tuple(claims)


def counted(number: int, claim: CountClaim) -> str:
    """The claim with the right number, its noun and verb agreeing."""
    one = _COUNTED.get(claim.noun, claim.noun)
    noun = one if number == 1 else _SINGULAR[one]
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    verb = ("is " if number == 1 else "are ") if claim.be else ""
    return f"{verb}{word} {noun}"
