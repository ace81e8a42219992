"""Work that takes longer than an answer may: done in a thread, asked after again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

from glyphdata.errors import GlyphdataError

State = Literal["none", "computing", "ready", "failed"]
Result = TypeVar("Result")


class Job(Generic[Result]):
    """One piece of work, done at most once at a time; its last result stays.

    `state` tells how it stands, `fault` why it failed, `done` of `of` how far it is.
    """

    def __init__(self) -> None:
        self.state: State = "none"
        self.fault = ""
        self.done = self.of = 0
        self.result: Result | None = None
        self._lock = threading.Lock()

    def start(self, work: Callable[[Callable[[int, int], None]], Result]) -> bool:
        """Begin unless it is under way; the work is told a function to say how far it is."""
        with self._lock:
            if self.state == "computing":
                return False
            self.state, self.done, self.of = "computing", 0, 0
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        return True

    def settle(self, result: Result) -> None:
        """Take a result that was got elsewhere."""
        self.result, self.state = result, "ready"

    def _run(self, work: Callable[[Callable[[int, int], None]], Result]) -> None:
        try:
            self.result = work(self._tell)
        except GlyphdataError as fault:
            self.fault, self.state = str(fault), "failed"
        except Exception as fault:
            # The asker is told; raising in a thread that nobody joins would tell no one.
            self.fault, self.state = f"a bug of ours: {fault!r}", "failed"
        else:
            self.state = "ready"

    def _tell(self, done: int, of: int) -> None:
        self.done, self.of = done, of
