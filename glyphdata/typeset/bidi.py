"""Embedding levels by the Unicode Bidirectional Algorithm (UAX #9, revision 48: X1-X10, W, N, I).

Rule names in the comments are the annex's. Levels are even for left to right, odd for right to
left. Reordering (L1, L2) happens per line: see `visual_order`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from glyphdata.typeset.bidi_rules import ISOLATES, resolve

MAX_DEPTH = 125
_STRONG = ("L", "R")
_EMBEDDINGS = {"LRE": ("L", False), "RLE": ("R", False), "LRO": ("L", True), "RLO": ("R", True)}
_REMOVED = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "BN"))
_BLANK = frozenset(("WS", "LRI", "RLI", "FSI", "PDI")) | _REMOVED
# Every character whose class is R, AL, AN or an explicit control lies in one of these blocks.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_RTL_BLOCKS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff]")


def needs_levels(text: str) -> bool:
    """Can any character of `text` turn the direction of a left-to-right paragraph?"""
    return not text.isascii() and _TURNS.search(text) is not None


@lru_cache(maxsize=1 << 16)
def bidi_class(char: str) -> str:
    """The Bidi_Class of a character; unassigned ones take their block's default, L or R."""
    found = unicodedata.bidirectional(char)
    return found or ("R" if _RTL_BLOCKS.match(char) else "L")


def first_strong(classes: list[str], start: int = 0, stop_at_pdi: bool = False) -> str:
    """The first L, R or AL outside isolates (P2), or "" where there is none."""
    depth = 0
    for found in classes[start:]:
        if found in ISOLATES:
            depth += 1
        elif found == "PDI":
            if depth == 0 and stop_at_pdi:
                return ""
            depth = max(depth - 1, 0)
        elif depth == 0 and found in ("L", "R", "AL"):
            return found
    return ""


def levels(text: str, base: int) -> list[int]:
    """The embedding level of every character of `text` in paragraphs of level `base` (0 or 1).

    Characters that X9 removes take the level of the one before them. Segment and paragraph
    separators, and blanks before them, are reset to `base` (L1, but for line ends).
    """
    out: list[int] = []
    classes = [bidi_class(char) for char in text]
    start = 0
    while start < len(classes):
        end = classes.index("B", start) + 1 if "B" in classes[start:] else len(classes)
        out += _paragraph(text[start:end], classes[start:end], base)
        start = end
    return out


def _paragraph(text: str, classes: list[str], base: int) -> list[int]:
    original = list(classes)
    found = _explicit(classes, base)
    kept = [i for i, name in enumerate(original) if name not in _REMOVED]
    sequences = _sequences(kept, original, found)
    # All the sides first: resolving a sequence changes the levels that its neighbours look at.
    sides = [_sides(run, kept, original, found, base) for run in sequences]
    for number, run in enumerate(sequences):
        level = found[run[0]]
        embedding = _STRONG[level % 2]
        sos, eos = sides[number]
        resolve(run, text, original, classes, (embedding, sos, eos))
        for i in run:  # I1, I2
            kind = classes[i]
            if level % 2:
                found[i] += kind != "R"
            else:
                found[i] += 1 if kind == "R" else 2 if kind in ("AN", "EN") else 0
    before = base
    for i, name in enumerate(original):
        if name in _REMOVED:
            found[i] = before
        before = found[i]
    _reset_blanks(original, found, base)
    return found


def _explicit(classes: list[str], base: int) -> list[int]:
    """X1-X8: levels from embeddings, overrides and isolates; overrides rewrite `classes`."""
    state = _Embedding(base)
    found = [base] * len(classes)
    for i, name in enumerate(classes):
        found[i], override, _ = state.stack[-1]
        if name in _EMBEDDINGS:
            side, overrides = _EMBEDDINGS[name]
            state.open(side, side if overrides else "", isolate=False)
        elif name in ISOLATES:
            state.open(_isolate_side(classes, i), "", isolate=True)
            classes[i] = override or name
        elif name == "PDI":
            state.close_isolate()
            found[i], override, _ = state.stack[-1]
            classes[i] = override or name
        elif name == "PDF":
            state.close_embedding()
        elif name == "B":
            found[i] = base
        elif override and name != "BN":
            classes[i] = override
    return found


def _isolate_side(classes: list[str], at: int) -> str:
    """The side an isolate takes: its own, or for FSI its first strong character's (X5a-X5c)."""
    if classes[at] != "FSI":
        return "L" if classes[at] == "LRI" else "R"
    return "L" if first_strong(classes, at + 1, stop_at_pdi=True) in ("L", "") else "R"


class _Embedding:
    """The directional status stack, of (level, override or "", is it an isolate), and overflows."""

    def __init__(self, base: int) -> None:
        self.stack: list[tuple[int, str, bool]] = [(base, "", False)]
        self.isolates = 0
        self.lost_isolates = 0
        self.lost_embeddings = 0

    def open(self, side: str, override: str, *, isolate: bool) -> None:
        level = self.stack[-1][0]
        up = level + 1 if (level % 2 == 0) == (side == "R") else level + 2
        if up <= MAX_DEPTH and not self.lost_isolates and not self.lost_embeddings:
            self.isolates += isolate
            self.stack.append((up, override, isolate))
        elif isolate:
            self.lost_isolates += 1
        elif not self.lost_isolates:
            self.lost_embeddings += 1

    def close_isolate(self) -> None:
        if self.lost_isolates:
            self.lost_isolates -= 1
        elif self.isolates:
            self.isolates -= 1
            self.lost_embeddings = 0
            while not self.stack.pop()[2]:
                pass

    def close_embedding(self) -> None:
        if self.lost_isolates:
            return
        if self.lost_embeddings:
            self.lost_embeddings -= 1
        elif len(self.stack) > 1 and not self.stack[-1][2]:
            self.stack.pop()


def _sequences(kept: list[int], original: list[str], found: list[int]) -> list[list[int]]:
    """X10, BD13: the isolating run sequences, as indices of characters."""
    opened: list[int] = []
    initiator: dict[int, int] = {}  # of a PDI (BD9)
    for i in kept:
        if original[i] in ISOLATES:
            opened.append(i)
        elif original[i] == "PDI" and opened:
            initiator[i] = opened.pop()
    sequences: list[list[int]] = []
    ending_in: dict[int, list[int]] = {}
    for _, group in groupby(kept, found.__getitem__):
        run = list(group)
        sequence = ending_in.get(initiator.get(run[0], -1))
        if sequence is None:
            sequence = []
            sequences.append(sequence)
        sequence += run
        if original[run[-1]] in ISOLATES:
            ending_in[run[-1]] = sequence
    return sequences


def _sides(
    run: list[int], kept: list[int], original: list[str], found: list[int], base: int
) -> tuple[str, str]:
    """X10: the types taken to stand before (sos) and after (eos) a sequence."""
    level = found[run[0]]
    position = bisect_left(kept, run[0])
    before = found[kept[position - 1]] if position else base
    position = bisect_left(kept, run[-1]) + 1
    after = base
    if position < len(kept) and original[run[-1]] not in ISOLATES:
        after = found[kept[position]]
    return _STRONG[max(level, before) % 2], _STRONG[max(level, after) % 2]


def _reset_blanks(original: list[str], found: list[int], base: int) -> None:
    """L1, points 1 to 3: separators and the blanks before them."""
    trailing = False
    for i in range(len(original) - 1, -1, -1):
        name = original[i]
        if name in ("B", "S"):
            trailing = True
        elif name not in _BLANK:
            trailing = False
        if trailing:
            found[i] = base


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """The runs of a line from left to right, as indices, by their levels (L2)."""
    order = list(range(len(run_levels)))
    if not order:
        return order
    odd = [level for level in run_levels if level % 2]
    for level in range(max(run_levels), min(odd, default=max(run_levels) + 1) - 1, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = end + 1
    return order
