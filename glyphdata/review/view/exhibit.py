"""One dataset on show: its rows as they are by now, its flags, its findings, its statistics."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from glyphdata.errors import InputError
from glyphdata.review.conditions import Mask
from glyphdata.review.flags import Flags, flags_of
from glyphdata.review.view.facets import Counter, Facets
from glyphdata.review.view.findings import Findings, found_in
from glyphdata.review.view.gathering import Gatherer
from glyphdata.review.view.jobs import Job
from glyphdata.review.view.made import Made
from glyphdata.review.view.pictures import Thumbs, members_at
from glyphdata.review.view.query import Query
from glyphdata.review.view.rows import Rows
from glyphdata.review.view.source import Source, source_of, stamp_of
from glyphdata.review.view.table import Numbers
from glyphdata.shards.keys import Places
from glyphdata.shards.mirror import told
from glyphdata.shards.overlay import Overlay

if TYPE_CHECKING:
    from glyphdata.review.stats.values import Stats

_LOOK_EVERY_S = 2.0
_FIRST = 8
_READ_S = 1.0  # for parts, and shards without an index, before what is there is shown


class Hung:
    """One state of a dataset: what was read of it holds until its folder changes."""

    def __init__(self, source: Source, stamp: object, version: int) -> None:
        self.source = source
        self.stamp = stamp
        self.version = version
        self.rows = Rows(source)
        self.made = Made.of(source.places)
        self.thumbs = Thumbs(source.places)
        self.overlay = Overlay(source.places)
        self.overlay_lock = threading.Lock()
        self.broken: dict[str, str] = {}
        self._counter: Counter | None = None
        self._counting = threading.Lock()

    @property
    def counter(self) -> Counter:
        """The counter of facets, made when it is first asked for."""
        with self._counting:
            if self._counter is None:
                self.rows.table.loaded.wait()
                self._counter = Counter(self.rows)
            return self._counter

    @cached_property
    def groups(self) -> bool:
        """Has any original variants beside it?"""
        return self.rows.has_variants()

    @cached_property
    def members(self) -> list[str]:
        """The members of the first sample that can be read, for all have the same."""
        for key in self.rows.keys(range(min(self.rows.total, _FIRST))):
            spot = self.rows.spot(key)
            try:
                if spot is not None:
                    return sorted(members_at(self.source.places, spot, key))
            except InputError:
                continue  # it is told of where the sample itself is shown
        return []

    def fault(self, key: str, shard: int, end: int) -> str | None:
        """Why a sample that ends at byte `end` of its shard cannot be shown; None where it can."""
        known = self.broken.get(key)
        if known is not None:
            return known
        fault = self.source.faults.get(shard)
        return fault.why if fault is not None and end > fault.sound else None


@dataclass(frozen=True, slots=True)
class Told:
    """The statistics of one state of a dataset, and when they were made."""

    stats: Stats
    version: int


class Exhibit:
    """One dataset on show. Several threads may ask at once."""

    def __init__(
        self, path: Path, flags: Path | None = None, findings: Findings | None = None
    ) -> None:
        """`InputError` where there is no dataset, or its flags are damaged."""
        if not path.is_dir():
            raise InputError(f"there is no folder {path}", hint="give the folder of a dataset")
        self.places = Places(path)
        self.name = PurePath(told(path.resolve())).name
        self.flags = Flags(flags or flags_of(self.places))
        self.stats: Job[Told] = Job()
        self.checks: Job[Findings] = Job()
        if findings is not None:
            self.checks.settle(findings)
        self._gatherer = Gatherer()
        self._looking = threading.Lock()
        self._pause = _LOOK_EVERY_S
        self._hung = self._hang(0)
        self._looked = time.monotonic()

    def now(self) -> Hung:
        """The state that was seen last; whether it still is the folder's is looked up behind it."""
        if time.monotonic() - self._looked > self._pause and self._looking.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._look, daemon=True).start()
        return self._hung

    def refresh(self) -> Hung:
        """The state that the folder has at this moment."""
        with self._looking:
            self._renew()
        return self._hung

    def chosen(self, hung: Hung, query: Query) -> Numbers:
        """The rows that a query asks for, in its order."""
        order = hung.rows.order(query.sort, query.descending, query.seed)
        met = self.mask(hung, query)
        return order if met is None else order[met[order]]

    def mask(self, hung: Hung, query: Query) -> Mask | None:
        """For each row, does a query ask for it? None where it asks for all."""
        masks = [hung.rows.mask(query.where)]
        if query.flagged is not None or query.reasons:
            wanted = [
                key
                for key, reason in self.flags.all().items()
                if not query.reasons or reason in query.reasons
            ]
            flagged = _mask(hung, wanted, ())
            masks.append(~flagged if query.flagged is False else flagged)
        if query.findings:
            found = self.checks.result or Findings()
            masks.append(_mask(hung, *found.named(query.findings)))
        met = [one for one in masks if one is not None]
        return reduce(np.logical_and, met) if met else None

    def facets(self, hung: Hung, query: Query) -> Facets:
        """The facets of the samples that a query asks for."""
        return hung.counter.facets(query, lambda one: self.mask(hung, one))

    def check(self) -> None:
        """Begin to run the checks, unless they are running."""
        self.checks.start(lambda tell: found_in(self.places, tell))

    def _look(self) -> None:
        try:
            self._renew()
        except (InputError, OSError, pa.ArrowException, duckdb.Error):
            pass  # files come and go while a dataset is made: what was seen last stays on show
        finally:
            self._looked = time.monotonic()
            self._looking.release()

    def _renew(self) -> None:
        began = time.monotonic()
        if self._hung.source.pending or stamp_of(self.places) != self._hung.stamp:
            self._hung = self._hang(self._hung.version + 1)
            self._hung.rows.table.loaded.wait()
        # A dataset that is being made changes all the time: reading it must not take all the time.
        self._pause = max(_LOOK_EVERY_S, 5 * (time.monotonic() - began))

    def _hang(self, version: int) -> Hung:
        stamp = stamp_of(self.places)
        return Hung(source_of(self.places, self._gatherer, _READ_S), stamp, version)


def _mask(hung: Hung, keys: Sequence[str], shards: Sequence[int]) -> Mask:
    mask: Mask = np.zeros(hung.rows.total, np.bool_)
    mask[hung.rows.numbered(keys, shards)] = True
    return mask
