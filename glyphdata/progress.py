"""What a run tells while it goes on, and what it remembers of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glyphdata.engines import (
    Engine,
    Event,
    Failed,
    Finished,
    Pace,
    Progressed,
    Quarantined,
    Setup,
)
from glyphdata.engines.fault import Fault
from glyphdata.errors import InputError, OutputError
from glyphdata.shards.hand import Left, left
from glyphdata.shards.keys import Places
from glyphdata.shards.log import Log
from glyphdata.shards.making import Lost, Plan
from glyphdata.shards.record import Quarantined as Spot
from glyphdata.shards.record import QuarantinedFace, Record, read_record

RESCUES = 3
"""How many scenes that no worker survives are cut out of a shard before it is given up."""

INQUESTS = 16
"""How often a run stops to find the face that ends its workers; later only scenes are cut out."""

HOPELESS = 1000
"""A run of which so many scenes were tried, and none could be made, is given up."""


SEEN_S = 60.0
"""So long a record that another machine wrote may take to show: network file systems remember for
a while that a file was not there."""


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


def silent(_event: Progress | Notice) -> None:
    """Tell no one."""


class Suspected(Exception):
    """A scene ended every worker that tried it, each with these faces (tokens) in hand."""

    def __init__(self, index: int, faces: frozenset[int]) -> None:
        super().__init__(index, faces)
        self.index = index
        self.faces = faces


@dataclass(slots=True)
class Desk:
    """Hears the engine's events about one run into the folder `out`: counts, logs, tells.

    `fresh` says that nothing was there before, `scratch` is where workers leave notes, `redraw` is
    the command that draws a scene once its index is added, empty where none does. What it was told
    of last is in `made` (which shards), and in `given_up` by shard. `lost` are the scenes that
    are to be cut out, `guilty` the faces to do without.
    """

    out: Path
    scratch: Path
    plan: Plan
    log: Log
    tell: Tell
    redraw: str = "glyphdata draw RECIPE"
    fresh: bool = False
    made: set[int] = field(default_factory=set)
    given_up: dict[int, Quarantined] = field(default_factory=dict)
    lost: dict[int, Lost] = field(default_factory=dict)
    guilty: list[QuarantinedFace] = field(default_factory=list)
    cleared: set[int] = field(default_factory=set)  # faces that need no further test
    rescues: int = 0
    inquests: int = 0
    todo: set[int] = field(default_factory=set)  # the shards of all rounds
    behind: int = 0  # scenes of finished shards
    shown: int = 0
    hopeless: int = 0  # scenes of the shards of which not one could be made
    hands: dict[int, list[Left]] = field(default_factory=dict)

    def begin(self, todo: Sequence[int]) -> None:
        """A round begins: these shards are to be made now."""
        for task in todo:
            self.hands.pop(task, None)
        self.made.difference_update(todo)
        self.todo.update(todo)
        self.behind = self._scenes(self.todo.difference(todo, self.given_up))

    def _scenes(self, shards: Iterable[int]) -> int:
        return sum(len(self.plan.indices(number)) for number in shards)

    def hear(self, event: Event) -> None:
        """Take note of an event.

        `InputError` once there is no hope that anything can be made, `Suspected` where faces are
        to be proven before it is worth going on.
        """
        match event:
            case Progressed(marks):
                self._show(self.behind + marks)
            case Finished(task, Record() as record, pace):
                self._await(record)
                self.made.add(task)
                self.behind += len(self.plan.indices(task))
                self._show(self.behind)
                self._note(record, pace)
            case Finished(task, result):
                raise RuntimeError(f"shard {task} came back as {result!r}, which is no record")
            case Failed(task, fault, tries, mark):
                self._look(task, fault)
                self.tell(Notice(f"shard {task}, try {tries}, sample {mark}: {fault}"))
                self.log.add("failed", shard=task, tries=tries, mark=mark, fault=str(fault))
            case Quarantined():
                self._give_up(event)

    def _await(self, record: Record) -> None:
        """A worker says that a shard is done: is its record here?"""
        end = time.monotonic() + SEEN_S
        while True:
            found = read_record(Places(self.out), record.number)
            if found is not None and found.sha256 == record.sha256:
                return
            if time.monotonic() > end:
                raise OutputError(
                    f"shard {record.number} was made, but not into {self.out} as it is seen here",
                    hint="write into a folder that all machines share",
                )
            time.sleep(0.2)

    def _note(self, record: Record, pace: Pace) -> None:
        """Log how a shard went, and what to look at if it was slow."""
        indices = self.plan.indices(record.number)
        index = indices[min(pace.slowest, len(indices) - 1)]  # later marks are of its publishing
        slowest: dict[str, object] = {"index": index, "seconds": round(pace.slowest_s, 4)}
        if self.redraw:
            slowest["draw"] = f"{self.redraw} --index {index} -o {index}.png"
        self.log.add(
            "shard",
            shard=record.number,
            samples=record.samples,
            seconds=round(pace.seconds, 3),
            rate=round(record.samples / pace.seconds, 2),
            rejections=dict(record.rejections),
            quarantined=len(record.quarantined),
            slowest=slowest,
        )

    def _give_up(self, event: Quarantined) -> None:
        task, fault = event.task, event.fault
        self._look(task, fault)
        self.given_up[task] = event
        if not fault.repeats:  # what would repeat itself is said once, at the end
            self.tell(Notice(f"shard {task}, try {len(event.marks)}, given up: {fault}"))
        self.log.add("quarantined", shard=task, fault=str(fault), details=fault.details)
        self.hopeless += fault.repeats * len(self.plan.indices(task))
        if self.fresh and not self.made and self.hopeless >= HOPELESS:
            raise nothing(self.out, task, str(fault))
        index, faces = self._fatal(event), self._suspects(event)
        if index is not None and faces and self.inquests < INQUESTS:
            raise Suspected(index, faces)

    def _look(self, task: int, fault: Fault) -> None:
        """Look what the worker of a failed try left."""
        if fault.kind != "raised":
            self.hands.setdefault(task, []).append(left(self.scratch, task))

    def _fatal(self, event: Quarantined) -> int | None:
        """The one scene at which every try of a shard ended, the last with its worker."""
        indices, where = self.plan.indices(event.task), set(event.marks)
        if event.fault.kind == "raised" or len(where) > 1 or max(where) >= len(indices):
            return None
        return indices[where.pop()]

    def _suspects(self, event: Quarantined) -> frozenset[int]:
        """The faces not tested yet that every try of a shard had in hand as its worker ended."""
        hands = self.hands.get(event.task, [])
        if len(hands) < len(event.marks) or not all(one.busy for one in hands):
            return frozenset()
        return frozenset.intersection(*(one.faces for one in hands)) - self.cleared

    def _show(self, behind: int) -> None:
        # A shard that fails starts anew; a bar that runs backwards would only puzzle.
        of = self._scenes(self.todo)
        self.shown = max(self.shown, min(behind, of))
        self.tell(Progress(self.shown, of))

    def rescued(self) -> list[int]:
        """The shards to try again, each without the one scene that none of its workers survived."""
        again = []
        for task, event in self.given_up.items() if self.rescues < RESCUES else ():
            index = self._fatal(event)
            if index is not None and index not in self.lost:
                spot = Spot(index, f"worker-{event.fault.kind}", str(event.fault))
                touched = frozenset[int]().union(*(one.faces for one in self.hands[task]))
                self.lost[index] = Lost(spot, touched)
                self.tell(Notice(f"sample {index} is left out: {event.fault}"))
                again.append(task)
        for task in again:
            del self.given_up[task]
        self.rescues += 1
        return sorted(again)

    def inquire(
        self, suspected: Suspected, engine: Engine, setup: Setup, key: Callable[[int], str]
    ) -> None:
        """Have each suspected face drawn by workers of its own: those that end them are `guilty`.

        If there are any, what was given up is tried again. `key` names a face.
        """
        guilty: list[QuarantinedFace] = []

        def hear(event: Event) -> None:
            if isinstance(event, Quarantined) and event.fault.kind != "raised":
                reason, message = f"worker-{event.fault.kind}", str(event.fault)
                guilty.append(QuarantinedFace(event.task, key(event.task), reason, message))

        self.tell(Notice(f"sample {suspected.index} ends each worker; its faces are tested alone"))
        engine.run(setup, sorted(suspected.faces), hear)
        self.inquests += 1
        self.cleared |= suspected.faces
        for face in guilty:
            self.tell(Notice(f"<font-{face.token}> {face.key} is quarantined: {face.message}"))
            self.log.add("face", token=face.token, key=face.key, fault=face.message)
        if guilty:
            self.guilty += guilty
            self._forgive({face.token for face in guilty})

    def _forgive(self, guilty: set[int]) -> None:
        """Nothing is lost for good that these faces may be to blame for."""
        self.lost = {at: one for at, one in self.lost.items() if one.faces.isdisjoint(guilty)}
        self.given_up.clear()
        self.rescues = self.hopeless = 0


def nothing(out: Path | str, shard: int, fault: str) -> InputError:
    """What to raise where a run made nothing: what was wrong with one of its shards."""
    return InputError(f"nothing could be made; shard {shard}: {fault}").inside(str(out))
