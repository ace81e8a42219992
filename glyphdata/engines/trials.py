"""How often a task was tried, and whether it is tried again: the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from glyphdata.engines import Failed, Quarantined
from glyphdata.engines.fault import Fault


@dataclass(slots=True)
class Trials:
    """The tries of all tasks of a run; each task has `tries` of them."""

    tries: int
    marks: dict[int, list[int]] = field(default_factory=dict)

    def begun(self, task: int) -> int:
        """Which try of a task begins now, counted from 1."""
        return len(self.marks.get(task, ())) + 1

    def failed(self, task: int, fault: Fault, mark: int) -> Failed | Quarantined:
        """What a try that failed at a mark comes to; raises what would befall other tasks too."""
        if fault.stops_all:
            raise fault.error()
        marks = self.marks.setdefault(task, [])
        marks.append(mark)
        if len(marks) < self.tries and not fault.repeats:
            return Failed(task, fault, len(marks), mark)
        return Quarantined(task, fault, tuple(marks))
