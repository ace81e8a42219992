"""Is a dataset whole and true? Every check asked through every shard, to the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glyphdata.engines import Event, Finished, Quarantined, Setup
from glyphdata.engines.local import LocalEngine
from glyphdata.errors import InputError
from glyphdata.registry import kinds, load
from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, DatasetSeen, Finding, ShardSeen
from glyphdata.review.looker import Looked, Looker
from glyphdata.shards.keys import Places

MOST = 100
"""How many findings of one code are kept; the others are counted."""

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it: how many samples were read, how many looked into, and what is wrong."""

    samples: int
    findings: tuple[Finding, ...]
    looked_into: int = 0

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

    def more(self, counts: Counter[str]) -> None:
        """Count findings that were not kept where they were found."""
        self.counts += counts

    def closed(self) -> tuple[Finding, ...]:
        kept = Counter(finding.code for finding in self.kept)
        more = [
            Finding(code, "", f"and {count - kept[code]} more of this code")
            for code, count in sorted(self.counts.items())
            if count > kept[code]
        ]
        return (*self.kept, *more)


@dataclass(frozen=True, slots=True)
class Looking:
    """How shards are looked at; crosses to workers by pickle.

    `deep` asks the checks of samples too, of every `every`-th sample.
    """

    root: Path
    deep: bool
    every: int = 1

    def __call__(self) -> Looker:
        """Who looks at them, with checks of their own."""
        places = Places(self.root)
        return looker(places, all_checks(deep=self.deep), self.every if self.deep else 0)


def all_checks(*, deep: bool = True) -> tuple[Check, ...]:
    """A fresh one of every check that is installed, by its kind; without `deep` ones."""
    found: list[type[Check]] = [load("checks", kind) for kind in kinds("checks")]
    return tuple(check() for check in found if deep or not check.deep())


def looker(places: Places, checks: Sequence[Check], every: int) -> Looker:
    """Who asks these checks, once they have heard what the dataset says of its making."""
    claimed = Claimed.of(places)
    for check in checks:
        check.begin(claimed)
    return Looker(places, tuple(checks), every)


def verify(
    root: Path,
    checks: Sequence[Check] | None = None,
    on_shard: Told | None = None,
    *,
    deep: bool = False,
    every: int = 1,
    workers: int = 1,
) -> Verdict:
    """Ask the checks through the dataset in `root`; a broken shard is a finding, not the end.

    Integrity alone is as quick as reading; `deep` looks into every `every`-th sample. `workers`
    processes share the shards. `on_shard` is told how many of how many shards are done.
    `InputError` where there is no dataset.
    """
    places = Places(root)
    if not root.is_dir():
        raise InputError(f"there is no folder {root}", hint="give the folder of a dataset")
    paths = places.shards()
    if not paths:
        raise InputError(
            f"{root} holds no shards", hint="a dataset has data/train-000000.tar and so on"
        )
    docket, seen, looked_into = _Docket(), list[ShardSeen](), 0

    def hear(looked: Looked) -> None:
        nonlocal looked_into
        docket.add(looked.findings)
        docket.more(looked.uncounted)
        looked_into += looked.looked_into
        if looked.seen is not None:
            seen.append(looked.seen)

    tell = on_shard or (lambda _done, _of: None)
    asked = all_checks(deep=deep) if checks is None else tuple(checks)
    if workers > 1 and checks is None and len(paths) > 1:
        _shared(Looking(root, deep, every), paths, workers, hear, tell)
    else:
        deep = any(check.deep() for check in asked)
        one = looker(places, asked, every if deep else 0)
        for number in range(len(paths)):
            hear(one.run(number, lambda _mark: None))
            tell(number + 1, len(paths))
    whole = DatasetSeen(places, tuple(sorted(seen, key=lambda shard: shard.number)))
    for check in asked:
        docket.add(check.of_dataset(whole))
    return Verdict(sum(len(shard.keys) for shard in seen), docket.closed(), looked_into)


def _shared(
    setup: Setup, paths: Sequence[Path], workers: int, hear: Callable[[Looked], None], tell: Told
) -> None:
    """Have several processes look at the shards; what ends a process is a finding too."""
    done: dict[int, Looked] = {}

    def heard(event: Event) -> None:
        if isinstance(event, Finished) and isinstance(event.result, Looked):
            done[event.task] = event.result
        elif isinstance(event, Quarantined):
            name = paths[event.task].name
            done[event.task] = Looked(None, (Finding("shard", name, str(event.fault)),))
        if isinstance(event, Finished | Quarantined):
            tell(len(done), len(paths))

    LocalEngine(min(workers, os.cpu_count() or 1)).run(setup, range(len(paths)), heard)
    for task in sorted(done):
        hear(done[task])
