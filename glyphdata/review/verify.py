"""Is a dataset whole and true? Every check asked through every shard, to the end."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.review import checks as room
from glyphdata.review.evidence import Check, DatasetSeen, Finding, ShardSeen, StoredSample
from glyphdata.shards.keys import Places, number_of
from glyphdata.shards.tarread import Member, open_tar

MOST = 100
"""How many findings of one code are kept; the others are counted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it: how many samples were read, and what is wrong."""

    samples: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


@dataclass(slots=True)
class _Docket:
    """Findings, up to `MOST` of each code."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.counts[finding.code] += 1
            if self.counts[finding.code] <= MOST:
                self.kept.append(finding)

    def closed(self) -> tuple[Finding, ...]:
        more = [
            Finding(code, "", f"and {count - MOST} more of this code")
            for code, count in sorted(self.counts.items())
            if count > MOST
        ]
        return (*self.kept, *more)


def all_checks() -> tuple[Check, ...]:
    """A fresh one of every check that there is, by the name of its file."""
    found: list[Check] = []
    for module in sorted(one.name for one in pkgutil.iter_modules(room.__path__)):
        held = vars(importlib.import_module(f"{room.__name__}.{module}")).values()
        found += [
            kind()
            for kind in held
            if isinstance(kind, type)
            and issubclass(kind, Check)
            and kind.__module__ == f"{room.__name__}.{module}"
        ]
    return tuple(found)


def verify(
    root: Path,
    checks: Sequence[Check] | None = None,
    on_shard: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Ask every check through the dataset in `root`; a broken shard is a finding, not the end.

    `on_shard` is told how many of how many shards are done. `InputError` where there is no dataset.
    """
    places = Places(root)
    paths = places.shards()
    if not root.is_dir():
        raise InputError(f"there is no folder {root}", hint="give the folder of a dataset")
    if not paths:
        raise InputError(
            f"{root} holds no shards", hint="a dataset has data/train-000000.tar and so on"
        )
    asked = all_checks() if checks is None else tuple(checks)
    docket = _Docket()
    seen = []
    for number, path in enumerate(paths):
        shard = _looked_at(path, asked, docket)
        if shard is not None:
            seen.append(shard)
            for check in asked:
                docket.add(check.of_shard(shard, places))
        if on_shard is not None:
            on_shard(number + 1, len(paths))
    whole = DatasetSeen(places, tuple(seen))
    for check in asked:
        docket.add(check.of_dataset(whole))
    return Verdict(sum(len(shard.keys) for shard in seen), docket.closed())


def _looked_at(path: Path, checks: Sequence[Check], docket: _Docket) -> ShardSeen | None:
    """Read one shard, its samples checked on the way; None where nothing can be read of it."""
    number = number_of(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
    except OSError as fault:
        docket.add([Finding("shard", path.name, f"it cannot be read: {fault.strerror}")])
        return None
    if number is None:
        docket.add([Finding("shard", path.name, "it is not called as shards are")])
        return None
    keys: list[str] = []
    offsets: list[int] = []
    sizes: list[int] = []
    try:
        for sample in _samples(path):
            first, last = sample[0], sample[-1]
            stored = _stored(path, sample)
            keys.append(first.key)
            offsets.append(first.header)
            sizes.append(last.end - first.header)
            for check in checks:
                docket.add(check.of_sample(stored))
    except InputError as fault:
        docket.add([Finding("shard", path.name, fault.message)])
    return ShardSeen(number, path, size, digest, tuple(keys), tuple(offsets), tuple(sizes))


def _samples(path: Path) -> Iterator[list[Member]]:
    """The members of each sample; those before a broken place are still given."""
    waiting: list[Member] = []
    for member in open_tar(path):
        if waiting and member.key != waiting[0].key:
            yield waiting
            waiting = []
        waiting.append(member)
    if waiting:
        yield waiting


def _stored(path: Path, members: Sequence[Member]) -> StoredSample:
    with path.open("rb") as file:
        file.seek(members[0].header)
        blob = file.read(members[-1].end - members[0].header)
    start = members[0].header
    view = memoryview(blob)
    cut = {
        one.extension: bytes(view[one.content - start : one.content - start + one.size])
        for one in members
    }
    return StoredSample(members[0].key, cut)
