"""Killed at any moment, or with any call to the disk failing: nothing is lost, the rest is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(1800)

ROOT = Path(__file__).parents[2]
CALLS = ("open", "write", "fsync", "rename", "mkdir", "close", "unlink")
OF = (
    *("tar", "part", "record", "index", "sums", "sizes", "picture", "card", "croissant"),
    *("manifest", "claim", "log", "lock"),
)


def campaign(folder: Path, what: str, step: int) -> dict[str, object]:
    """What came of a campaign; it ends with a traceback where anything was lost."""
    ran = subprocess.run(
        f"{sys.executable} -W ignore -m tests.reliability.campaign {what} {folder} {step}".split(),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, object] = json.loads(ran.stdout)
    print(what, {name: said for name, said in told.items() if name != "points"})
    return told


def test_killed_at_named_points_it_goes_on_to_the_same_files(tmp_path: Path) -> None:
    told = campaign(tmp_path, "named", 6)
    assert int(str(told["runs"])) >= 25
    assert told["codes"] == {"-9": told["runs"]}
    assert int(str(told["tars_seen"])) > 0


@pytest.mark.slow
def test_killed_at_every_named_point_it_goes_on_to_the_same_files(tmp_path: Path) -> None:
    told = campaign(tmp_path, "named", 1)
    points = told["points"]
    assert isinstance(points, list)
    assert all(any(f"{call} of" in point for point in points) for call in CALLS)
    assert all(any(point.endswith(f" of {of}") for point in points) for of in OF)


@pytest.mark.slow
def test_killed_before_within_and_after_every_call_it_goes_on_to_the_same_files(
    tmp_path: Path,
) -> None:
    told = campaign(tmp_path, "every", 1)
    assert told["runs"] == told["moments"]


@pytest.mark.parametrize("dynasties", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_five_runs_killed_one_after_the_other_still_come_to_the_same_files(
    tmp_path: Path, dynasties: int
) -> None:
    told = campaign(tmp_path, "generations", dynasties)
    assert told["codes"] == {"-9": 5 * dynasties}


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_whichever_call_fails_the_error_is_ours_and_the_next_run_mends_it(
    tmp_path: Path, step: int
) -> None:
    told = campaign(tmp_path, "faults", step)
    assert told["unforeseen"] == []
    assert set(dict(told["codes"])) <= {"0", "3"}  # type: ignore[call-overload]
