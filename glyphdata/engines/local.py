"""The engine of one machine: supervised processes, one task at a time each.

A worker may raise, crash, be killed or hang; the parent notices each, starts a fresh worker and
tries the task again. No pool of the standard library does all of that: `multiprocessing.Pool` waits
for ever for a worker that was killed, `ProcessPoolExecutor` gives everything up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from glyphdata.engines import TRIES, Event, Failed, Finished, Progressed, Setup, Started
from glyphdata.engines.child import Done, Marks, Ready, Unfit, main
from glyphdata.engines.fault import Fault
from glyphdata.engines.memory import MB, measurable, resident
from glyphdata.engines.stopping import undisturbed
from glyphdata.engines.trials import Trials
from glyphdata.errors import InputError

_TICK_S = 0.25
_WATCHED_TICK_S = 0.05  # a worker under a cap is looked at so often
_FULL = 0.75  # a worker that holds so much of its cap after a task makes room for a fresh one
_SETUP_TRIES = 3
_SETUP_S = 300.0  # cold imports from a slow disk, and every core busy with the same


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Runs tasks in `workers` spawned processes.

    A worker that marks nothing for `patience_s` seconds is stuck, and killed; so is one that holds
    more than `memory_mb` (millions of bytes in memory), which has its task tried again by a fresh
    one. Scripts that call this need the `if __name__ == "__main__":` that all of multiprocessing
    needs.
    """

    workers: int
    patience_s: float = 120.0
    memory_mb: int | None = None

    def run(self, setup: Setup, tasks: Sequence[int], on_event: Callable[[Event], None]) -> None:
        """See `Engine.run`; `InputError` also where a worker cannot begin within its memory."""
        crew = Crew(pickle.dumps(setup), on_event, self.patience_s, self.memory_mb)
        try:
            crew.work(tasks, self.workers)
        finally:
            crew.end()


@dataclass(slots=True)
class _Slot:
    """A worker's process, and what it is at."""

    process: BaseProcess
    link: Connection[Any, Any]
    marks: Marks
    alive_at: float
    ready: bool = False
    task: int | None = None
    mark: int = 0
    used: bool = False


@dataclass(slots=True)
class Crew:
    """Workers of one setup (pickled), which stay between calls of `work` until the `end`."""

    setup: bytes
    on_event: Callable[[Event], None]
    patience_s: float
    memory_mb: int | None = None
    trials: Trials = field(default_factory=lambda: Trials(TRIES))
    waiting: deque[int] = field(default_factory=deque)
    slots: list[_Slot] = field(default_factory=list)
    unfit: int = 0  # workers lost without a task since one was last finished
    told: int = -1

    def work(self, tasks: Sequence[int], workers: int) -> None:
        """Run tasks as `Engine.run` does, in at most so many workers."""
        if self.memory_mb is not None:
            measurable()
        self.waiting.extend(tasks)
        tick_s = _TICK_S if self.memory_mb is None else _WATCHED_TICK_S
        while self.waiting or any(slot.task is not None for slot in self.slots):
            busy = sum(slot.task is not None for slot in self.slots)
            while len(self.slots) < min(workers, busy + len(self.waiting)):
                with undisturbed():
                    self.slots.append(self._spawned())
            for slot in list(self.slots):
                self._look_after(slot)
            self._tell_progress()
            sources = [source for one in self.slots for source in (one.link, one.process.sentinel)]
            if sources:
                wait(sources, tick_s)

    def end(self) -> None:
        """Be rid of every worker at once; tasks publish whole or not at all, so it does no harm."""
        for slot in self.slots:
            slot.process.kill()
        for slot in self.slots:
            self._buried(slot)
        self.slots.clear()

    def _spawned(self) -> _Slot:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        marks: Marks = context.RawValue("q", 0)
        sys.stdout.flush()
        process = context.Process(
            target=main, args=(there, marks, self.setup, os.getpid()), daemon=True
        )
        process.start()
        there.close()  # so that the end of the child shows as the end of the pipe
        return _Slot(process, here, marks, time.monotonic())

    def _look_after(self, slot: _Slot) -> None:
        self._listen(slot)
        if slot not in self.slots:
            return
        mark, now = slot.marks.value, time.monotonic()
        if mark != slot.mark:
            slot.mark, slot.alive_at = mark, now
        if not slot.process.is_alive():
            self._listen(slot)  # what it said last may have come after the first look
            if slot in self.slots:
                self._lost(slot, _death(slot.process))
            return
        if self._too_big(slot):
            return
        if slot.ready and slot.task is None:
            if self.waiting:
                self._hand_out(slot)
            return
        patience_s = self.patience_s if slot.ready else _SETUP_S
        if now - slot.alive_at > patience_s:
            slot.process.kill()
            self._lost(slot, Fault("stuck", "Timeout", f"no progress in {patience_s:g} s"))

    def _too_big(self, slot: _Slot) -> bool:
        """Does a worker hold more than it may? Then it is no more."""
        if self.memory_mb is None:
            return False
        cap = self.memory_mb * MB
        holds = resident(slot.process.pid or 0)
        if holds <= (cap if slot.task is not None or not slot.used else _FULL * cap):
            return False
        slot.process.kill()
        if slot.task is not None:
            much = f"the worker held {holds // MB} MB, more than its {self.memory_mb} MB"
            self._lost(slot, Fault("died", "Memory", much, "give workers more with --memory"))
        elif slot.used:  # what it keeps from task to task has grown; a fresh one begins small
            self.slots.remove(slot)
            self._buried(slot)
        else:
            raise InputError(
                f"a worker holds {holds // MB} MB before it begins, more than {self.memory_mb} MB",
                hint="give workers more with --memory",
            )
        return True

    def _listen(self, slot: _Slot) -> None:
        try:
            while slot.link.poll():
                self._hear(slot, slot.link.recv())
        except (EOFError, ConnectionResetError):
            slot.process.join(2.0)  # it closed its end: it is going, and `is_alive` will say so
            if slot.process.is_alive():
                slot.process.kill()
                slot.process.join(2.0)

    def _hear(self, slot: _Slot, message: Ready | Done | Unfit) -> None:
        slot.alive_at = time.monotonic()
        match message:
            case Ready():
                slot.ready = True
            case Unfit(fault):
                raise fault.error()
            case Done(task, result, pace, None):
                slot.task = None
                self.unfit = 0
                self.on_event(Finished(task, result, pace))
            case Done(fault=Fault() as fault):
                slot.task = None
                self._failed(message.task, fault, slot.marks.value)

    def _hand_out(self, slot: _Slot) -> None:
        task = self.waiting.popleft()
        slot.task, slot.mark, slot.marks.value, slot.used = task, 0, 0, True
        slot.alive_at = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            slot.link.send(task)  # a worker that died just now is found at the next look
        self.on_event(Started(task, self.trials.begun(task)))

    def _failed(self, task: int, fault: Fault, mark: int) -> None:
        event = self.trials.failed(task, fault, mark)
        self.on_event(event)
        if isinstance(event, Failed):
            self.waiting.appendleft(task)

    def _lost(self, slot: _Slot, fault: Fault) -> None:
        """A worker is dead or as good as dead: bury it, and see to its task."""
        self.slots.remove(slot)
        mark = slot.marks.value
        self._buried(slot)
        if slot.task is not None:
            self._failed(slot.task, fault, mark)
            return
        self.unfit += 1
        if self.unfit >= _SETUP_TRIES:
            raise RuntimeError(
                f"{self.unfit} workers ended before they got a task: {fault.message}. "
                'A script that starts workers must do so under `if __name__ == "__main__":`'
            )

    def _buried(self, slot: _Slot) -> None:
        if slot.process.is_alive():
            slot.process.kill()
        slot.process.join()
        slot.link.close()
        slot.process.close()

    def _tell_progress(self) -> None:
        marks = sum(slot.mark for slot in self.slots if slot.task is not None)
        if marks != self.told:
            self.told = marks
            self.on_event(Progressed(marks))


def _death(process: BaseProcess) -> Fault:
    code = process.exitcode or 0
    if code >= 0:
        return Fault("died", "WorkerDied", f"the worker ended by itself with exit code {code}")
    name = signal.Signals(-code).name
    hint = "the system may be short of memory; try fewer workers" if name == "SIGKILL" else ""
    return Fault("died", name, f"the worker was ended by {name}", hint)
