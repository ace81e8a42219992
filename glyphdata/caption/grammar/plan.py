"""What each level says: decided before a word is written, so that facts nest and budgets hold.

The texts are ranked by how much they catch the eye. A level tells the first few in full, some more
in brief, quotes the next, and counts the rest; no coarser level may tell more of a text than a
finer one. How many fit is reckoned with the longest words that the grammar has, so that every draw
of words stays within the budget.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar import looks
from glyphdata.caption.levels import BUDGETS

QUOTED = {1: 90, 2: 36, 3: 14, 4: 8, 5: 8, 6: 0}
"""How many words of the texts a level may quote in all."""

_FEW = {1: 90, 2: 8, 3: 4}
"""How many words of a text a level would rather quote than tell of one text more."""

_FIXED = {1: 31, 2: 18, 3: 13}
"""What a level's opening takes at most, in words."""

_SEVERAL = {1: 13, 2: 12, 3: 5}
"""What `also seen`, `other texts read` and `two more` take at most."""

_MOST = {1: 16, 2: 8, 3: 4}
"""How many texts a level quotes at most."""

_WIDE = 12
"""Letters that count as a word where a text has no blanks to count words by."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one level says of the texts: the first `full` of the rank in full, up to `brief` in
    brief, up to `quoted` by their words alone; of a text it quotes `caps[i]` words at most."""

    full: int
    brief: int
    quoted: int
    caps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The flattened texts, the rank of those that say something (indices into the facts' texts),
    and each level's share, finest first."""

    flat: tuple[str, ...]
    rank: tuple[int, ...]
    shares: tuple[Share, ...]


def flat(text: str) -> str:
    """A text on one line: line ends become one blank, all else stays as it is."""
    return " ".join(filter(None, text.splitlines()))


def beginning(text: str, cap: int) -> str:
    """The first `cap` words of a text, or all of it.

    Where there are no blanks, twelve letters or four ideographs count as a word; a cut there is
    between graphemes.
    """
    head = text
    if quoted_words(text) > cap:
        # A blank at its beginning parts the quotation mark from it: that counts for a word too.
        words = islice(re.finditer(r"\S+", text), max(1, cap - text[:1].isspace()))
        head = text[: max((word.end() for word in words), default=0)]
    if _width(head) <= _WIDE * cap:
        return head
    from glyphdata.parts.phrase import segmented  # ICU is slow to import, and cuts are rare

    size = width = 0
    for one in segmented(head):
        width += _width(one)
        if size and width > _WIDE * cap:
            break
        size += len(one)
    return text[:size].rstrip()


def quoted_words(text: str) -> int:
    """How many words a text is between quotation marks."""
    return len(f'"{text}"'.split())


def _width(text: str) -> int:
    """How many letters a text is worth: what is written in squares counts for three."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * sum("\u2e80" <= char < "\ufb00" for char in text)


@lru_cache(maxsize=64)
def planned(facts: Facts) -> Plan:
    """What each level says of these facts."""
    flattened = tuple(flat(text.text) for text in facts.texts)
    rank = _ranked(facts, flattened)
    lengths = [_length(flattened[at]) for at in rank]
    shares: list[Share] = []
    finer = Share(len(rank), len(rank), len(rank), tuple(lengths))
    for level in (1, 2, 3, 4, 5, 6):
        finer = _share(level, [facts.texts[at] for at in rank], finer)
        shares.append(finer)
    return Plan(flattened, rank, tuple(shares))


def _ranked(facts: Facts, flattened: tuple[str, ...]) -> tuple[int, ...]:
    """The texts that are not blank, most striking first: size × √contrast × nearness to the middle
    (1 there, ½ in a corner); in reading order on a tie."""
    middle_x, middle_y = facts.width / 2, facts.height / 2
    half = math.hypot(middle_x, middle_y) or 1.0

    def striking(at: int) -> tuple[float, int]:
        text = facts.texts[at]
        box = text.bbox
        away = math.hypot(
            (box.left + box.right) / 2 - middle_x, (box.top + box.bottom) / 2 - middle_y
        )
        near = 1.0 - 0.5 * min(1.0, away / half)
        return -round(text.size_px * math.sqrt(max(text.contrast, 1.0)) * near, 6), at

    return tuple(sorted((at for at, text in enumerate(flattened) if text.strip()), key=striking))


def _length(text: str) -> int:
    """Words to quote, counting twelve letters as one where there are fewer blanks than that."""
    return max(len(text.split()), -(-_width(text) // _WIDE))


def _share(level: int, texts: list[TextFact], finer: Share) -> Share:
    """The most that a level can tell within its budget, and no more than the finer one.

    First as many texts as fit with few of their words, then more of the words.
    """
    if level >= 4:
        count = min({4: 2, 5: 1, 6: 0}[level], finer.brief)
        return Share(0, count, count, _caps(finer.caps, count, QUOTED[level] + (count == 1)))
    most = min(finer.quoted, _MOST[level])
    caps = _caps(finer.caps, most, QUOTED[level])
    few = tuple(min(cap, _FEW[level]) for cap in caps)
    left = BUDGETS[level] - _FIXED[level] - (_SEVERAL[level] if len(texts) > 1 else 0)
    full = 0
    if level < 3:
        costs = [looks.length(text, exact=level == 1) for text in texts]
        full, left = _fitting(0, finer.full, left, costs, few)
    alone = 9 if level == 3 and len(texts) == 1 else 0
    costs = [6 + alone + (len(looks.color(text).split()) if level < 3 else 1) for text in texts]
    brief, left = _fitting(full, min(finer.brief, most), left, costs, few)
    quoted = brief
    if level < 3:
        quoted, left = _fitting(brief, most, left, [2] * len(texts), few)
    return Share(full, brief, quoted, _widened(few, finer.caps, quoted, left))


def _widened(few: tuple[int, ...], most: tuple[int, ...], count: int, left: int) -> tuple[int, ...]:
    """The caps of the first `count` texts with `left` words shared out among them."""
    more = _caps(tuple(b - a for a, b in zip(few, most, strict=True)), count, left, least=0)
    return tuple(
        a + b if at < count else 0 for at, (a, b) in enumerate(zip(few, more, strict=True))
    )


def _fitting(
    start: int, limit: int, left: int, costs: list[int], caps: tuple[int, ...]
) -> tuple[int, int]:
    """How many texts of the rank, from `start` to `limit`, fit into `left` words, and what is
    left then."""
    at = start
    while at < limit and costs[at] + caps[at] <= left:
        left -= costs[at] + caps[at]
        at += 1
    return at, left


def _caps(lengths: tuple[int, ...], count: int, total: int, least: int = 3) -> tuple[int, ...]:
    """A fair share of `total` words for the first `count` texts: the short ones whole, the long
    ones as much each; `least` words at least, where they have as many."""
    caps = [0] * len(lengths)
    open_ = sorted(range(count), key=lambda at: (lengths[at], at))
    left = total
    for done, at in enumerate(open_):
        fair = max(left // (len(open_) - done), least)
        caps[at] = min(lengths[at], fair)
        left -= caps[at]
    return tuple(caps)
