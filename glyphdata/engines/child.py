"""The inside of a worker's process: make the worker, then do task after task until killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

from glyphdata.engines import Setup
from glyphdata.engines.fault import Fault

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
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """The worker could not be made."""

    fault: Fault


def main(link: Connection[Any, Any], marks: Marks, setup: Setup, parent: int) -> None:
    """Serve tasks that come over `link`; the parent reads progress from `marks`."""
    _end_with(parent)
    # The parent hears a Ctrl-C too, and ends its workers itself. What a worker prints must not
    # get into the parent's results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            worker = setup()
        except Exception as error:
            link.send(Unfit(Fault.of(error)))
            return
        link.send(Ready())
        mark = _Marker(marks)
        while True:
            task: int = link.recv()
            try:
                done = Done(task, worker.run(task, mark), None)
            except Exception as error:
                done = Done(task, None, Fault.of(error))
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
