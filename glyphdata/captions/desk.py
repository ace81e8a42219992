"""Captioning one shard: what its samples lack is said batch by batch, then published whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from glyphdata.caption.record import Captioned, Failure
from glyphdata.captions import overlay
from glyphdata.captions.breaker import Breaker
from glyphdata.captions.joining import Contents, Wanted, alone, joined, settled, still
from glyphdata.captions.journal import Journal
from glyphdata.captions.scribe import Scribe, Work
from glyphdata.captions.walking import contents_of, facts_of, walked
from glyphdata.captions.written import ordered, read, written
from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import Places, number_of
from glyphdata.shards.overlay import MEMBER

Existing = Literal["skip", "redo", "add"]
"""What to do where captions by another recipe stand: keep them alone, replace them, or add ours."""


class Unreadable(Exception):
    """A shard that cannot be read, or whose captions cannot be joined to it: `fault` says why."""

    def __init__(self, fault: InputError) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(slots=True)
class Tally:
    """How far a run is, and what came of it.

    Samples `behind` of those to look at (`of`); captions `made`, `there` before, and `waiting` for
    an engine's answer; those that could not be made, now or before, by code (`failures`); and of
    what was made now the flags, and the repairs by what they mended.
    """

    of: int
    behind: int = 0
    made: int = 0
    there: int = 0
    waiting: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)

    def add(self, new: Captioned) -> None:
        """Count new captions."""
        self.made += len(new.captions)
        for caption in new.captions:
            self.flags.update(caption.flags)
            self.repairs.update(repair.what for repair in caption.repairs)


@dataclass(frozen=True, slots=True)
class Lines:
    """The captions of a shard, as lines by key: as published `before`, and as they are `now`.

    `pending` is what a journal holds of samples that were not looked at yet.
    """

    before: dict[str, bytes]
    pending: dict[str, list[Captioned]]
    now: dict[str, bytes] = field(default_factory=dict)

    def of(self, contents: Contents, member: bytes | None, *, redo: bool) -> Captioned:
        """The captions that a sample has: those beside the shard or else its `member`, and what
        the journal adds to them."""
        line = self.before.get(contents.key) or member
        have = contents.none() if line is None else ordered(still(read(line), contents))
        for entry in self.pending.pop(contents.key, ()):
            if contents.owns(entry):
                have = joined(have, entry, redo=redo)
        return have

    def put(self, captioned: Captioned) -> None:
        """Keep these for the captions of their sample."""
        self.now[captioned.key] = written(captioned)

    def whole(self) -> dict[str, bytes]:
        """All lines in the shard's order; what lies beyond a limit keeps its own too."""
        return self.now | {key: one for key, one in self.before.items() if key not in self.now}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where shards are captioned: by whom, how, and who hears how far it is."""

    places: Places
    scribe: Scribe
    catalogue: Catalogue
    tally: Tally
    breaker: Breaker
    show: Callable[[], None]
    existing: Existing = "add"
    retry_failed: bool = False
    batch: int = 32

    def caption(self, path: Path) -> None:
        """Caption the shard at `path`, or what it lacks.

        `Unreadable` where the shard is damaged, `InputError` where the captioner fails on and on,
        `OutputError` where nothing can be written; what was said until then stays in the journal.
        """
        number = number_of(path)
        if number is None:
            raise Unreadable(InputError("it is not called as shards are"))
        with Journal(overlay.journal_of(self.places, number)) as journal:
            pending: dict[str, list[Captioned]] = {}
            for entry in journal.entries():
                pending.setdefault(entry.key, []).append(entry)
            try:
                lines = Lines(overlay.before(self.places, number), pending)
            except InputError as fault:
                raise Unreadable(fault) from None
            works = self._works(path, lines)
            while batch := list(islice(works, self.batch)):
                self._said(batch, lines, journal)
            self._count_failures(lines)
            overlay.publish(self.places, number, lines.whole())
            if not pending:  # with a limit, some may belong to samples further on
                journal.remove()

    def _works(self, path: Path, lines: Lines) -> Iterator[Work]:
        """The samples of a shard that lack captions; the lines of all are brought up to date."""
        samples = walked(path)
        while self.tally.behind < self.tally.of:
            try:
                record = next(samples, None)
                if record is None:
                    return
                work = self._work(record, lines)
            except InputError as fault:
                raise Unreadable(fault) from None
            self.tally.behind += 1
            if work is not None:
                yield work
            elif self.tally.behind % self.batch == 0:
                self.show()

    def _work(self, record: Record, lines: Lines) -> Work | None:
        """What a sample lacks; None if that is nothing."""
        contents = contents_of(record)
        redo = self.existing == "redo"
        before = lines.of(contents, record.members.get(MEMBER), redo=redo)
        if redo:
            before = alone(before, self.scribe.wanted)
        lines.put(before)
        skip, retry = self.existing == "skip", self.retry_failed
        wanted = self.scribe.wanted
        lacking = tuple(one for one in wanted if not settled(before, one, skip=skip, retry=retry))
        self.tally.there += len(wanted) - len(lacking)
        if not lacking:
            return None
        try:
            facts = facts_of(record, self.catalogue)
        except InputError as fault:
            lines.put(joined(before, _blamed(before, lacking, str(fault))))
            return None
        return Work(contents, facts, record.picture, before, lacking)

    def _said(self, works: Sequence[Work], lines: Lines, journal: Journal) -> None:
        """Have a batch said, keep it in the journal, and go on only if there is sense in it."""
        said = self.scribe.said(works)
        for one in said:
            self.breaker.hear(one.passing, len(one.captioned.captions))
        failures = [fault for one in said for fault in one.captioned.failures]
        last = f"{failures[-1].code}: {failures[-1].message}" if failures else ""
        gone = self.breaker.hopeless(last)
        if gone:
            said = [one.lasting() for one in said]
        journal.add([one.captioned for one in said])
        if gone:
            raise gone
        redo = self.existing == "redo"
        for work, one in zip(works, said, strict=True):
            lines.put(joined(work.before, one.captioned, redo=redo))
            self.tally.add(one.captioned)
            self.tally.waiting += one.waiting
        self.show()

    def _count_failures(self, lines: Lines) -> None:
        ours = self.scribe.recipes
        for line in lines.now.values():
            if not line.endswith(b'"failures":[]}'):
                codes = (one.code for one in read(line).failures if one.recipe in ours)
                self.tally.failures.update(codes)


def _blamed(before: Captioned, lacking: Sequence[Wanted], fault: str) -> Captioned:
    """That nothing can be said of a sample whose facts are not sound."""
    failures = (Failure(recipe, level, "bad-facts", fault, 1) for level, _, recipe in lacking)
    return replace(before, captions=(), failures=tuple(dict.fromkeys(failures)))
