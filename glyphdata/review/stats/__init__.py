"""What is in a dataset? Counts and spreads of everything that its index tells, in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from glyphdata.errors import InputError
from glyphdata.review.stats.looking import look
from glyphdata.review.stats.making import Making
from glyphdata.review.stats.rows import Rows
from glyphdata.review.stats.survey import Survey, tally
from glyphdata.review.stats.surveys import surveys
from glyphdata.review.stats.values import Answer, Stats
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places

_WHERE = ("shard", "index", "variant")


def stats_of(root: Path, looked_at: int = 0) -> Stats:
    """The statistics of the dataset in a folder, finished or not.

    Only its index and the records of its making are read, a batch of rows at a time, and so many
    samples as are to be `looked_at`. `InputError` where there is no dataset, where it holds no
    samples, or where its index is damaged.
    """
    rows = Rows.of(Places(root))
    asked = surveys()
    able = [one for one in asked if set(one.columns) <= set(rows.columns)]
    notes = [_unable(one, rows) for one in asked if one not in able]
    count = _Count()
    for batch in rows.batches(_columns(able, rows)):
        count.add(batch)
        for one in able:
            one.add(batch)
    if not count.samples:
        raise InputError(f"{root} holds no samples", hint="`glyphdata status` tells why")
    making = Making.of(rows.places)
    answers = [answer for one in able for answer in one.answers(making)]
    answers += _given_up(making)
    if looked_at:
        found, faults = look(Dataset(root), looked_at)
        answers += found
        notes += faults
    return Stats(
        count.samples,
        count.groups,
        count.variants,
        len(count.shards),
        tuple(answers),
        (*making.notes, *notes),
    )


class _Count:
    """Samples, groups, variants and shards; the pictures of a group stand side by side."""

    def __init__(self) -> None:
        self.samples = self.groups = self.variants = 0
        self.shards: set[int] = set()
        self._last: tuple[int, int] | None = None

    def add(self, rows: pa.Table) -> None:
        if not len(rows):
            return
        index, shard, variant = (
            rows[name].fill_null(0).to_numpy() for name in ("index", "shard", "variant")
        )
        begins = (index[1:] != index[:-1]) | (shard[1:] != shard[:-1])
        self.samples += len(rows)
        self.groups += int(begins.sum()) + ((int(shard[0]), int(index[0])) != self._last)
        self.variants += int((variant > 0).sum())
        self.shards.update(np.unique(shard).tolist())
        self._last = int(shard[-1]), int(index[-1])


def _columns(surveys: list[Survey], rows: Rows) -> list[str]:
    wanted = {*_WHERE, *(column for one in surveys for column in one.columns)}
    return [column for column in rows.columns if column in wanted]


def _unable(survey: Survey, rows: Rows) -> str:
    lacking = ", ".join(f"`{one}`" for one in survey.columns if one not in rows.columns)
    return f"nothing is said of {survey.columns[0]}: this index has no column {lacking}"


def _given_up(making: Making) -> Iterator[Answer]:
    if making.rejections:
        yield tally("reasons", "Why drafts were given up", "drafts", making.rejections)
    if making.left_out:
        yield tally("left_out", "Why scenes were left out", "scenes", making.left_out)
