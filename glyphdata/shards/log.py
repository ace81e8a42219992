"""The log of a dataset's making: one JSON object a line. The only file that tells the time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nlargest
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from glyphdata.shards.durable import make_folder, writing

_SLOWEST = 5


class Log:
    """A log that is added to; several processes may, since each line is one write.

    Each line names the run that it is of. `mirror` hears each line too, without its end.
    """

    def __init__(self, path: Path, mirror: Callable[[bytes], None] | None = None) -> None:
        """`OutputError` where it cannot be written."""
        make_folder(path.parent)
        self.path = path
        self._mirror = mirror
        self._run = f"{time.time_ns():x}-{os.getpid()}"
        with writing(path):
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with writing(self.path) if error is None else suppress(OSError):
            os.close(self._file)

    def add(self, event: str, **fields: object) -> None:
        """Add a line: the time (UTC), the event's name, the run, and its fields."""
        line = event_line(event, run=self._run, **fields)
        with writing(self.path):
            os.write(self._file, line + b"\n")
        if self._mirror is not None:
            self._mirror(line)


def event_line(event: str, **fields: object) -> bytes:
    """An event as a line of JSON without its end: the time (UTC), its name, and its fields."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return orjson.dumps({"time": now, "event": event, **fields})


@dataclass(frozen=True, slots=True)
class Slow:
    """A scene that took long: its index, the seconds it took, and what draws it again."""

    index: int
    seconds: float
    draw: str


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast a dataset was made, as its log tells.

    `samples` were made in `worker_s` seconds of workers, added up, and `wall_s` seconds of runs, of
    which those that went on at the same time count once each; shards that were made twice count
    twice. `slowest` are the scenes that took longest, at most one of each shard. `unreadable`
    counts lines that a crash, or somebody else, has left.
    """

    samples: int
    worker_s: float
    wall_s: float
    slowest: tuple[Slow, ...]
    unreadable: int = 0

    @property
    def per_worker(self) -> float:
        """Samples per second of one worker; 0 where nothing is known."""
        return self.samples / self.worker_s if self.worker_s > 0 else 0.0

    @property
    def rate(self) -> float:
        """Samples per second of a run with all its workers; 0 where nothing is known."""
        return self.samples / self.wall_s if self.wall_s > 0 else 0.0


def pacing_of(path: Path) -> Pacing:
    """How fast the dataset of the log at `path` was made; all zero where there is no log."""
    samples, worker_s, unreadable = 0, 0.0, 0
    runs: dict[str, tuple[float, float]] = {}
    slow: dict[int, Slow] = {}
    for line in _lines(path):
        try:
            told = orjson.loads(line)
            at = datetime.fromisoformat(told["time"]).timestamp()
            if told["event"] == "began":
                runs[told["run"]] = (at, at)
            elif told["event"] == "shard":
                samples += told["samples"]
                worker_s += told["seconds"]
                runs[told["run"]] = (runs[told["run"]][0], at)
                found = Slow(**told["slowest"]) if told["slowest"] else None
                if found is not None:
                    slow[found.index] = found
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            unreadable += 1
    wall_s = sum(end - began for began, end in runs.values())
    slowest = nlargest(_SLOWEST, slow.values(), key=lambda one: one.seconds)
    return Pacing(samples, worker_s, wall_s, tuple(slowest), unreadable)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError:
        return
