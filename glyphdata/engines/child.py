"""The inside of a worker's process: make the worker, then do task after task until killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

from glyphdata.engines import Pace, Setup
from glyphdata.engines.fault import Fault
from glyphdata.engines.pace import Stopwatch

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Marks(Protocol):
    """A number shared with the parent."""

    value: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker is made."""


@dataclass(frozen=True, slots=True)
class Done:
    """A task came to its end: with a result, or with a fault."""

    task: int
    result: object
    pace: Pace
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """The worker could not be made."""

    fault: Fault


def main(link: Connection[Any, Any], marks: Marks, setup: bytes, parent: int) -> None:
    """Serve tasks that come over `link`; the parent reads progress from `marks`.

    The setup comes pickled: to read it imports all that it needs, which takes seconds from a cold
    disk, and by then this process must be bound to its parent.
    """
    _end_with(parent)
    # The parent hears a Ctrl-C too, and ends its workers itself. What a worker prints must not
    # get into the parent's results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            made: Setup = pickle.loads(setup)  # written by our own parent
            worker = made()
        except Exception as error:
            link.send(Unfit(Fault.of(error)))
            return
        link.send(Ready())
        mark = _Marker(marks)
        while True:
            task: int = link.recv()
            watch = Stopwatch(mark)
            try:
                result, fault = worker.run(task, watch), None
            except Exception as error:
                result, fault = None, Fault.of(error)
            done = Done(task, result, watch.stop(), fault)
            link.send(done)


class _Marker:
    """Puts the mark where the parent sees it: a store in shared memory, no system call."""

    __slots__ = ("_marks",)

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def __call__(self, value: int) -> None:
        self._marks.value = value


def _end_with(parent: int) -> None:
    """Make sure that this process does not outlive its parent, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it was gone before the kernel was asked
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
