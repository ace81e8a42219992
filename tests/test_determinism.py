"""The same recipe makes the same bytes: however many workers, however often it was killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SAMPLES, PER_SHARD = 240, 20
SHARDS = SAMPLES // PER_SHARD

Elsewhere = Callable[..., dict[str, str]]


@dataclass(frozen=True)
class Tool:
    """The command, as a person runs it."""

    recipe: Path
    environment: dict[str, str]

    def command(self, out: Path, *more: str, workers: int = 2) -> list[str]:
        tool = [sys.executable, "-m", "glyphdata", "generate", str(self.recipe), str(out)]
        return [*tool, "--workers", str(workers), *more]

    def generate(self, out: Path, *more: str, workers: int = 2, **how: object) -> str:
        """Generate, and say what it printed as JSON; how: `env`, `cwd`, `umask`."""
        ran = subprocess.run(
            self.command(out, "--json", *more, workers=workers),
            **{"env": self.environment} | how,  # type: ignore[call-overload]
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return str(ran.stdout)


@pytest.fixture(scope="module")
def tool(write_recipe: Callable[..., Path], elsewhere: Elsewhere) -> Tool:
    recipe = write_recipe(
        samples=SAMPLES,
        shard={"samples": PER_SHARD},
        canvas={"width": 128, "height": 128},
        boxes={"count": [1, 3], "angle_deg": [-30, 30], "turned": 0.5, "size_px": [7, 40]},
    )
    return Tool(recipe, elsewhere("random", "C.UTF-8", "UTC"))


def content(out: Path) -> dict[str, bytes]:
    """Every file but those that tell the time or the process."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


@pytest.fixture(scope="module")
def clean(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one worker makes without an interruption."""
    out = tmp_path_factory.mktemp("clean") / "out"
    told = json.loads(tool.generate(out, workers=1))
    assert told["samples"] == SAMPLES
    found = content(out)
    assert len(found["SHA256SUMS"].splitlines()) == SHARDS
    return found


def test_checksums_are_those_of_the_shards(clean: dict[str, bytes], tmp_path: Path) -> None:
    for name, blob in clean.items():
        if name.startswith("data/") or name == "SHA256SUMS":
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(blob)
    ran = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(": OK") == SHARDS


def test_two_workers_make_what_one_does(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    tool.generate(tmp_path, workers=2)
    assert content(tmp_path) == clean


def test_no_worker_at_all_makes_the_same(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    tool.generate(tmp_path, workers=0)
    assert content(tmp_path) == clean


def test_another_shell_on_another_continent_makes_the_same(
    tool: Tool, elsewhere: Elsewhere, clean: dict[str, bytes], tmp_path: Path
) -> None:
    """Hash seed, locale, time zone, umask, working folder and cache differ."""
    away, out = tmp_path / "away", tmp_path / "out"
    away.mkdir()
    there = elsewhere(
        "4242", "tr_TR.UTF-8", "Pacific/Kiritimati", GLYPHDATA_CACHE=str(tmp_path / "cold")
    )
    tool.generate(Path(os.path.relpath(out, away)), env=there, cwd=away, umask=0o077)
    assert content(out) == clean
    assert list((tmp_path / "cold").rglob("*.rgb"))


def test_halves_made_at_once_in_one_folder_are_the_whole(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    half = SHARDS // 2
    other = subprocess.Popen(
        tool.command(tmp_path, "--shards", f"{half}..{SHARDS}", workers=1),
        env=tool.environment,
        stderr=subprocess.PIPE,
    )
    tool.generate(tmp_path, "--shards", f"0..{half}", workers=1)
    _, told = other.communicate(timeout=60)
    assert other.returncode == 0, told
    assert content(tmp_path) == clean


def test_halves_made_in_two_folders_are_joined_by_copying(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    half = SHARDS // 2
    tool.generate(tmp_path / "b", "--shards", f"{half}..{SHARDS}")
    tool.generate(tmp_path / "a", "--shards", f"0..{half}")
    assert not (tmp_path / "a/SHA256SUMS").exists()
    shutil.copytree(tmp_path / "b", tmp_path / "a", dirs_exist_ok=True)
    told = json.loads(tool.generate(tmp_path / "a", "--resume", "always"))
    assert told["made"] == 0
    assert content(tmp_path / "a") == clean


def test_more_samples_keep_the_first_shards(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    # The last shard of the shorter run is not a whole one: it alone is made again.
    tool.generate(tmp_path, "--samples", "90")
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("data/*.tar")}
    assert len(times) == 5
    told = json.loads(tool.generate(tmp_path))
    assert told["made"] == SHARDS - 4
    assert content(tmp_path) == clean
    for name, before in times.items():
        kept = (tmp_path / "data" / name).stat().st_mtime_ns == before
        assert kept == (name != "train-000004.tar")


def alive_in(group: int) -> list[int]:
    """The processes of a group that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = place.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(own) == group and state != "Z":
            found.append(int(place.parent.name))
    return found


def killed_after(tool: Tool, out: Path, records: int) -> int:
    """Start a run, kill all of it once that many shards are recorded, and count the records."""
    place = out / ".glyphdata/shards"
    process = subprocess.Popen(
        tool.command(out, "--resume", "if_possible"),
        env=tool.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while len(list(place.glob("*.json"))) < records:
        assert time.monotonic() < end, "no shard was finished"
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    assert len(alive_in(process.pid)) >= 3
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    end = time.monotonic() + 2
    while alive_in(process.pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert alive_in(process.pid) == []
    return len(list(place.glob("*.json")))


def test_killed_over_and_over_it_ends_with_the_same_bytes(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    before = 0
    for wanted in (1, 7):
        done = killed_after(tool, out, max(wanted, before + 1))
        assert before < done < SHARDS
        assert not (out / "SHA256SUMS").exists()
        for shard in out.glob("data/*.tar"):
            assert shard.read_bytes() == clean[f"data/{shard.name}"]
        before = done
    told = json.loads(tool.generate(out, "--resume", "always"))
    assert told["made"] == SHARDS - before
    assert content(out) == clean


def test_another_seed_makes_other_shards(
    tool: Tool, clean: dict[str, bytes], tmp_path: Path
) -> None:
    tool.generate(tmp_path, "--seed", "21", "--samples", "40", workers=0)
    for number in range(2):
        name = f"data/train-{number:06d}.tar"
        assert (tmp_path / name).read_bytes() != clean[name]
