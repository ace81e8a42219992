"""The right text among others, and the right box: galleries of distinct texts.

A gallery holds one box of each family, and no text twice, whatever its capitals. Several galleries
are drawn, without a box in two of them, and their answers are counted together; chance is 1 / of.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from glyphdata.scene.rng import Rng
from glyphdata.train.batch import BoxFacts
from glyphdata.train.evaluate.ranks import Recall, ranks_of, recall
from glyphdata.train.evaluate.slices import SLICES, sliced
from glyphdata.train.evaluate.vectors import Numbers, Vectors

GALLERIES = 8
"""The most galleries that are asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of the boxes: how often their text was the nearest."""

    r1: float
    boxes: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A box whose text was not the nearest: rows of the box, and of the text that was."""

    box: int
    chosen: int
    rank: int
    """How many wrong texts stood before the right one."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Answers to galleries, both ways; `of` of the recalls is the exact size of each gallery."""

    text_to_box: Recall
    box_to_text: Recall
    galleries: int
    slices: dict[str, dict[str, Part]]
    misses: tuple[Miss, ...]

    @property
    def chance(self) -> float:
        """What guessing would come to."""
        return 1.0 / max(self.box_to_text.of, 1)


def retrieval(vectors: Vectors, of: int, seed: int) -> Retrieval | None:
    """Ask galleries of `of` boxes, or of all where there are fewer; None for fewer than two."""
    galleries = drawn_galleries(vectors.facts, vectors.family, of, seed)
    if not galleries:
        return None
    boxes, texts, misses = [], [], []
    for gallery in galleries:
        seen, read = vectors.pictures[gallery], vectors.texts[gallery]
        boxes.append(ranks_of(seen, read))
        texts.append(ranks_of(read, seen))
        wrong = np.flatnonzero(boxes[-1])
        nearness = seen[wrong] @ read.T
        nearness[np.arange(len(wrong)), wrong] = -np.inf
        chosen = nearness.argmax(axis=1)
        misses += [
            Miss(int(gallery[row]), int(gallery[other]), int(boxes[-1][row]))
            for row, other in zip(wrong, chosen, strict=True)
        ]
    exact = len(galleries[0])
    asked = vectors.take(np.concatenate(galleries))
    return Retrieval(
        recall(texts, exact),
        recall(boxes, exact),
        len(galleries),
        _slices(asked.facts, np.concatenate(boxes)),
        tuple(sorted(misses, key=lambda miss: (-miss.rank, miss.box))),
    )


def drawn_galleries(
    facts: tuple[BoxFacts, ...], family: Numbers, of: int, seed: int
) -> list[Numbers]:
    """Rows of the boxes of each gallery; none where fewer than two texts are distinct."""
    rng = Rng.of(seed, 0).at("galleries")
    distinct: dict[str, int] = {}
    for row in rng.shuffled(first_rows(facts, family).tolist()):
        distinct.setdefault(unicodedata.normalize("NFC", facts[row].text).casefold(), row)
    rows = np.array(list(distinct.values()), np.int64)
    exact = min(of, len(rows))
    if exact < 2:
        return []
    count = min(len(rows) // exact, GALLERIES)
    return [rows[number * exact : (number + 1) * exact] for number in range(count)]


def first_rows(facts: tuple[BoxFacts, ...], family: Numbers) -> Numbers:
    """The row of each family's original, or of its first variant, in rising order."""
    firsts: dict[int, int] = {}
    for row, number in enumerate(family.tolist()):
        held = firsts.setdefault(number, row)
        if facts[row].member < facts[held].member:
            firsts[number] = row
    return np.array(sorted(firsts.values()), np.int64)


def _slices(facts: tuple[BoxFacts, ...], found: Numbers) -> dict[str, dict[str, Part]]:
    right = found == 0
    return {
        name: {
            one: Part(float(right[rows].mean()), len(rows))
            for one, rows in sliced(facts, name).items()
        }
        for name in SLICES
        if name != "by_edit"
    }
