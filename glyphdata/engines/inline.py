"""The engine without processes: for debuggers and profilers, not for long runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glyphdata.engines import Event, Finished, Progressed, Quarantined, Setup, Started
from glyphdata.engines.fault import Fault
from glyphdata.engines.pace import Stopwatch
from glyphdata.engines.stopping import Stopped, heed, undisturbed


@dataclass(frozen=True, slots=True)
class InlineEngine:
    """Runs every task here, one after another.

    What a task raises quarantines it at once: nothing is random here that a second try would mend.
    """

    def run(self, setup: Setup, tasks: Sequence[int], on_event: Callable[[Event], None]) -> None:
        """See `Engine.run`; nothing guards against a crash or a task without end."""
        worker = setup()
        for task in tasks:
            on_event(Started(task, 1))
            last = 0

            def mark(value: int) -> None:
                nonlocal last
                last = value
                heed()

            watch = Stopwatch(mark)
            try:
                with undisturbed():  # a task may catch what a signal raises in it
                    result = worker.run(task, watch)
            except Stopped:
                raise
            except Exception as error:
                fault = Fault.of(error)
                if fault.stops_all:
                    raise
                on_event(Quarantined(task, fault, (last,)))
            else:
                on_event(Progressed(last))
                on_event(Finished(task, result, watch.stop()))
