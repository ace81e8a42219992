"""A run may be killed or stopped at any instant: what comes of it in the end is the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.captions.citizens import Parrot, captioned, overlay

ROOT = Path(__file__).parents[2]
TOTAL = 48
BATCH = 4  # two samples, two levels each


@pytest.fixture(scope="module")
def clean(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("clean") / "out"
    shutil.copytree(made, out)
    assert captioned(out).tally.made == TOTAL
    return overlay(out)


def asked(log: Path) -> list[str]:
    """Every caption that was asked for, in all runs: key and level."""
    if not log.exists():
        return []
    return [line.rpartition(" ")[0] for line in log.read_text().splitlines()]


def begun(out: Path, log: Path, seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.captions.citizens", str(out), str(log), str(seconds)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )


def wait_until_asked(run: subprocess.Popen[bytes], log: Path, count: int) -> None:
    end = time.monotonic() + 30
    while len(set(asked(log))) < count:
        assert run.poll() is None, run.communicate()[1].decode()
        assert time.monotonic() < end
        time.sleep(0.002)


def test_killed_at_six_points_and_gone_on_with_it_says_the_same_and_loses_a_batch_at_most(
    out: Path, tmp_path: Path, clean: dict[str, bytes]
) -> None:
    log = tmp_path / "log"
    for point in (1, 6, 15, 17, 29, 40):
        run = begun(out, log, 0.01)
        wait_until_asked(run, log, point)
        run.kill()
        run.communicate()
        assert run.returncode == -signal.SIGKILL
    done = captioned(out, Parrot(log=log))
    assert done.whole
    assert overlay(out) == clean
    counts = Counter(asked(log))
    assert len(counts) == TOTAL
    assert sum(counts.values()) <= TOTAL + 6 * BATCH
    assert not list((out / ".glyphdata/captions").rglob("*.jsonl*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_with_what_was_said_kept(
    out: Path, tmp_path: Path, clean: dict[str, bytes], number: signal.Signals
) -> None:
    log = tmp_path / "log"
    run = begun(out, log, 0.02)
    wait_until_asked(run, log, 2 * BATCH + 1)
    run.send_signal(number)
    told = run.communicate(timeout=30)[1].decode()
    assert f"stopped by {number.name}" in told
    before = len(asked(log))
    done = captioned(out, Parrot(log=log))
    assert done.tally.there >= 2 * BATCH
    assert len(asked(log)) <= TOTAL + BATCH
    assert before < TOTAL
    assert overlay(out) == clean
