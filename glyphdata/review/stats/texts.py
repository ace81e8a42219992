"""What the texts are made of: words, characters, and which character stands beside which."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.review.stats.heap import Heap
from glyphdata.review.stats.making import Making
from glyphdata.review.stats.survey import tally
from glyphdata.review.stats.values import Answer

_POINTS = sys.maxunicode + 1
_SPACE = np.array([chr(point).isspace() for point in range(0x3001)])
_END = 0
_DENSE = 1024  # characters that came first; pairs of them are counted in a square

Points = NDArray[np.uint32]


class Texts:
    """Words and characters of a picture; characters and bigrams of them all.

    A character is a code point that is no white space, a word what stands between white space, and
    a bigram two neighbours within a word, in the order of writing. Texts without spaces (Chinese,
    Japanese, Thai) have few words.
    """

    columns: tuple[str, ...] = ("text",)

    def __init__(self) -> None:
        self._words, self._characters = Heap(1), Heap(1)
        self._counts = np.zeros(_POINTS, np.int64)
        self._pairs = Pairs()

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows."""
        texts = rows["text"].drop_null()
        if not len(texts):
            return
        points = np.frombuffer("\0".join([*texts.to_pylist(), ""]).encode("utf-32-le"), np.uint32)
        lengths = pc.utf8_length(texts).to_numpy().astype(np.int64) + 1  # with what ends each
        starts = lengths.cumsum() - lengths
        ink = points >= len(_SPACE)
        ink |= ~_SPACE[np.minimum(points, len(_SPACE) - 1)]
        ink &= points != _END
        begins = ink.copy()
        begins[1:] &= ~ink[:-1]
        self._words.add(np.add.reduceat(begins, starts, dtype=np.float64))
        self._characters.add(np.add.reduceat(ink, starts, dtype=np.float64))
        drawn = points[ink]
        self._counts += np.bincount(drawn, minlength=_POINTS)
        self._pairs.add(points[:-1], points[1:], ink[:-1] & ink[1:])

    def answers(self, making: Making) -> Iterator[Answer]:
        """Two spreads and two tallies, where there is any text."""
        if self._words.count:
            yield self._words.spread("words", "Words in a picture", "words")
            yield self._characters.spread(
                "characters_in_picture", "Characters in a picture", "characters"
            )
        seen = np.flatnonzero(self._counts)
        if len(seen):
            counts = {chr(point): int(self._counts[point]) for point in seen.tolist()}
            yield tally("characters", "Characters", "characters", counts)
        pairs = self._pairs.counts()
        if pairs:
            yield tally("bigrams", "Pairs of neighbouring characters", "pairs", pairs)


class Pairs:
    """Counts pairs of code points: most in a square of those that came first, the rest sorted."""

    def __init__(self) -> None:
        self._ids = np.full(_POINTS, -1, np.int32)
        self._known = np.zeros(0, np.uint32)
        self._square = np.zeros(_DENSE * _DENSE, np.int64)
        self._codes = np.zeros(0, np.int64)
        self._counts = np.zeros(0, np.int64)

    def add(self, left: Points, right: Points, which: NDArray[np.bool_]) -> None:
        """Count `left[i]` before `right[i]`, for every i of `which`."""
        firsts, seconds = self._numbered(left[which]), self._numbered(right[which])
        dense = (firsts < _DENSE) & (seconds < _DENSE)
        self._square += np.bincount(firsts[dense] * _DENSE + seconds[dense], minlength=_DENSE**2)
        if dense.all():
            return
        codes, counts = np.unique(firsts[~dense] * _POINTS + seconds[~dense], return_counts=True)
        joined, places = np.unique(np.concatenate((self._codes, codes)), return_inverse=True)
        self._counts = np.bincount(
            places, np.concatenate((self._counts, counts)), len(joined)
        ).astype(np.int64)
        self._codes = joined

    def counts(self) -> dict[str, int]:
        """How often each pair was met."""
        names = [chr(point) for point in self._known.tolist()]
        dense = np.flatnonzero(self._square)
        found = {
            names[code // _DENSE] + names[code % _DENSE]: count
            for code, count in zip(dense.tolist(), self._square[dense].tolist(), strict=True)
        }
        for code, count in zip(self._codes.tolist(), self._counts.tolist(), strict=True):
            found[names[code // _POINTS] + names[code % _POINTS]] = count
        return found

    def _numbered(self, points: Points) -> NDArray[np.int64]:
        """The number of each code point, in the order in which they were first met."""
        fresh = np.unique(points[self._ids[points] < 0])
        if len(fresh):
            self._ids[fresh] = len(self._known) + np.arange(len(fresh), dtype=np.int32)
            self._known = np.concatenate((self._known, fresh))
        return self._ids[points].astype(np.int64)


def legible(text: str) -> str:
    """Characters as a table can show them: marks on a dotted circle, what is not seen by number,
    and `(none)` for no text at all."""
    if not text:
        return "(none)"
    if not text.isprintable() or any(unicodedata.category(one) == "Cf" for one in text):
        return " ".join(f"U+{ord(one):04X}" for one in text)
    return f"◌{text}" if unicodedata.category(text[0]).startswith("M") else text
