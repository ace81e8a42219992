"""Looking at one shard: its bytes, its headers, and into its samples."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, Finding, ShardSeen, StoredSample
from glyphdata.shards.keys import PICTURES, Places, number_of
from glyphdata.shards.overlay import Overlay
from glyphdata.shards.stretches import Stretches, real_file
from glyphdata.shards.tarread import Member, members

KEPT = 100
"""How many findings of one code are kept of a shard; the others are counted."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a shard; `seen` is None where nothing can be read of it.

    `uncounted` are findings beyond the first hundred of a code, by code; `looked_into` counts the
    samples that were decoded.
    """

    seen: ShardSeen | None
    findings: tuple[Finding, ...]
    uncounted: Counter[str] = field(default_factory=Counter)
    looked_into: int = 0


@dataclass(slots=True)
class Looker:
    """Asks its checks of a shard at a time, of every `every`-th sample (0: of none)."""

    places: Places
    checks: tuple[Check, ...]
    every: int
    primed: bool = False

    def run(self, task: int, mark: Callable[[int], None]) -> Looked:
        """Look at the `task`-th shard that is there."""
        path = self.places.shards()[task]
        self._prime(path)
        findings: list[Finding] = []
        counts: Counter[str] = Counter()

        def note(found: Iterable[Finding]) -> None:
            for finding in found:
                counts[finding.code] += 1
                if counts[finding.code] <= KEPT:
                    findings.append(finding)

        seen, looked_into = self._looked_at(path, note, mark)
        if seen is not None:
            for check in self.checks:
                note(check.of_shard(seen, self.places))
        over = Counter({code: count - KEPT for code, count in counts.items() if count > KEPT})
        return Looked(seen, tuple(findings), over, looked_into)

    def _prime(self, path: Path) -> None:
        """Show the checks the dataset's first sample: whoever looks, all are to be like it."""
        first = self.places.shards()[0]
        if self.primed or not self.every or path == first:
            self.primed = True
            return
        self.primed = True
        try:
            with Stretches(first) as data:
                for sample in _samples(data):
                    stored = _stored(data, sample)
                    for check in self.checks:
                        for _ in check.of_sample(stored):
                            pass  # whoever looks at that shard will tell
                    return
        except (OSError, InputError):
            return

    def _looked_at(
        self, path: Path, note: Callable[[Iterable[Finding]], None], mark: Callable[[int], None]
    ) -> tuple[ShardSeen | None, int]:
        number = number_of(path)
        if number is None:
            note([Finding("shard", path.name, "it is not called as shards are")])
            return None, 0
        captions = Overlay(self.places)
        try:
            with real_file(path) as real, _Bytes(real) as data:
                digest = data.sha256()
                seen = _Seen()
                try:
                    for place, sample in enumerate(_samples(data)):
                        mark(place)
                        seen.add(sample)
                        if self.every and place % self.every == 0:
                            seen.looked_into += 1
                            beside = captions.line(number, sample[0].key)
                            stored = _stored(data, sample, beside)
                            for check in self.checks:
                                note(check.of_sample(stored))
                except InputError as fault:
                    note([Finding("shard", path.name, fault.message)])
                return seen.shard(number, path, data.size, digest), seen.looked_into
        except OSError as fault:
            note([Finding("shard", path.name, f"it cannot be read: {fault.strerror}")])
        return None, 0


@dataclass(slots=True)
class _Seen:
    """The samples of a shard, as they come."""

    keys: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    pictures: list[tuple[int, int]] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    looked_into: int = 0

    def add(self, sample: Sequence[Member]) -> None:
        self.keys.append(sample[0].key)
        self.offsets.append(sample[0].header)
        self.sizes.append(sample[-1].end - sample[0].header)
        picture = next((one for one in sample if one.extension in PICTURES), None)
        self.pictures.append((picture.content, picture.size) if picture else (-1, -1))
        self.members.update(one.extension for one in sample)

    def shard(self, number: int, path: Path, size: int, digest: str) -> ShardSeen:
        return ShardSeen(
            number, path, size, digest, tuple(self.keys), tuple(self.offsets), tuple(self.sizes),
            tuple(self.pictures), frozenset(self.members),
        )  # fmt: skip


class _Bytes:
    """An open shard. It is read and not mapped: a disk that fails must raise, not end us."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._file).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._file)

    def read(self, at: int, count: int) -> bytes:
        """At most `count` bytes from `at` on."""
        return os.pread(self._file, count, at)

    def sha256(self) -> str:
        """The checksum of it all, in hexadecimal."""
        with os.fdopen(os.dup(self._file), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _samples(data: _Bytes | Stretches) -> Iterator[list[Member]]:
    """The members of each sample; those before a broken place are still given."""
    waiting: list[Member] = []
    for member in members(data.read, data.size):
        if waiting and member.key != waiting[0].key:
            yield waiting
            waiting = []
        waiting.append(member)
    if waiting:
        yield waiting


def _stored(
    data: _Bytes | Stretches, sample: Sequence[Member], beside: bytes | None = None
) -> StoredSample:
    start = sample[0].header
    blob = data.read(start, sample[-1].end - start)
    cut = {
        one.extension: blob[one.content - start : one.content - start + one.size] for one in sample
    }
    return StoredSample(sample[0].key, cut, beside)
