"""The engine of a Ray cluster, with a real one: on the loopback, and gone afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from glyphdata.engines import Event, Failed, Finished, Quarantined, Started
from glyphdata.engines.ray import RayEngine
from glyphdata.engines.raycluster import joined
from glyphdata.engines.raytask import Board
from glyphdata.errors import InputError, OutputError
from tests.engines.citizens import FakeRecipe, Squares
from tests.test_generation import RECIPE, content, run, wait_for

pytestmark = [
    pytest.mark.slow,
    # Ray leaves sockets and files of its own to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    with joined(None, 2):
        yield


def events_of(setup: Squares, tasks: Sequence[int], **options: float) -> list[Event]:
    heard: list[Event] = []
    RayEngine(2, **options).run(setup, tasks, heard.append)  # type: ignore[arg-type]
    return heard


def below(pid: int) -> dict[int, str]:
    """Every process below this one, with its name."""
    found: dict[int, str] = {}
    fresh = {pid}
    while fresh:
        parents, fresh = fresh, set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    stat = (entry / "stat").read_text()
                    line = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                state, parent = stat.rpartition(")")[2].split()[:2]
                if int(parent) in parents and state != "Z":
                    fresh.add(int(entry.name))
                    found[int(entry.name)] = line.replace(b"\0", b" ").decode()
    return found


def variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("RAY_")}


def listening(pids: set[int]) -> list[str]:
    """The addresses (of the kernel's table) that these processes listen at."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return [row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes]


def test_a_cluster_of_its_own_keeps_to_the_loopback_and_leaves_nothing(tmp_path: Path) -> None:
    here: list[str] = []
    heard: list[Event] = []
    before = (signal.getsignal(signal.SIGTERM), variables())
    files = set(Path("/tmp").glob("glyphdata-ray-*"))

    def hear(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Finished) and not here:
            here.extend(listening({os.getpid(), *below(os.getpid())}))
            assert signal.getsignal(signal.SIGTERM) == before[0]

    RayEngine(1).run(Squares(str(tmp_path)), range(3), hear)
    found = {event.task: event.result for event in heard if isinstance(event, Finished)}
    assert found == {0: 0, 1: 1, 2: 4}
    assert here
    assert set(here) <= {"0100007F", "0000000000000000FFFF00000100007F"}
    assert (signal.getsignal(signal.SIGTERM), variables()) == before
    assert set(Path("/tmp").glob("glyphdata-ray-*")) == files
    end = time.monotonic() + 20
    while any("ray" in line for line in below(os.getpid()).values()):
        assert time.monotonic() < end, below(os.getpid())
        time.sleep(0.2)


@pytest.mark.usefixtures("cluster")
def test_each_task_is_tried_three_times_and_its_end_is_told(tmp_path: Path) -> None:
    trouble = ((1, "kill"), (2, "raise"), (3, "hang"), (4, "segfault"), (5, "exit"))
    heard = events_of(Squares(str(tmp_path), trouble), range(7), patience_s=1.5)
    found = {event.task: event.result for event in heard if isinstance(event, Finished)}
    assert found == {0: 0, 6: 36}
    lost = {event.task: event for event in heard if isinstance(event, Quarantined)}
    assert {task: (event.fault.kind, event.fault.name) for task, event in lost.items()} == {
        1: ("died", "SIGKILL"),
        2: ("raised", "ValueError"),
        3: ("stuck", "Timeout"),
        4: ("died", "SIGSEGV"),
        5: ("died", "WorkerDied"),
    }
    assert all(event.marks == (1, 1, 1) for event in lost.values())
    tries = [event.tries for event in heard if isinstance(event, Started) and event.task == 4]
    assert tries == [1, 2, 3]
    assert sum(isinstance(event, Failed) and event.task == 3 for event in heard) == 2


@pytest.mark.usefixtures("cluster")
def test_a_crash_costs_one_try(tmp_path: Path) -> None:
    heard = events_of(Squares(str(tmp_path), ((1, "kill"),), once=True), range(3))
    assert {event.task for event in heard if isinstance(event, Finished)} == {0, 1, 2}
    assert [event.task for event in heard if isinstance(event, Failed)] == [1]


@pytest.mark.usefixtures("cluster")
def test_what_no_task_survives_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the disk is full") as caught:
        events_of(Squares(str(tmp_path), ((1, "disk"),)), range(9))
    assert caught.value.hint == "free some"
    for how, kind, words in (
        ("input", InputError, "no fonts here"),
        ("bug", RuntimeError, "ZeroDivisionError: a bug"),
        ("die", RuntimeError, "3 workers ended before they got a task"),
    ):
        setup = Squares(str(tmp_path), (("setup", how),))  # type: ignore[arg-type]
        with pytest.raises(kind, match=words):
            events_of(setup, range(2))


@pytest.mark.usefixtures("cluster")
def test_a_machine_with_another_version_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.engines.ray.here", lambda: "9.9")
    with pytest.raises(InputError, match=r"has glyphdata .*, this one 9\.9"):
        events_of(Squares(str(tmp_path)), range(2))


@pytest.mark.usefixtures("cluster")
def test_a_lost_ray_worker_costs_a_try(tmp_path: Path) -> None:
    shot: list[int] = []

    def hear(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Started) and event.task == 1 and not shot:
            wait_for(tmp_path / "1")
            shot.extend(pid for pid, line in below(os.getpid()).items() if "ray::tried" in line)
            for pid in shot:
                os.kill(pid, signal.SIGKILL)

    heard: list[Event] = []
    trouble = ((1, "hang"),)
    RayEngine(2).run(Squares(str(tmp_path), trouble, once=True), range(3), hear)
    assert shot
    assert {event.task for event in heard if isinstance(event, Finished)} == {0, 1, 2}
    (lost,) = [event for event in heard if isinstance(event, Failed) and event.task == 1]
    assert lost.fault.kind == "died"
    assert "Ray lost the worker" in lost.fault.message


@pytest.mark.usefixtures("cluster")
def test_ray_makes_the_files_that_one_machine_makes(tmp_path: Path) -> None:
    run(tmp_path / "clean")
    assert run(tmp_path / "ray", engine=RayEngine(2)).made == 4
    assert content(tmp_path / "ray") == content(tmp_path / "clean")
    broken = replace(RECIPE, trouble=((7, "segfault"), (11, "raise")))
    run(tmp_path / "broken", broken, workers=2)
    made = run(tmp_path / "broken-ray", broken, engine=RayEngine(2))
    assert [(spot.index, spot.reason) for spot in made.quarantined] == [
        (7, "worker-died"),
        (11, "fault"),
    ]
    assert content(tmp_path / "broken-ray") == content(tmp_path / "broken")


@pytest.mark.usefixtures("cluster")
def test_a_face_that_ends_workers_is_found_and_done_without(tmp_path: Path) -> None:
    recipe = FakeRecipe(cursed=((2, "segfault"),))
    how = {"factory": "tests.engines.citizens:Typist"}
    there = run(tmp_path / "ray", recipe, engine=RayEngine(2), **how)
    here = run(tmp_path / "local", recipe, workers=2, **how)
    assert [face.token for face in there.quarantined_faces] == [2]
    assert there.quarantined_faces == here.quarantined_faces
    assert content(tmp_path / "ray") == content(tmp_path / "local")


@pytest.fixture
def running() -> Iterator[dict[str, str]]:
    """What the environment says of a cluster that is there already, on the loopback."""
    told = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": "5" * 64,
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }
    files = Path(tempfile.mkdtemp(prefix="ray-"))  # pytest's own are too long for a socket
    log = files / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = (
        f"start --block --head --node-ip-address 127.0.0.1 --port {port} --num-cpus 2"
        f" --include-dashboard false --temp-dir {files}/t --object-store-memory 90000000"
    )
    with log.open("w") as out:
        head = subprocess.Popen(
            [Path(sys.executable).parent / "ray", *words.split()],
            env={**os.environ, **told},
            stdout=out,
            stderr=out,
        )
        try:
            end = time.monotonic() + 60
            while "Ray runtime started" not in log.read_text():
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.2)
            yield told | {"RAY_ADDRESS": f"127.0.0.1:{port}"}
        finally:
            theirs = below(head.pid)
            head.terminate()
            head.wait(30)
            for pid in theirs:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            shutil.rmtree(files, ignore_errors=True)


def test_a_cluster_that_runs_is_joined_and_left_running(
    tmp_path: Path, running: dict[str, str]
) -> None:
    sums = []
    words = "recipes/quickstart.yaml --samples 12 -s shard.samples=4 --json --engine"
    for number, engine in enumerate(("ray", "ray", "local")):
        out = tmp_path / f"{number}"
        ran = subprocess.run(
            [sys.executable, "-m", "glyphdata", "generate", *words.split(), engine, str(out)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, **running},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["made"] == 3
        sums.append((out / "SHA256SUMS").read_bytes())
    assert sums[0] == sums[1] == sums[2]


def test_a_cluster_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    program = (
        "from glyphdata.engines.ray import RayEngine\n"
        "from tests.engines.citizens import Squares\n"
        f"RayEngine(1, '127.0.0.1:1').run(Squares({str(tmp_path)!r}), [1], print)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert "InputError: cannot join the Ray cluster at 127.0.0.1:1" in ran.stderr


def test_the_board_tells_the_last_mark_and_forgets() -> None:
    board = Board()
    for mark in (0, 3, 5):
        board.put(7, 1, mark)
    board.put(8, 2, 1)
    assert board.read() == {(7, 1): (3, 5), (8, 2): (1, 1)}
    board.forget(7)
    assert board.read() == {(8, 2): (1, 1)}


DRIVER = """
import sys
from glyphdata.engines.ray import RayEngine
from glyphdata.engines.stopping import Stopped
from glyphdata.generation import generate
from glyphdata.shards.manifest import Provenance
from tests.engines.citizens import FakeRecipe
if __name__ == "__main__":
    try:
        generate(FakeRecipe(pause_s=0.2), sys.argv[1], engine=RayEngine(2),
                 factory="tests.engines.citizens:FakeFactory",
                 provenance=lambda tokens: Provenance())
    except Stopped as told:
        print(told, file=sys.stderr)
        sys.exit(told.exit_code)
"""


@pytest.mark.parametrize(
    ("number", "code", "early"),
    [(signal.SIGINT, 130, False), (signal.SIGTERM, 143, False), (signal.SIGTERM, 143, True)],
)
def test_a_signal_ends_it_within_five_seconds(
    tmp_path: Path, number: int, code: int, early: bool
) -> None:
    out = tmp_path / "out"
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    process = subprocess.Popen(
        [sys.executable, str(script), str(out)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
        text=True,
    )
    sign = out / (".glyphdata/tmp/all" if early else ".glyphdata/shards/000000.json")
    end = time.monotonic() + 90
    while not sign.exists():
        assert time.monotonic() < end, "it never began"
        time.sleep(0.02)
    time.sleep(1.5 if early else 0)  # early: while the cluster starts
    theirs = below(process.pid)
    began = time.monotonic()
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == code, told
    assert time.monotonic() - began < 5
    assert "run the same command again" in told.splitlines()[-1]
    end = time.monotonic() + 5
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in theirs):
        assert time.monotonic() < end, [line for line in below(1).values() if "ray" in line]
        time.sleep(0.1)
    run(out)
    run(tmp_path / "clean")
    assert content(out) == content(tmp_path / "clean")
