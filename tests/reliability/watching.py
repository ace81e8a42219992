"""Who looks on while a dataset is made, and who kills its workers meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from glyphdata.shards.tarread import open_tar

LOOK_S = 0.01


class Thread:
    """Something that goes on beside the test until its end; a fault of it is the test's."""

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self._over = threading.Event()
        self._work = work
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._work(self._over)
        except BaseException as fault:
            self._fault = fault

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault


class Poller:
    """Every 10 ms, asks of each shard that shows whether it is whole and the quiet run's."""

    def __init__(self, out: Path, clean: Mapping[str, bytes]) -> None:
        self.out, self.clean = out, clean
        self.looks = self.tars = 0

    def watching(self) -> Thread:
        return Thread(self._watch)

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(LOOK_S):
            self.looks += 1
            for tar in sorted(self.out.glob("data/*.tar")):
                try:
                    content = tar.read_bytes()
                    count = len(list(open_tar(tar)))
                except FileNotFoundError:
                    continue
                self.tars += 1
                assert content == self.clean[f"data/{tar.name}"], tar
                assert count > 0


def workers_of(pid: int) -> list[int]:
    """The processes that a driver has its shards made in."""
    found = []
    with suppress(FileNotFoundError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError):
                found += [int(one) for one in (task / "children").read_text().split()]
    return [one for one in found if _spawned(one)]


def _spawned(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Killer:
    """Kills a worker of this process up to `most` times, a random while after each new record.

    Since a record comes between two kills, no shard is hit so often that it counts as deadly.
    """

    def __init__(self, out: Path, most: int, dice: random.Random, within_s: float) -> None:
        self.out, self.most, self.dice, self.within_s = out, most, dice, within_s
        self.kills = 0
        self.mended_s: list[float] = []

    def killing(self) -> Thread:
        return Thread(self._kill)

    def _kill(self, over: threading.Event) -> None:
        known = -1
        killed_at = 0.0
        while not over.wait(0.002):
            if records(self.out) <= known:
                continue
            if killed_at:
                self.mended_s.append(time.monotonic() - killed_at)
                killed_at = 0.0
            if self.kills == self.most or over.wait(self.dice.uniform(0, self.within_s)):
                return
            workers = workers_of(os.getpid())
            if workers:
                known = records(self.out)
                with suppress(ProcessLookupError):
                    os.kill(self.dice.choice(workers), signal.SIGKILL)
                    self.kills += 1
                    killed_at = time.monotonic()


def records(out: Path) -> int:
    """How many shards have their record."""
    return len(list(out.glob(".glyphdata/shards/*.json")))
