"""Are the words there? Precision, recall and F of words, as MARIO-Eval and Glyph-ByT5 count them.

Words are what stands between blanks. A picture's words are a multiset: precision is the share of
the words read that were asked for, recall the share of those asked for that were read, each the
mean over pictures. MARIO-Eval (TextDiffuser, arXiv 2305.10855) folds case, takes F of the two means
and calls a picture right where its sorted words are those asked for. Glyph-ByT5 (arXiv 2403.09622,
Tables 1 and 2) minds case, and reports precision by the length of the text that was asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glyphdata.review.measures.pairs import Pair

BINS = ("up to 20", "21 to 50", "51 to 100", "over 100")
"""Lengths of the text asked for, in characters without those at its ends that are blank."""

_LONGEST = (20, 50, 100)
_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class Words:
    """Means over pictures of the words that were read."""

    precision: float
    recall: float
    f: float
    """The harmonic mean of the two means."""
    accuracy: float
    """The share of pictures with just the words asked for, in any order."""
    nearly: float
    """The share of pictures in which nine tenths of the words asked for were read, or more."""
    pictures: int


def words(pairs: Sequence[Pair], *, fold: bool) -> Words:
    """The words of some pictures; with `fold` without regard to case.

    A picture in which nothing was read has a precision of 0, one of which nothing was asked for a
    recall of 1, as has the precision of one that is rightly empty. `ValueError` without pairs.
    """
    if not pairs:
        raise ValueError("there is nothing to count")
    rows = [_shares(pair, fold) for pair in pairs]
    precision, recall, accuracy, nearly = (sum(row) / len(rows) for row in zip(*rows, strict=True))
    both = precision + recall
    f = 2.0 * precision * recall / both if both else 0.0
    return Words(precision, recall, f, accuracy, nearly, len(rows))


def by_length(pairs: Sequence[Pair], *, fold: bool) -> dict[str, Words]:
    """The words by the length of the text asked for; bins without a picture are left out."""
    binned: dict[str, list[Pair]] = {name: [] for name in BINS}
    for pair in pairs:
        length = len(pair.asked.strip())
        binned[BINS[sum(length > longest for longest in _LONGEST)]].append(pair)
    return {name: words(held, fold=fold) for name, held in binned.items() if held}


def _shares(pair: Pair, fold: bool) -> tuple[float, float, float, float]:
    """Precision, recall, whether it is right and whether nearly, of one picture."""
    asked, read = _counted(pair.asked, fold), _counted(pair.read, fold)
    common = (asked & read).total()
    if not asked:
        empty = float(not read)
        return empty, 1.0, empty, 1.0
    recall = common / asked.total()
    precision = common / read.total() if read else 0.0
    return precision, recall, float(asked == read), float(recall >= _NEARLY)


def _counted(text: str, fold: bool) -> Counter[str]:
    # As MARIO-Eval does: lower case, and not casefolding, which would make ß and ss the same.
    return Counter((text.lower() if fold else text).split())
