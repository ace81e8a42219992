"""The engine of a Ray cluster: a Ray task for each try of a task of ours.

Ray places tries on machines and tells when a machine or a process of its own is lost. It is asked
for no retries: it would repeat a crash unseen and an exception not at all, and here every try is
told of and counted, as in the engine of one machine. What runs a try is a supervised process of
that engine, which stays with the Ray worker that began it; so a crash, a task without end and too
much memory end that process alone, and its mark is exact.
"""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glyphdata.engines import (
    TRIES,
    Event,
    Failed,
    Finished,
    Progressed,
    Quarantined,
    Setup,
    Started,
)
from glyphdata.engines.child import Unfit
from glyphdata.engines.fault import Fault
from glyphdata.engines.raycluster import joined
from glyphdata.engines.raytask import Board, Ended, Job, here, tried
from glyphdata.engines.stopping import undisturbed
from glyphdata.engines.trials import Trials
from glyphdata.errors import InputError

if TYPE_CHECKING:
    from ray import ObjectRef

_TICK_S = 0.25
_LOOK_S = 0.5  # the board is read so often
_AWAY_S = 360.0  # after its patience, and the start of a worker: its supervisor is out of reach
_BEGIN_S = 900.0  # a cluster may have to start machines first
_GONE_S = 4.0


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Runs tasks on the Ray cluster at `address`, or on a new one of this machine alone.

    `workers` tries run at a time (None: as many as there are CPUs); `patience_s` and `memory_mb`
    are as in `LocalEngine`. Setups and results cross by pickle, and every machine must have this
    package in the same version. What tasks write must go where all machines see it.
    """

    workers: int | None = None
    address: str | None = None
    patience_s: float = 120.0
    memory_mb: int | None = None

    def run(self, setup: Setup, tasks: Sequence[int], on_event: Callable[[Event], None]) -> None:
        """See `Engine.run`; `InputError` also where there is no Ray, or no such cluster."""
        job = Job(pickle.dumps(setup), self.patience_s, self.memory_mb, here())
        with joined(self.address, self.workers) as cpus:
            # Twice as many are asked for as run at a time, so that no CPU waits for the driver.
            shift = _Shift(job, deque(tasks), on_event, self.workers or 2 * cpus)
            try:
                shift.work()
            finally:
                with undisturbed():
                    shift.call_off()


@dataclass(slots=True)
class _Try:
    """A try that Ray was asked for, and what the board told of it."""

    task: int
    number: int
    heard_at: float
    started: bool = False
    news: int = 0
    mark: int = 0
    away: bool = False


class _Shift:
    """What is asked of Ray in one run."""

    def __init__(
        self, job: Job, waiting: deque[int], on_event: Callable[[Event], None], width: int
    ) -> None:
        import ray

        self.waiting = waiting
        self.on_event = on_event
        self.width = width
        self.silence_s = job.patience_s + _AWAY_S
        self.tries: dict[ObjectRef[Ended], _Try] = {}
        self.trials = Trials(TRIES)
        self.told = -1
        self.asked_at = self.looked_at = time.monotonic()
        self.begun = False
        self.job = ray.put(job)
        # Any: Ray makes the methods of both as it runs.
        self.board: Any = ray.remote(Board).options(num_cpus=0, max_restarts=-1).remote()
        self.remote: Any = ray.remote(tried).options(num_cpus=1, max_retries=0)

    def work(self) -> None:
        """Run all tasks to their end."""
        import ray

        while self.waiting or self.tries:
            while self.waiting and len(self.tries) < self.width:
                self._ask_for(self.waiting.popleft())
            with undisturbed():  # an exception that a signal raises would be lost inside of Ray
                ready, _ = ray.wait(list(self.tries), timeout=_TICK_S)
            for ref in ready:
                self._hear(ref)
            if time.monotonic() - self.looked_at >= _LOOK_S:
                self._look()
                self._tell_progress()

    def call_off(self) -> None:
        """Have whatever still runs killed, and wait for that."""
        import ray

        for ref in self.tries:
            ray.cancel(ref, force=True)
        if self.tries:
            ray.wait(list(self.tries), num_returns=len(self.tries), timeout=_GONE_S)
        ray.kill(self.board)

    def _ask_for(self, task: int) -> None:
        number = self.trials.begun(task)
        with undisturbed():
            ref = self.remote.remote(self.job, task, number, self.board)
            self.tries[ref] = _Try(task, number, time.monotonic())

    def _hear(self, ref: ObjectRef[Ended]) -> None:
        """A try came to its end, or was lost with the process or the machine that it ran on."""
        one = self.tries.pop(ref)
        with undisturbed():
            came = _came(ref, one)
            self.board.forget.remote(one.task)
        self._started(one)
        match came:
            case Unfit(fault):
                raise fault.error()
            case Finished():
                self.on_event(came)
            case Quarantined(task, fault, marks):
                self._failed(task, fault, marks[-1])
            case Fault():
                self._failed(one.task, came, one.mark)

    def _failed(self, task: int, fault: Fault, mark: int) -> None:
        event = self.trials.failed(task, fault, mark)
        self.on_event(event)
        if isinstance(event, Failed):
            self.waiting.appendleft(task)

    def _started(self, one: _Try) -> None:
        self.begun = True
        if not one.started:
            one.started = True
            self.on_event(Started(one.task, one.number))

    def _look(self) -> None:
        """Read the board; call off what nothing was heard of for too long."""
        import ray
        from ray.exceptions import GetTimeoutError, RayActorError

        now = self.looked_at = time.monotonic()
        try:
            with undisturbed():
                told = ray.get(self.board.read.remote(), timeout=1.0)
        except (GetTimeoutError, RayActorError):
            told = {}  # it is late, or starts anew; tries that stay unheard of are called off below
        for ref, one in self.tries.items():
            news, mark = told.get((one.task, one.number), (0, 0))
            if news and news != one.news:
                one.news, one.mark, one.heard_at = news, mark, now
                self._started(one)
            elif one.started and not one.away and now - one.heard_at > self.silence_s:
                one.away = True
                ray.cancel(ref, force=True)
        if not self.begun and now - self.asked_at > _BEGIN_S:
            raise InputError(
                f"no machine of the Ray cluster took a task in {_BEGIN_S:g} s",
                hint="`ray status` tells what it waits for",
            )

    def _tell_progress(self) -> None:
        marks = sum(one.mark for one in self.tries.values())
        if marks != self.told:
            self.told = marks
            self.on_event(Progressed(marks))


def _came(ref: ObjectRef[Ended], one: _Try) -> Ended | Fault:
    """How a try ended; a fault where Ray lost it."""
    import ray
    from ray.exceptions import RayError, RayTaskError

    try:
        ended: Ended = ray.get(ref)
        return ended
    except RayTaskError as lost:
        if isinstance(lost.cause, ImportError):
            where = InputError(
                f"a machine of the Ray cluster cannot run this: {lost.cause}",
                hint="install glyphdata there too, in the same version",
            )
            return Unfit(Fault.of(where))
        return Fault.of(lost.cause)
    except RayError as lost:
        if one.away:
            return Fault("stuck", "Timeout", "its machine was not heard of any more")
        said = " ".join(str(lost).split())[:200]
        return Fault("died", type(lost).__name__, f"Ray lost the worker: {said}")
