"""Where a finished caption says the texts of its scene, in bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from glyphdata.caption.honest.claims import About, fit
from glyphdata.caption.honest.clauses import Parsed
from glyphdata.caption.honest.matching import ELLIPSIS, Match
from glyphdata.caption.honest.quotations import Known
from glyphdata.caption.record import Mention

_STATUS = {"merged": "exact", "ambiguous": "near"}
_SAYS = re.compile(
    r"\b(?:reads?|reading|says?|saying|texts?|words?|titled?|letters|spells|spelling)[\s:,]+$",
    re.IGNORECASE,
)
_PLAIN_WORD = re.compile(r"[a-z]+")


def mentions(caption: Parsed, matches: Sequence[Match], known: Known) -> tuple[Mention, ...]:
    """A mention for each quoted text, and one for each that is said exactly without quotes."""
    used: set[int] = set()
    spans: list[tuple[int, int, int, str]] = []
    stated = known.claims(caption).quotes
    for quote, match, about in zip(caption.quotes, matches, stated, strict=True):
        start = quote.start + len(quote.words) - len(quote.words.lstrip())
        words = (
            ELLIPSIS.sub("", quote.words.strip())
            if match.grade == "partial"
            else quote.words.strip()
        )
        if match.grade == "merged":
            spans += _parts(words, start, match, known)
            used.update(match.texts)
            continue
        place = -1
        if match.grade != "invented":
            place = _box(known.same(match), about, used, known)
            used.add(place)
        status = _STATUS.get(match.grade, match.grade)
        spans.append((start, start + len(words), place, status))
    spans += _unquoted(caption, used, known)
    at = _bytes_before(caption.text)
    refs = [text.id for text in known.facts.texts]
    return tuple(
        Mention(refs[place] if place >= 0 else -1, at(start), at(end), status)
        for start, end, place, status in sorted(spans)
    )


def _box(places: Sequence[int], about: About, used: set[int], known: Known) -> int:
    """Of the boxes that say the same, one not yet mentioned that the clause fits best."""
    if len(places) == 1:
        return places[0]
    texts = known.facts.texts
    return min(
        places,
        key=lambda place: (fit(about, texts[place], known.facts)[1], place in used, place),
    )


def _parts(words: str, start: int, match: Match, known: Known) -> list[tuple[int, int, int, str]]:
    """Texts that follow each other, quoted as one."""
    spans = []
    at = 0
    for place in match.texts:
        said = known.spoken[place].strip()
        found = words.find(said, at)
        if found >= 0:
            at = found + len(said)
            spans.append((start + found, start + at, place, "exact"))
    return spans


def _unquoted(caption: Parsed, used: set[int], known: Known) -> list[tuple[int, int, int, str]]:
    """Texts that the caption says letter by letter outside its quotes.

    Those of at least three characters or with a digit; a common word must be called a word
    (`the word open`), or it is just a word of the caption.
    """
    spans: list[tuple[int, int, int, str]] = []
    for place, said in enumerate(known.spoken):
        if place in used or (len(said) < 3 and not any(letter.isdigit() for letter in said)):
            continue
        found = re.search(rf"(?<!\w){re.escape(said.strip())}(?!\w)", caption.shown)
        if found is None or any(
            start < found.end() and found.start() < end for start, end, _, _ in spans
        ):
            continue
        begins = any(found.start() == start for start, _ in caption.sentences)
        common = _PLAIN_WORD.fullmatch(said) or (begins and said[1:].islower())
        if not common or _SAYS.search(caption.shown, max(0, found.start() - 24), found.start()):
            spans.append((found.start(), found.end(), place, "exact"))
    return spans


def _bytes_before(text: str) -> Callable[[int], int]:
    """How many bytes of UTF-8 stand before a character."""
    if text.isascii():
        return lambda at: at
    return lambda at: len(text[:at].encode("utf-8", "surrogatepass"))
