"""Which text of a scene does a quoted one mean, and how well does it say it?

Compared is the normalised Levenshtein similarity of casefolded texts, 1 - distance / longer length
(V. Levenshtein, 1966), with thresholds that fall with length: a short text that is one letter off
may well be another text. Partial ratios are no use here: they call `A` a part of `SALE`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio_alignment

Grade = Literal["exact", "case", "merged", "partial", "near", "ambiguous", "invented"]

MARGIN = 0.10
"""How much more alike than any other text of the scene one must be to be the one that is meant."""

_STEPS = ((5, 2 / 3), (10, 0.62), (20, 0.55))
_LONG = 0.50
_WINDOW = 12  # characters from which on a part of a longer text can be told though misread
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EDGES = re.compile(
    r"^[^\w\s$€£₽¥%#@+&]+|[^\w\s$€£₽¥%#@+&\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]+$"
)
_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‘’‚‛ʼ`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
    }
)
ELLIPSIS = re.compile(r"\s*(?:…|\.{3,})\s*$")
"""What stands at the end of a text that is quoted in part."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Match:
    """What a quoted text means: the places of `texts` it says, and `truth`, what it should say.

    `truth` is empty where nothing of the scene is meant, or more than one may be.
    """

    grade: Grade
    texts: tuple[int, ...] = ()
    truth: str = ""
    alike: float = 0.0


def spoken(text: str) -> str:
    """A scene's text as a caption says it: in one line."""
    return " ".join(text.splitlines())


def plain(text: str) -> str:
    """A text as it is compared: NFKC, casefolded, single blanks, one kind of dash and apostrophe,
    without invisible characters and without punctuation at its ends (unless it has nothing else).
    """
    if not text.isascii():
        text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME)
    text = " ".join(text.casefold().split())
    return _EDGES.sub("", text).strip() or text


def threshold(length: int) -> float:
    """How alike a quoted text must be to a scene's text of so many characters to be meant for it.

    It keeps false alarms at 1 % against the best of four other texts, at 12 % of characters wrong.
    """
    return next((limit for longest, limit in _STEPS if length <= longest), _LONG)


def similarity(one: str, other: str) -> float:
    """How alike two plain texts are, 0 to 1."""
    return float(Levenshtein.normalized_similarity(one, other))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text of the scene, or some that follow each other, as a caption may quote it."""

    texts: tuple[int, ...]
    truth: str
    plain: str


def candidates(texts: Sequence[str]) -> tuple[Candidate, ...]:
    """Each text, each line of it, and each two or three texts that follow each other."""
    said = [spoken(text) for text in texts]
    found = [Candidate((place,), words, plain(words)) for place, words in enumerate(said)]
    for size in (2, 3):
        for place in range(len(said) - size + 1):
            merged = " ".join(said[place : place + size])
            if len(merged) <= 300:
                found.append(Candidate(tuple(range(place, place + size)), merged, plain(merged)))
    return tuple(found)


def matched(words: str, known: Sequence[Candidate]) -> Match:
    """What one quoted text means, whatever else the caption quotes."""
    bare = words.strip()
    asked = plain(bare)
    torn = ELLIPSIS.search(bare) is not None
    same = [one for one in known if one.truth == bare] or [
        one for one in known if one.plain == asked and (not torn or ELLIPSIS.search(one.truth))
    ]
    if same:
        best = min(same, key=lambda one: (len(one.texts), one.truth != bare))
        whole: Grade = "exact" if best.truth == bare else "case"
        grade: Grade = "merged" if len(best.texts) > 1 else whole
        return Match(grade, best.texts, best.truth, 1.0)
    return _part(bare, asked, known) or _near(asked, known) or Match("invented")


def _part(bare: str, asked: str, known: Sequence[Candidate]) -> Match | None:
    """A text that stands in one of the scene's, from word to word or up to an ellipsis."""
    cut = ELLIPSIS.search(bare)
    sought = plain(bare[: cut.start()]) if cut else asked
    if len(sought) < 2:
        return None
    for one in known:
        if len(one.texts) == 1 and _within(sought, one.plain, cut is not None):
            kept = bare[: cut.start()] if cut else bare
            at = one.truth.casefold().find(kept.casefold())
            same_length = len(one.truth.casefold()) == len(one.truth)
            true = one.truth[at : at + len(kept)] if at >= 0 and same_length else kept
            return Match("partial", one.texts, true + bare[len(kept) :], 1.0)
    return None


def _within(part: str, whole: str, torn: bool) -> bool:
    at = whole.find(part)
    while at >= 0:
        end = at + len(part)
        starts = at == 0 or not whole[at - 1].isalnum() or _UNSPACED.match(part) is not None
        ends = torn or end == len(whole) or not whole[end].isalnum() or _UNSPACED.match(part)
        if starts and ends:
            return True
        at = whole.find(part, at + 1)
    return False


def _near(asked: str, known: Sequence[Candidate]) -> Match | None:
    """The text that is clearly more alike than all others; ambiguous where none is clearly."""
    rated = sorted(
        ((similarity(asked, one.plain), -len(one.texts), one) for one in known),
        key=lambda rating: rating[:2],
        reverse=True,
    )
    if not rated:
        return None
    alike, _, best = rated[0]
    part = _misread_part(asked, known) if alike < 1.0 - MARGIN else None
    if alike < threshold(len(best.plain)) or (part is not None and part.alike > alike + MARGIN):
        return part
    rivals = [
        score
        for score, _, one in rated
        if one.plain != best.plain and not set(one.texts) & set(best.texts)
    ]
    if rivals and alike - rivals[0] < MARGIN:
        return Match("ambiguous", best.texts, "", alike)
    return Match("near", best.texts, best.truth, alike)


def _misread_part(asked: str, known: Sequence[Candidate]) -> Match | None:
    """Some words of a longer text, with letters that are wrong."""
    if len(asked) < _WINDOW:
        return None
    found: list[tuple[float, Candidate, str]] = []
    for one in known:
        low = one.truth.casefold()
        if len(one.texts) > 1 or len(low) != len(one.truth) or len(low) <= len(asked):
            continue
        where = partial_ratio_alignment(asked, low, score_cutoff=60.0)
        if where is not None:
            part = _snapped(one.truth, where.dest_start, where.dest_end)
            found.append((similarity(asked, plain(part)), one, part))
    found.sort(key=lambda rating: rating[0], reverse=True)
    if not found or found[0][0] < max(threshold(len(asked)), 0.6):
        return None
    if len(found) > 1 and found[0][0] - found[1][0] < MARGIN and found[1][2] != found[0][2]:
        return Match("ambiguous", found[0][1].texts, "", found[0][0])
    return Match("partial", found[0][1].texts, found[0][2], found[0][0])


def _snapped(text: str, start: int, end: int) -> str:
    """The piece of a text grown or shrunk to whole words, whichever is nearer."""
    if _UNSPACED.search(text):
        return text[start:end].strip()
    starts = [found.start() for found in re.finditer(r"\S+", text)]
    ends = [found.end() for found in re.finditer(r"\S+", text)]
    first = min(starts, key=lambda at: abs(at - start))
    last = min((at for at in ends if at > first), key=lambda at: abs(at - end))
    return text[first:last]
