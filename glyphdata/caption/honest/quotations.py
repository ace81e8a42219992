"""The quotes of a caption held against the texts of its scene, all together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from glyphdata.caption.facts import Facts
from glyphdata.caption.honest.claims import About, Claims, claims, fit
from glyphdata.caption.honest.clauses import Parsed
from glyphdata.caption.honest.dropping import dropped
from glyphdata.caption.honest.edits import Edit
from glyphdata.caption.honest.matching import Candidate, Match, candidates, matched, spoken
from glyphdata.caption.honest.quotes import Quoted, marks_for

_SURE = ("exact", "case", "merged")
_STOP = re.compile(r"[.,;:]$")


@dataclass(frozen=True, slots=True)
class Known:
    """The texts of a scene, made ready to be compared; what was compared is remembered."""

    facts: Facts
    spoken: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    _matches: dict[str, Match] = field(default_factory=dict)
    _stated: dict[str, Claims] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts) -> Known:
        """Ready for any number of captions of one picture."""
        texts = tuple(spoken(text.text) for text in facts.texts)
        return cls(facts, texts, candidates(texts))

    def match(self, words: str) -> Match:
        """What one quoted text means by itself."""
        found = self._matches.get(words)
        if found is None:
            found = self._matches[words] = matched(words, self.candidates)
        return found

    def claims(self, caption: Parsed) -> Claims:
        """What a caption claims of the scene."""
        found = self._stated.get(caption.text)
        if found is None:
            found = self._stated[caption.text] = claims(caption, self.facts)
        return found

    def same(self, match: Match) -> tuple[int, ...]:
        """The places of all texts that a match may mean: those that say the same included."""
        if len(match.texts) != 1:
            return match.texts
        said = self.spoken[match.texts[0]]
        return tuple(place for place, other in enumerate(self.spoken) if other == said)


def quotations(caption: Parsed, known: Known) -> tuple[tuple[Match, ...], list[Edit]]:
    """What each quote means, and the edits that make the quotes true."""
    matches = _one_to_one([known.match(quote.words) for quote in caption.quotes], known)
    swaps = _swaps(caption, matches, known)
    edits: list[Edit] = []
    for number, (quote, match) in enumerate(zip(caption.quotes, matches, strict=True)):
        truth = swaps.get(number, match.truth)
        if truth and truth != quote.words.strip():
            edits.append(_said(caption.text, quote, truth))
    return tuple(matches), edits or dropped(caption, matches)


def _one_to_one(matches: list[Match], known: Known) -> list[Match]:
    """A text that is said rightly, or more nearly, elsewhere is not meant a second time."""
    left = Counter(known.spoken)
    left -= Counter(
        {known.spoken[place] for match in matches if match.grade in _SURE for place in match.texts}
    )
    order = sorted(
        (number for number, match in enumerate(matches) if match.grade == "near"),
        key=lambda number: (-matches[number].alike, number),
    )
    for number in order:
        texts = [known.spoken[place] for place in matches[number].texts]
        if all(left[text] > 0 for text in texts):
            left -= Counter(texts)
        else:
            matches[number] = replace(matches[number], grade="invented", texts=(), truth="")
    return matches


def _swaps(caption: Parsed, matches: Sequence[Match], known: Known) -> dict[int, str]:
    """Pairs of quotes that stand in each other's clauses, with what each should say instead."""
    single = [
        number
        for number, match in enumerate(matches)
        if match.grade in ("exact", "case", "near") and len(known.same(match)) == 1
    ]
    if len(single) < 2:
        return {}
    stated = known.claims(caption).quotes
    wrong = [number for number in single if _misplaced(stated, matches, known, number, number)]
    swaps: dict[int, str] = {}
    for one in wrong:
        for other in wrong:
            fitting = one < other and one not in swaps and other not in swaps
            if (
                fitting
                and matches[one].texts != matches[other].texts
                and all(
                    _fitting(stated, matches, known, *pair) for pair in ((one, other), (other, one))
                )
            ):
                swaps |= {one: matches[other].truth, other: matches[one].truth}
    return swaps


def _misplaced(
    stated: Sequence[About], matches: Sequence[Match], known: Known, clause: int, text: int
) -> bool:
    right, wrong = _fit(stated, matches, known, clause, text)
    return right == 0 and wrong > 0


def _fitting(
    stated: Sequence[About], matches: Sequence[Match], known: Known, clause: int, text: int
) -> bool:
    right, wrong = _fit(stated, matches, known, clause, text)
    return wrong == 0 and right > 0


def _fit(
    stated: Sequence[About], matches: Sequence[Match], known: Known, clause: int, text: int
) -> tuple[int, int]:
    box = known.facts.texts[matches[text].texts[0]]
    return fit(stated[clause], box, known.facts)


def _said(text: str, quote: Quoted, truth: str) -> Edit:
    """The quote with other words: its marks kept unless the words hold them, its comma put out."""
    opening, closing = marks_for(truth, text[quote.start - 1], text[quote.end])
    stop = _STOP.search(quote.words)
    follows = text[quote.end + 1 : quote.end + 2]
    outside = (
        stop[0]
        if stop and not truth.endswith(stop[0]) and (not follows or follows.isspace())
        else ""
    )
    if not outside and opening == text[quote.start - 1]:
        return Edit(quote.start, quote.end, truth, "text")
    words = f"{opening}{truth}{closing}{outside}"
    return Edit(quote.start - 1, quote.end + 1, words, "text")
