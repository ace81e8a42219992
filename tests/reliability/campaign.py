"""`python -m tests.reliability.campaign WHAT FOLDER STEP`: breaks runs at chosen moments.

In a process of its own, since it forks for each run and changes `os` in the forks. Prints what was
done as one JSON object; ends with a traceback where something was lost.
"""

from __future__ import annotations

import errno
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.engines.citizens import FakeRecipe
from tests.reliability.driving import Bench, forked, make
from tests.reliability.tripping import (
    Moment,
    Trip,
    fails_at,
    kills_at,
    kills_at_number,
    lay,
)

FAULTED = frozenset({"open", "write", "flush", "fsync", "close", "rename", "mkdir"})
_FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}


def tripped(bench: Bench, out: Path, trip: Trip) -> int:
    def work() -> None:
        lay(out, trip)
        make(out, bench.recipe)

    return bench.ended(forked(work))


def moments_of(bench: Bench, folder: Path) -> list[Moment]:
    """Every moment of a quiet run."""
    told = folder / "moments.json"

    def work() -> None:
        moments: list[Moment] = []
        lay(folder / "counted", moments.append)
        make(folder / "counted", bench.recipe)
        told.write_text(json.dumps(moments))

    assert forked(work) == 0
    shutil.rmtree(folder / "counted")
    return [Moment(*one) for one in json.loads(told.read_text())]


def named(folder: Path, step: int) -> dict[str, object]:
    """Kill at each moment that has a name of its own: what is done to what, and how far it is."""
    bench = Bench.at(folder)
    moments = moments_of(bench, folder)
    names = sorted({moment.name for moment in moments})[::step]
    for number, name in enumerate(names):
        times = sum(moment.name == name for moment in moments)
        for nth in {0, times // 2} if step == 1 else {number % times}:
            out = folder / f"{number}-{nth}"
            assert tripped(bench, out, kills_at(name, nth)) == -signal.SIGKILL, name
            _mended(bench, out, name)
    return bench.report(names=len(names), points=names)


def every(folder: Path, step: int) -> dict[str, object]:
    """Kill before, within and after every call (of which `step` takes each so many-th)."""
    bench = Bench.at(folder)
    moments = moments_of(bench, folder)
    for moment in moments[::step]:
        out = folder / f"{moment.number}-{moment.when}"
        trip = kills_at_number(moment.number, moment.when)
        assert tripped(bench, out, trip) == -signal.SIGKILL, moment
        _mended(bench, out, str(moment))
    return bench.report(moments=len(moments))


def generations(folder: Path, step: int) -> dict[str, object]:
    """Kill a run, then what goes on with it, five times over; `step` such dynasties."""
    bench = Bench.at(folder, FakeRecipe(samples=40))
    dice = random.Random(5)
    for dynasty in range(step):
        out = folder / f"{dynasty}"
        for _ in range(5):
            trip = kills_at_number(dice.randrange(60), "before")
            assert tripped(bench, out, trip) == -signal.SIGKILL
            if out.exists():
                bench.nothing_is_broken(out)
        _mended(bench, out, f"dynasty {dynasty}")
    return bench.report(generations=5)


def faults(folder: Path, step: int) -> dict[str, object]:
    """Have the n-th call fail, for every n: once, and for good as a full disk does."""
    bench = Bench.at(folder)
    calls = [
        one
        for one in moments_of(bench, folder)
        if one.call in FAULTED and one.when == ("after" if one.call == "close" else "before")
    ]
    unforeseen = []
    turn = 0
    for name, code in _FAULTS.items():
        for lasting in (False, True):
            for number in range(turn % step, len(calls), step):
                what = f"{name} {'from' if lasting else 'at'} {number}: {calls[number].name}"
                out = folder / f"{name}-{lasting}-{number}"
                trip = fails_at(number, code, FAULTED, lasting=lasting)
                ended = tripped(bench, out, trip)
                if ended not in {0, 3}:
                    unforeseen.append((ended, what))
                _mended(bench, out, what)
            turn += 1
    return bench.report(calls=len(calls), unforeseen=unforeseen)


def disks(folder: Path, step: int) -> dict[str, object]:
    """Make the dataset on file systems of 4 KiB and more until one holds it, then enlarge each."""
    bench = Bench.at(folder)
    disk = folder / "disk"
    disk.mkdir()
    pages = 1
    while bench.codes.get(0) is None:
        out = disk / "out"
        _mounted(disk, f"size={4 * pages}k")
        bench.ended(forked(lambda out=out: make(out)))  # type: ignore[misc]
        bench.nothing_is_broken(out)
        _mounted(disk, "remount,size=16m")
        bench.recovers(out, f"{pages} pages")
        subprocess.run(["umount", disk], check=True)
        pages += step
    return bench.report(pages=pages)


def _mounted(place: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)


def _mended(bench: Bench, out: Path, what: str) -> None:
    if out.exists():
        bench.nothing_is_broken(out)
    bench.recovers(out, what)
    shutil.rmtree(out)


CAMPAIGNS: dict[str, Callable[[Path, int], dict[str, object]]] = {
    "named": named,
    "every": every,
    "generations": generations,
    "faults": faults,
    "disks": disks,
}

if __name__ == "__main__":
    place = Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    print(json.dumps(CAMPAIGNS[sys.argv[1]](place, int(sys.argv[3]))))
