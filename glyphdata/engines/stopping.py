"""Stopping on request: SIGINT and SIGTERM become one exception, raised once."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from glyphdata.errors import GlyphdataError

PATIENCE_S = 2.0
"""So long a run may clean up behind itself before another signal breaks into that too."""


class Stopped(GlyphdataError):
    """A run that was told to stop; its exit code is 130 (SIGINT) or 143 (SIGTERM)."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"stopped by {signal.Signals(number).name}",
            hint="run the same command again: what is finished is kept",
        )
        self.exit_code = 128 + number


@dataclass(slots=True)
class _Door:
    """Signals are the process's, so this is too: is one let in now, and has one come?"""

    shut: bool = False
    waiting: int = 0
    stopped_at: float = -math.inf

    @property
    def stopped(self) -> bool:
        return time.monotonic() - self.stopped_at < PATIENCE_S

    def knock(self, number: int, _frame: FrameType | None = None) -> None:
        if self.stopped:
            return
        if self.shut:
            self.waiting = number
            return
        self.stop(number)

    def stop(self, number: int) -> NoReturn:
        self.stopped_at, self.waiting = time.monotonic(), 0
        raise Stopped(number)


_door = _Door()


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` inside at the first SIGINT or SIGTERM; for two seconds others are ignored.

    Signals reach the main thread only; elsewhere, and inside another one of these, this does
    nothing.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) == _door.knock:
        yield
        return
    _door.stopped_at, _door.waiting = -math.inf, 0
    before = {one: signal.signal(one, _door.knock) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off `Stopped` to the end of this: what is inside must not be left half done."""
    _door.shut = True
    try:
        yield
    finally:
        _door.shut = False
    if _door.waiting:
        _door.knock(_door.waiting)


def heed() -> None:
    """Raise the `Stopped` that was put off, at a place inside `undisturbed` where it is harmless.

    Work that catches exceptions, or is called back from C where they are lost, runs undisturbed and
    calls this in between.
    """
    if _door.waiting and not _door.stopped:
        _door.stop(_door.waiting)
