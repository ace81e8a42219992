"""The right spelling among those of one box, and what a blind encoder makes of the same question.

A family is one box of a group in its spellings, each of them drawn: every picture is asked for its
text among the family's texts, and every text for its picture. An encoder may score there without
looking, for an edited word reads oddly, so that each figure has its *blind control*: the same texts
asked of the pictures of another family, and of the mean of all pictures; the better of the two
counts. `lift` is what looking is worth: (accuracy - blind) / (1 - blind).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glyphdata.train.evaluate.ranks import ranks
from glyphdata.train.evaluate.slices import SLICES, sliced
from glyphdata.train.evaluate.vectors import Flags, Floats, Numbers, Vectors


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of right answers beside its control; `blind` is None where none could be asked."""

    accuracy: float
    blind: float | None
    boxes: int

    @property
    def lift(self) -> float | None:
        """The share of what a blind encoder leaves over that was answered right by looking."""
        if self.blind is None or self.blind >= 1.0:
            return None
        return (self.accuracy - self.blind) / (1.0 - self.blind)


@dataclass(frozen=True, slots=True)
class Confusion:
    """A box that was given another of its spellings: rows of the box and of that spelling's."""

    box: int
    chosen: int
    margin: float
    """How much nearer the wrong text was, as a cosine."""


@dataclass(frozen=True, slots=True)
class InGroup:
    """Spellings told apart: over all, for the originals alone, the other way, and by slice."""

    boxes: Figure
    """The text of a box among its spellings."""
    texts: Figure
    """The box of a text among those of its spellings."""
    originals: Figure | None
    """The unedited text against its edits, for original boxes alone."""
    whole: float
    """The share of families all of whose boxes were given their own text."""
    families: int
    of: int
    """Spellings of a family; of the largest, where they differ."""
    chance: float
    slices: dict[str, dict[str, Figure]]
    confusions: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class _Answers:
    """What came of each box of the families of one size; N of them, M families."""

    rows: Numbers
    right: Flags
    back: Flags
    blind: Flags | None
    """The shifted control, [N]; None where there is one family."""
    blind_back: Flags | None
    mean: Flags
    chance: Floats
    confusions: tuple[Confusion, ...]


def in_group(vectors: Vectors) -> InGroup | None:
    """Ask every family of two spellings or more; None where there is none.

    Boxes that are said alike, in text and style, are no wrong answers for each other; a box that is
    said like all others of its family is not asked.
    """
    found = list(_answers(vectors))
    if not found:
        return None
    rows = np.concatenate([one.rows for one in found])
    facts = tuple(vectors.facts[row] for row in rows)
    table = _Table(found)
    every = np.arange(len(rows))
    originals = np.array([n for n, box in enumerate(facts) if not box.edits and not box.member])
    family = vectors.family[rows]
    wrong = np.unique(family[~table.right])
    families = len(np.unique(family))
    return InGroup(
        table.figure(every),
        table.back_figure(),
        table.figure(originals) if len(originals) else None,
        1.0 - len(wrong) / families,
        families,
        max(int(np.bincount(np.unique(family, return_inverse=True)[1]).max()), 2),
        table.chance,
        {
            name: {
                one: table.figure(np.array(numbers)) for one, numbers in sliced(facts, name).items()
            }
            for name in SLICES
        },
        tuple(
            sorted(
                (one for answers in found for one in answers.confusions),
                key=lambda one: (-one.margin, one.box),
            )
        ),
    )


class _Table:
    """Answers of families of all sizes, box by box."""

    def __init__(self, found: list[_Answers]) -> None:
        self.right = np.concatenate([one.right for one in found])
        self.chance = float(np.concatenate([one.chance for one in found]).mean())
        self._back = np.concatenate([one.back for one in found])
        self._mean = np.concatenate([one.mean for one in found])
        # 0 or 1 where the shifted control could be asked, not a number where it could not.
        self._blind = np.concatenate([_asked(one.blind, len(one.rows)) for one in found])
        self._blind_back = np.concatenate([_asked(one.blind_back, len(one.rows)) for one in found])

    def figure(self, numbers: Numbers) -> Figure:
        """The figure of some of the boxes."""
        shifted = _mean(self._blind[numbers])
        mean = float(self._mean[numbers].mean())
        blind = None if shifted is None else max(shifted, mean)
        return Figure(float(self.right[numbers].mean()), blind, len(numbers))

    def back_figure(self) -> Figure:
        """The figure of all texts that were asked for their boxes."""
        # A mean picture is the same for all texts: it gives every text a tie, and no answer.
        return Figure(float(self._back.mean()), _mean(self._blind_back), len(self._back))


def _asked(flags: Flags | None, count: int) -> NDArray[np.float64]:
    return np.full(count, np.nan) if flags is None else flags.astype(np.float64)


def _mean(shares: NDArray[np.float64]) -> float | None:
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else None


def _answers(vectors: Vectors) -> Iterator[_Answers]:
    """The answers of the families of each size, the smallest first."""
    sizes: dict[int, list[list[int]]] = {}
    families: dict[int, list[int]] = {}
    for row, number in enumerate(vectors.family.tolist()):
        families.setdefault(number, []).append(row)
    for rows in families.values():
        rows.sort(key=lambda row: vectors.facts[row].member)
        if len(set(vectors.alike[rows].tolist())) > 1:
            sizes.setdefault(len(rows), []).append(rows)
    if not sizes:
        return
    mean = vectors.pictures.mean(axis=0)
    for size in sorted(sizes):
        yield _sized(vectors, np.array(sizes[size], np.int64), mean)


def _sized(vectors: Vectors, rows: Numbers, mean: Floats) -> _Answers:
    """The answers of families of one size; `rows` is [M, size]."""
    seen, read, like = vectors.pictures[rows], vectors.texts[rows], vectors.alike[rows]
    excused = like[:, :, None] == like[:, None, :]
    nearness = seen @ read.swapaxes(1, 2)
    found = ranks(nearness, excused)
    back = ranks(nearness.swapaxes(1, 2), excused)
    blind = blind_back = None
    if len(rows) > 1:
        # By about half of them: neighbours may come of one page, and be alike.
        shifted = np.roll(seen, len(rows) // 2, axis=0) @ read.swapaxes(1, 2)
        blind = ranks(shifted, excused) == 0
        blind_back = ranks(shifted.swapaxes(1, 2), excused) == 0
    flat = np.broadcast_to((read @ mean)[:, None, :], nearness.shape)
    others = (~excused).sum(axis=2)
    asked = others > 0

    def kept(flags: Flags) -> Flags:
        of_asked: Flags = flags[asked]
        return of_asked

    return _Answers(
        rows[asked],
        kept(found == 0),
        kept(back == 0),
        None if blind is None else kept(blind),
        None if blind_back is None else kept(blind_back),
        kept(ranks(flat, excused) == 0),
        (1.0 / (1.0 + others[asked])).astype(np.float32),
        tuple(_confusions(rows, nearness, excused, found)),
    )


def _confusions(
    rows: Numbers, nearness: Floats, excused: Flags, found: Numbers
) -> Iterator[Confusion]:
    """The wrong answers, each with the spelling that was nearest."""
    rivals = np.where(excused, -np.inf, nearness)
    for family, member in np.argwhere(found > 0):
        chosen = int(rivals[family, member].argmax())
        margin = float(nearness[family, member, chosen] - nearness[family, member, member])
        yield Confusion(int(rows[family, member]), int(rows[family, chosen]), margin)
