"""Where tasks run. The page to read before adding an engine.

An engine gets a recipe for a worker (`setup`), a list of task numbers and someone to tell
(`on_event`). It makes workers, hands each one task at a time, survives their deaths, and reports.
Nothing here knows what a task makes: that is between the worker and the reader of `Finished`.

A worker marks its progress within a task as a number that only grows. The mark shows life, and says
where a worker was when it died. A task that fails in `TRIES` workers, or fails knowingly (with an
error of ours) once, is quarantined; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from glyphdata.engines.fault import Fault

TRIES = 3
"""How often a task is tried before it is quarantined."""


class Worker(Protocol):
    """Runs tasks, one after another, in a process of its own."""

    def run(self, task: int, mark: Callable[[int], None]) -> object:
        """Do a task; call `mark` with a growing number as it gets on. The result must pickle."""
        ...


Setup = Callable[[], Worker]
"""Makes a worker where it will run; must pickle."""


@dataclass(frozen=True, slots=True)
class Started:
    """A worker began with a task; `tries` counts from 1."""

    task: int
    tries: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """The marks of all tasks under way, added up; comes a few times a second."""

    marks: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a task took (in seconds), and the mark at which its slowest step began."""

    seconds: float
    slowest: int = 0
    slowest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """A task is done; `pace` is of the try that did it."""

    task: int
    result: object
    pace: Pace


@dataclass(frozen=True, slots=True)
class Failed:
    """A try of a task failed at a mark; it is tried again."""

    task: int
    fault: Fault
    tries: int
    mark: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A task failed for good; `marks` says where each of its tries ended."""

    task: int
    fault: Fault
    marks: tuple[int, ...]


Event = Started | Progressed | Finished | Failed | Quarantined


class Engine(Protocol):
    """Runs tasks."""

    def run(self, setup: Setup, tasks: Sequence[int], on_event: Callable[[Event], None]) -> None:
        """Run every task, each to `Finished` or `Quarantined`, in no promised order.

        A fault of the setup, and a task's `OutputError` or `InputError` (what one task cannot write
        or read, others cannot either), are raised here once all workers are gone; so is whatever
        `on_event` raises.
        """
        ...
