"""Is the text as a whole right? Exact sequences, and how far off they are.

SeqAcc, of UDiffText (arXiv 2312.04884): equal without regard to case. Sen.ACC, of AnyText (arXiv
2311.03054): equal, case and all. NED, of AnyText's evaluation: the mean of
1 - distance / (longer length + 1e-5), case and all, where distance is Levenshtein's. Blanks at the
ends of a text do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glyphdata.review.measures.distance import distance
from glyphdata.review.measures.pairs import Pair

_SOFT = 1e-5


@dataclass(frozen=True, slots=True)
class Sequences:
    """Means over texts, each of one line or of one picture."""

    seq_acc: float
    """Equal without regard to case."""
    sen_acc: float
    """Equal."""
    ned: float
    """Likeness: 1 is equal, 0 has nothing in place."""
    edits: float
    """Insertions, deletions and replacements per text."""
    texts: int


def sequences(pairs: Sequence[Pair]) -> Sequences:
    """The sequences of some texts. `ValueError` without pairs."""
    if not pairs:
        raise ValueError("there is nothing to compare")
    same = folded = edits = 0
    likeness = 0.0
    for pair in pairs:
        asked, read = pair.asked.strip(), pair.read.strip()
        apart = distance(asked, read)
        same += apart == 0
        folded += asked.lower() == read.lower()
        edits += apart
        likeness += 1.0 - apart / (max(len(asked), len(read)) + _SOFT)
    count = len(pairs)
    return Sequences(folded / count, same / count, likeness / count, edits / count, count)
