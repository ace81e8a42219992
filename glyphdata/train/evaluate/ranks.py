"""How many wrong answers stand before the right one.

A wrong answer that is exactly as near as the right one stands before it, and so does one whose
nearness is no number: an encoder to which all boxes look the same must not score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glyphdata.train.evaluate.vectors import Flags, Floats, Numbers

_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of questions whose right answer was the nearest, among the five, the ten nearest."""

    r1: float
    r5: float
    r10: float
    of: int
    """Answers that each question had."""


def ranks(nearness: Floats, excused: Flags | None = None) -> Numbers:
    """Per row of [..., N, N] how many of the other columns are not farther than its own: [..., N].

    Row i is a question, column i its right answer; `excused` columns of a row are no wrong answers.
    """
    right = np.diagonal(nearness, axis1=-2, axis2=-1)[..., None]
    before = ~(nearness < right)
    before &= ~np.eye(nearness.shape[-1], dtype=bool)
    if excused is not None:
        before &= ~excused
    counted: Numbers = before.sum(axis=-1)
    return counted


def ranks_of(questions: Floats, answers: Floats) -> Numbers:
    """The ranks of rows of unit vectors [N, E] asked of as many others, without the whole table.

    The right answer of question i is answer i.
    """
    found = []
    for first in range(0, len(questions), _ROWS):
        asked = questions[first : first + _ROWS]
        nearness = asked @ answers.T
        at = np.arange(len(asked))
        before = ~(nearness < nearness[at, first + at][:, None])
        before[at, first + at] = False
        found.append(before.sum(axis=1))
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def recall(found: Sequence[Numbers], of: int) -> Recall:
    """The recall of questions in galleries of `of` answers, all galleries taken together."""
    every = np.concatenate(found) if found else np.zeros(0, np.int64)
    if not len(every):
        return Recall(0.0, 0.0, 0.0, of)
    first, five, ten = (float((every < place).mean()) for place in (1, 5, 10))
    return Recall(first, five, ten, of)
