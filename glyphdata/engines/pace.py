"""How long a task takes, and which of its steps takes longest: told by its marks alone."""

from __future__ import annotations

import time
from collections.abc import Callable

from glyphdata.engines import Pace


class Stopwatch:
    """Passes the marks of one task on, and times what lies between them.

    A step lasts from one mark to the next; what comes before the first and after the last is none.
    """

    __slots__ = ("_began", "_last", "_mark", "_pass_on", "_slowest", "_slowest_s")

    def __init__(self, pass_on: Callable[[int], None]) -> None:
        self._pass_on = pass_on
        self._began = time.perf_counter()
        self._last = 0.0
        self._mark = -1
        self._slowest, self._slowest_s = 0, 0.0

    def __call__(self, value: int) -> None:
        """Hear a mark."""
        now = time.perf_counter()
        if self._mark >= 0 and now - self._last > self._slowest_s:
            self._slowest, self._slowest_s = self._mark, now - self._last
        self._mark, self._last = value, now
        self._pass_on(value)

    def stop(self) -> Pace:
        """The pace of the task, which ends now."""
        return Pace(time.perf_counter() - self._began, self._slowest, self._slowest_s)
