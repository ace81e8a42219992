"""Workers and drivers that are killed or told to stop: nothing lost, no one left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.citizens import FakeRecipe
from tests.reliability.driving import make, seen
from tests.reliability.watching import Killer, Poller, alive, workers_of

ROOT = Path(__file__).parents[2]
LONG = FakeRecipe(samples=80, pause_s=0.005)  # a pause changes no byte
SHORT = FakeRecipe(samples=15, pause_s=0.01)

DRIVER = """
if __name__ == "__main__":  # what stands above it, each worker would import before it is bound
    import sys
    from pathlib import Path
    from glyphdata.errors import GlyphdataError
    from tests.engines.citizens import FakeRecipe
    from tests.reliability.driving import make
    try:
        make(Path(sys.argv[1]), FakeRecipe(samples=80, pause_s=0.05), workers=2)
    except GlyphdataError as told:
        sys.exit(told.exit_code)
"""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("quiet") / "out"
    make(out, LONG)
    return seen(out)


def driver(tmp_path: Path, out: Path) -> subprocess.Popen[bytes]:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script), str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_until(what: Callable[[], bool], most_s: float) -> float:
    """The seconds until it is so; fails where that takes longer."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < most_s
        time.sleep(0.005)
    return time.monotonic() - began


def test_workers_killed_at_random_times_cost_nothing(tmp_path: Path) -> None:
    longer = FakeRecipe(samples=160, pause_s=0.005)
    make(tmp_path / "quiet", longer)
    clean = seen(tmp_path / "quiet")
    kills = looks = 0
    slowest = 0.0
    for turn in range(2):
        out = tmp_path / f"{turn}"
        killer = Killer(out, 10, random.Random(turn), 0.1)
        poller = Poller(out, clean)
        with killer.killing(), poller.watching():
            make(out, longer, workers=1)
        assert seen(out) == clean
        assert poller.tars > 0
        kills, looks = kills + killer.kills, looks + poller.looks
        slowest = max((slowest, *killer.mended_s))
    print({"kills": kills, "looks": looks, "slowest_recovery_s": round(slowest, 2)})
    assert 15 <= kills <= 20  # a slow machine may be done before the last of them


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_worker_killed_at_a_random_time_costs_nothing_in_two_hundred_runs(tmp_path: Path) -> None:
    make(tmp_path / "quiet", SHORT)
    clean = seen(tmp_path / "quiet")
    kills = looks = tars = 0
    slowest = 0.0
    for turn in range(200):
        out = tmp_path / f"{turn}"
        killer = Killer(out, 1, random.Random(turn), 0.1)
        poller = Poller(out, clean)
        with killer.killing(), poller.watching():
            make(out, SHORT, workers=1 + turn % 2)
        assert seen(out) == clean, turn
        kills += killer.kills
        looks, tars = looks + poller.looks, tars + poller.tars
        slowest = max((slowest, *killer.mended_s))
    print({"kills": kills, "looks": looks, "tars": tars, "slowest_recovery_s": round(slowest, 2)})
    assert kills >= 190  # a run may be over before its time comes


def stopped(tmp_path: Path, out: Path, number: int, delay_s: float) -> tuple[int, float]:
    """The exit code of a driver that gets a signal while it works, and how long it took to end."""
    process = driver(tmp_path, out)
    wait_until((out / ".glyphdata/recipe.json").exists, 60)
    time.sleep(delay_s)
    workers = workers_of(process.pid)
    began = time.monotonic()
    process.send_signal(number)
    code = process.wait(30)
    took = time.monotonic() - began
    wait_until(lambda: not any(map(alive, workers)), 2)
    return code, took


@pytest.mark.parametrize(
    "times", [1, pytest.param(25, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_a_random_time_stops_it_within_five_seconds(
    tmp_path: Path, clean: dict[str, bytes], number: int, code: int, times: int
) -> None:
    dice = random.Random(number)
    took: list[float] = []
    codes: list[int] = []
    for turn in range(times):
        out = tmp_path / f"{turn}"
        poller = Poller(out, clean)
        with poller.watching():
            ended, seconds = stopped(tmp_path, out, number, dice.uniform(0, 2.0))
        codes.append(ended)
        took.append(seconds)
        make(out, LONG)
        assert seen(out) == clean
    print({"stops": times, "slowest_s": round(max(took), 2), "codes": sorted(set(codes))})
    assert max(took) < 5
    assert set(codes) == {code}


@pytest.mark.parametrize(
    "times", [2, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_a_killed_driver_leaves_no_worker_behind_and_the_next_run_the_same_files(
    tmp_path: Path, clean: dict[str, bytes], times: int
) -> None:
    dice = random.Random(9)
    slowest = 0.0
    orphans = 0
    for turn in range(times):
        out = tmp_path / f"{turn}"
        poller = Poller(out, clean)
        with poller.watching():
            process = driver(tmp_path, out)
            wait_until(lambda pid=process.pid: len(workers_of(pid)) == 2, 60)  # type: ignore[misc]
            time.sleep(dice.uniform(0, 2.0))
            workers = workers_of(process.pid)
            process.kill()
            process.wait()
            orphans += len(workers)
            gone = wait_until(lambda some=workers: not any(map(alive, some)), 2)  # type: ignore[misc]
        slowest = max(slowest, gone)
        make(out, LONG)
        assert seen(out) == clean
    print({"kills": times, "workers": orphans, "slowest_end_s": round(slowest, 3)})
    assert orphans > 0


def test_of_two_drivers_of_one_folder_one_is_refused_and_the_files_are_whole(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    poller = Poller(out, clean)
    with poller.watching():
        both = [driver(tmp_path, out) for _ in range(2)]
        codes = [process.wait(120) for process in both]
    assert sorted(codes) in ([0, 3], [0, 0])  # the late one finds it done
    assert seen(out) == clean
