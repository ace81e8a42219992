"""Which text of a picture a caption means by what it quotes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from glyphdata.caption.facts import Facts
from glyphdata.caption.score.hearing import Mention
from glyphdata.caption.score.opening import plain

NOBODY = -1
"""The ref of a mention that means no text of the picture: it is invented."""

_LIKENESS = ((5, 0.66), (10, 0.62), (20, 0.55))
_LIKE_LONG = 0.50
_PART = 3  # characters that a part of a text must have to be taken for one


def matched(mentions: Sequence[Mention], facts: Facts) -> tuple[int, ...]:
    """The id of the text that each mention means, or `NOBODY`.

    A text said to the letter means itself; then parts of texts are found, then, one to one and the
    likest first, misspelt ones: by normalised Levenshtein similarity without regard to case, at
    least .66 up to 5 characters, .62 up to 10, .55 up to 20, .50 above.
    """
    texts = {text.id: plain(text.text) for text in facts.texts}
    said = list(dict.fromkeys((mention.words, mention.cut) for mention in mentions))
    found = {one: _exact(one[0], texts) for one in said}
    left = set(texts) - set(found.values())
    for one in said:
        if found[one] == NOBODY:
            found[one] = _part(*one, texts, left)
    left -= set(found.values())
    pairs = [
        (-_likeness(one[0].casefold(), texts[ref].casefold()), at, ref)
        for at, one in enumerate(said)
        if found[one] == NOBODY
        for ref in sorted(left)
    ]
    for unlike, at, ref in sorted(pairs):
        one = said[at]
        enough = _enough(max(len(one[0]), len(texts[ref])))
        if found[one] == NOBODY and ref in left and -unlike >= enough:
            found[one] = ref
            left.discard(ref)
    return tuple(found[mention.words, mention.cut] for mention in mentions)


def _exact(words: str, texts: dict[int, str]) -> int:
    return next((ref for ref, text in texts.items() if text == words), NOBODY)


def _part(words: str, cut: bool, texts: dict[int, str], left: set[int]) -> int:
    """The text that the words begin, or stand in; those not yet mentioned come first."""
    order = sorted(texts, key=lambda ref: (ref not in left, ref))
    if cut:
        for ref in order:
            if texts[ref].startswith(words):
                return ref
    if len(words) >= _PART:
        for ref in order:
            if part_of(words, texts[ref]):
                return ref
    return NOBODY


def part_of(words: str, whole: str) -> bool:
    """Are these some whole words of a text?"""
    at = whole.find(words)
    end = at + len(words)
    return at >= 0 and not (
        ((whole[at - 1 : at] + words[0]).isalnum() and at > 0)
        or ((words[-1] + whole[end : end + 1]).isalnum() and end < len(whole))
    )


def _enough(length: int) -> float:
    return next((least for longest, least in _LIKENESS if length <= longest), _LIKE_LONG)


@lru_cache(maxsize=4096)
def _likeness(one: str, other: str) -> float:
    """1 less the Levenshtein distance over the greater length; 0 where lengths tell it is low."""
    if len(one) > len(other):
        one, other = other, one
    if not other or len(one) < _LIKE_LONG * len(other):
        return 0.0
    above = list(range(len(one) + 1))
    for row, its in enumerate(other, 1):
        line = [row]
        for at, mine in enumerate(one):
            line.append(min(above[at] + (mine != its), above[at + 1] + 1, line[at] + 1))
        above = line
    return 1.0 - above[-1] / len(other)
