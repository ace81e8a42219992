"""What a run tells while it goes on, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glyphdata.engines import Event, Failed, Finished, Progressed, Quarantined
from glyphdata.errors import InputError
from glyphdata.shards.log import Log
from glyphdata.shards.making import Plan
from glyphdata.shards.record import Quarantined as Spot
from glyphdata.shards.record import Record

HOPELESS = 1000
"""A run of which so many scenes were tried, and none could be made, is given up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: scenes behind, of those it has to make."""

    samples: int
    of: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should hear about while the run goes on."""

    text: str


Tell = Callable[[Progress | Notice], None]


@dataclass(slots=True)
class Desk:
    """Hears the engine's events about one run into the folder `out`: counts, logs, tells.

    `fresh` says that nothing was there before; `todo` are the shards to be made. What it was told
    of last is in `made` (how many shards), and in `given_up` by shard.
    """

    out: Path
    plan: Plan
    todo: Sequence[int]
    log: Log
    tell: Tell
    fresh: bool = False
    made: int = 0
    behind: int = 0  # scenes of finished shards
    shown: int = 0
    hopeless: int = 0  # scenes of the shards of which not one could be made
    given_up: dict[int, Quarantined] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Take note of an event; `InputError` once there is no hope that anything can be made."""
        of = sum(len(self.plan.indices(number)) for number in self.todo)
        match event:
            case Progressed(marks):
                self._show(self.behind + marks, of)
            case Finished(task, result):
                self.made += 1
                self.behind += len(self.plan.indices(task))
                self._show(self.behind, of)
                samples = result.samples if isinstance(result, Record) else None
                self.log.add("shard", shard=task, samples=samples)
            case Failed(task, fault, tries, mark):
                self.tell(Notice(f"shard {task}, try {tries}, sample {mark}: {fault}"))
                self.log.add("failed", shard=task, tries=tries, mark=mark, fault=str(fault))
            case Quarantined(task, fault, marks):
                self.given_up[task] = event
                if not fault.repeats:  # what would repeat itself is said once, at the end
                    self.tell(Notice(f"shard {task}, try {len(marks)}, given up: {fault}"))
                self.log.add("quarantined", shard=task, fault=str(fault), details=fault.details)
                self.hopeless += fault.repeats * len(self.plan.indices(task))
                if self.fresh and not self.made and self.hopeless >= HOPELESS:
                    raise nothing(self.out, task, str(fault))

    def _show(self, behind: int, of: int) -> None:
        # A shard that fails starts anew; a bar that runs backwards would only puzzle.
        self.shown = max(self.shown, min(behind, of))
        self.tell(Progress(self.shown, of))

    def rescued(self, spots: dict[int, Spot]) -> list[int]:
        """The shards to try again, each without the one scene that none of its workers survived."""
        again = []
        for task, event in self.given_up.items():
            indices = self.plan.indices(task)
            where = set(event.marks)
            if event.fault.kind == "raised" or len(where) > 1 or max(where) >= len(indices):
                continue
            index = indices[where.pop()]
            if index not in spots:
                spots[index] = Spot(index, f"worker-{event.fault.kind}", str(event.fault))
                self.tell(Notice(f"sample {index} is left out: {event.fault}"))
                again.append(task)
        for task in again:
            del self.given_up[task]
        return sorted(again)


def nothing(out: Path | str, shard: int, fault: str) -> InputError:
    """What to raise where a run made nothing: what was wrong with one of its shards."""
    return InputError(f"nothing could be made; shard {shard}: {fault}").inside(str(out))
