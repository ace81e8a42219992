"""What runs on a Ray worker: one try of a task, in a supervised process that stays for the next."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from glyphdata.engines import Event, Finished, Progressed, Quarantined
from glyphdata.engines.child import Unfit
from glyphdata.engines.fault import Fault
from glyphdata.engines.local import Crew
from glyphdata.engines.trials import Trials
from glyphdata.errors import InputError

Ended = Finished | Quarantined | Unfit
"""How a try ended; `Unfit` is what no other try would survive either."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every try of a run needs: its setup (pickled), its limits, and whose code it is."""

    setup: bytes
    patience_s: float
    memory_mb: int | None
    version: str


class Board:
    """Where tries note how far they are: an actor that workers write to and the driver reads."""

    def __init__(self) -> None:
        self._news: dict[tuple[int, int], tuple[int, int]] = {}

    def put(self, task: int, number: int, mark: int) -> None:
        """Note the mark of try `number` of a task."""
        count, _ = self._news.get((task, number), (0, 0))
        self._news[task, number] = (count + 1, mark)

    def read(self) -> dict[tuple[int, int], tuple[int, int]]:
        """By task and try: how often it was heard of, and its last mark."""
        return self._news

    def forget(self, task: int) -> None:
        """Drop what is known of a task that has ended."""
        for known in [one for one in self._news if one[0] == task]:
            del self._news[known]


def here() -> str:
    """The version of this package, as machines compare it."""
    try:
        return version("glyphdata")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0"


class _Kept:
    """The crew of this Ray worker; it dies with it."""

    job: Job | None = None
    crew: Crew | None = None

    def crew_of(self, job: Job) -> Crew:
        """The crew for a job; that of another job is ended."""
        if self.crew is None or self.job != job:
            self.end()
            self.crew = Crew(job.setup, _unheard, job.patience_s, job.memory_mb)
            self.job = job
        return self.crew

    def end(self) -> None:
        """Be rid of the crew."""
        if self.crew is not None:
            self.crew.end()
        self.crew = self.job = None


_kept = _Kept()


def _unheard(_event: Event) -> None:
    """Nobody listens between two tries."""


def tried(job: Job, task: int, number: int, board: Any) -> Ended:
    """Try a task once; called by Ray, in a process of its own.

    `board` is the handle of a `Board`, whose methods Ray makes as it runs.
    """
    if job.version != here():
        fault = InputError(
            f"a machine of the cluster has glyphdata {here()}, this one {job.version}",
            hint="install the same version everywhere",
        )
        return Unfit(Fault.of(fault))
    ended: list[Finished | Quarantined] = []

    def hear(event: Event) -> None:
        if isinstance(event, Progressed):
            board.put.remote(task, number, event.marks)
        elif isinstance(event, Finished | Quarantined):
            ended.append(event)

    board.put.remote(task, number, 0)
    crew = _kept.crew_of(job)
    crew.on_event, crew.trials, crew.told = hear, Trials(tries=1), -1
    try:
        crew.work([task], 1)
    except Exception as error:
        _kept.end()
        return Unfit(Fault.of(error))
    return ended[0]
