"""Full disks, full memory, scenes without end, clocks that jump: all real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from glyphdata.engines import Event, Failed, Quarantined, Started
from glyphdata.engines.local import LocalEngine
from glyphdata.errors import OutputError
from glyphdata.generation import generate
from glyphdata.progress import Notice, Progress
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.manifest import Provenance
from tests.engines.citizens import FakeRecipe, Squares
from tests.reliability.driving import make, seen
from tests.reliability.hogs import HOG

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DAY_S = 86_400


def test_a_scene_that_takes_too_much_memory_costs_itself_alone(tmp_path: Path) -> None:
    made = generate(
        FakeRecipe(samples=15),
        tmp_path,
        engine=LocalEngine(1, memory_mb=600),
        factory="tests.reliability.hogs:Hogs",
        provenance=lambda _: Provenance(),
    )
    assert [(spot.index, spot.reason) for spot in made.quarantined] == [(HOG, "worker-died")]
    assert "more than its 600 MB" in made.quarantined[0].message
    assert (made.samples, made.lost_shards, made.finished) == (14, (), True)
    assert len(list(Dataset(tmp_path).keys())) == 14


def test_a_task_without_end_is_killed_in_time_and_given_up_after_three_tries(
    tmp_path: Path,
) -> None:
    patience_s = 0.6
    began = 0.0
    took: list[float] = []
    ended: list[Event] = []

    def hear(event: Event) -> None:
        nonlocal began
        if isinstance(event, Started) and event.task == 1:
            began = time.monotonic()
        elif isinstance(event, Failed | Quarantined):
            took.append(time.monotonic() - began)
            ended.append(event)

    setup = Squares(str(tmp_path), trouble=((1, "hang"),))
    LocalEngine(1, patience_s=patience_s).run(setup, [0, 1, 2], hear)
    print({"patience_s": patience_s, "killed_after_s": [round(one, 2) for one in took]})
    assert [type(event) for event in ended] == [Failed, Failed, Quarantined]
    assert all(patience_s <= one < patience_s + 2 for one in took)


def test_a_folder_that_is_removed_under_a_run_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.progress.SEEN_S", 0.5)  # how long a record may take to show
    out = tmp_path / "out"
    gone: list[bool] = []

    def remove(event: Progress | Notice) -> None:
        if isinstance(event, Progress) and event.samples > 6 and not gone:
            gone.append(True)
            shutil.rmtree(out)

    recipe = FakeRecipe(samples=20)
    with pytest.raises(OutputError):
        generate(
            recipe,
            out,
            workers=0,
            on_event=remove,
            factory="tests.engines.citizens:FakeFactory",
            provenance=lambda _: Provenance(),
        )
    make(out, recipe)
    make(tmp_path / "quiet", recipe)
    assert seen(out) == seen(tmp_path / "quiet")


@pytest.mark.slow
def test_a_disk_too_small_is_one_clear_line_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    """Needs Linux, and the right to mount in a namespace of one's own."""
    ran = subprocess.run(
        f"unshare --mount --map-root-user {sys.executable} -W ignore"
        f" -m tests.reliability.campaign disks {tmp_path} 1".split(),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    print(told)
    assert told["codes"].keys() == {"0", "3"}
    assert told["codes"]["3"] >= 10


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose clock jumps by two days at every look."""
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    compiler = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "clock.c"), "-ldl"]
    subprocess.run(compiler, check=True)
    return {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}


def jumps(out: Path) -> float:
    """The most that the log's clock has jumped from line to line, in seconds."""
    lines = (out / ".glyphdata/log.jsonl").read_bytes().splitlines()
    times = [datetime.fromisoformat(json.loads(line)["time"]).timestamp() for line in lines]
    return max(abs(one - other) for one, other in pairwise(times))


DRIVER = """
import sys
from pathlib import Path
from tests.reliability.driving import make
if __name__ == "__main__":
    make(Path(sys.argv[1]), workers=1)
"""


def test_a_clock_that_jumps_by_days_changes_no_byte(tmp_path: Path, clock: dict[str, str]) -> None:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    out = tmp_path / "out"
    subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(out)], env=clock, check=True, timeout=120
    )
    make(tmp_path / "quiet")
    assert seen(out) == seen(tmp_path / "quiet")
    assert jumps(out) > DAY_S


@pytest.mark.slow
def test_a_clock_that_jumps_changes_no_byte_of_a_real_recipe(
    tmp_path: Path, clock: dict[str, str]
) -> None:
    made = {}
    for name, environment in (("jumping", clock), ("quiet", dict(os.environ))):
        command = [sys.executable, "-m", "glyphdata", "generate", "recipes/quickstart.yaml"]
        command += [str(tmp_path / name), "--samples", "24", "-s", "shard.samples=8", "-w", "2"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        made[name] = seen(tmp_path / name)
    assert made["jumping"] == made["quiet"]
    assert jumps(tmp_path / "jumping") > DAY_S
