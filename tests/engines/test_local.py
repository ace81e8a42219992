"""The local engine, with real processes that really die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from glyphdata.engines import Event, Failed, Finished, Quarantined, Started
from glyphdata.engines.inline import InlineEngine
from glyphdata.engines.local import LocalEngine
from glyphdata.errors import InputError, OutputError
from glyphdata.scene.rng import Rng
from tests.engines.citizens import FakeRecipe, Hoarder, Squares
from tests.test_generation import content, run


def events_of(setup: Squares, tasks: Sequence[int], **options: float) -> list[Event]:
    heard: list[Event] = []
    LocalEngine(2, **options).run(setup, tasks, heard.append)
    return heard


def results(heard: list[Event]) -> dict[int, object]:
    found = [event for event in heard if isinstance(event, Finished)]
    assert len({event.task for event in found}) == len(found)
    return {event.task: event.result for event in found}


def quarantined(heard: list[Event]) -> list[Quarantined]:
    return [event for event in heard if isinstance(event, Quarantined)]


def children() -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == os.getpid() and b"spawn_main" in line:
                found.add(int(entry.name))
    return found


def test_every_task_is_done_once_and_what_workers_print_stays_off_stdout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = events_of(Squares(str(tmp_path)), range(8))
    assert results(heard) == {task: task * task for task in range(8)}
    assert sum(isinstance(event, Started) for event in heard) == 8
    assert capfd.readouterr().out == ""
    assert not children()


def test_a_worker_that_is_killed_or_crashes_or_leaves_costs_one_try(tmp_path: Path) -> None:
    trouble = ((1, "kill"), (3, "segfault"), (4, "exit"))
    heard = events_of(Squares(str(tmp_path), trouble, once=True), range(6))
    assert results(heard) == {task: task * task for task in range(6)}
    failures = {event.task: event.fault for event in heard if isinstance(event, Failed)}
    assert {task: fault.name for task, fault in failures.items()} == {
        1: "SIGKILL",
        3: "SIGSEGV",
        4: "WorkerDied",
    }
    assert not quarantined(heard)


def test_a_task_that_always_fails_is_quarantined_after_three_tries_and_the_rest_is_done(
    tmp_path: Path,
) -> None:
    heard = events_of(Squares(str(tmp_path), ((0, "raise"), (2, "kill"))), range(4))
    assert results(heard) == {1: 1, 3: 9}
    found = {event.task: event for event in quarantined(heard)}
    assert found[0].fault.name == "ValueError"
    assert found[0].fault.message == "two lines"
    assert "get_into" in found[0].fault.details
    assert (found[2].fault.kind, found[2].marks) == ("died", (1, 1, 1))
    tries = [event.task for event in heard if isinstance(event, Started)]
    assert (tries.count(0), tries.count(1), tries.count(2)) == (3, 1, 3)


def test_a_task_without_end_is_stopped_when_patience_is(tmp_path: Path) -> None:
    began = time.monotonic()
    heard = events_of(Squares(str(tmp_path), ((1, "hang"),)), range(3), patience_s=1.0)
    assert results(heard) == {0: 0, 2: 4}
    assert [event.fault.kind for event in quarantined(heard)] == ["stuck"]
    assert time.monotonic() - began < 14
    assert not children()


def test_each_try_of_a_task_without_end_lasts_as_long_as_patience(tmp_path: Path) -> None:
    times: list[tuple[int, float]] = []

    def listen(event: Event) -> None:
        if isinstance(event, Started | Failed | Quarantined):
            times.append((event.task, time.monotonic()))

    LocalEngine(1, patience_s=0.5).run(Squares(str(tmp_path), ((0, "hang"),)), [0], listen)
    at = [moment for _, moment in times]
    lasted = [end - begin for begin, end in zip(at[::2], at[1::2], strict=True)]
    assert len(lasted) == 3
    assert all(0.5 <= one < 2.5 for one in lasted)


def test_a_worker_that_holds_too_much_is_ended_and_its_task_quarantined(tmp_path: Path) -> None:
    setup = Squares(str(tmp_path), ((1, "hoard"),))
    heard = events_of(setup, range(3), memory_mb=300)
    assert results(heard) == {0: 0, 2: 4}
    (lost,) = quarantined(heard)
    assert (lost.task, lost.fault.kind, lost.fault.name) == (1, "died", "Memory")
    assert "more than its 300 MB (give workers more with --memory)" in str(lost.fault)
    assert lost.marks == (1, 1, 1)
    assert not children()


def test_a_worker_that_has_grown_makes_room_for_a_fresh_one_between_tasks() -> None:
    heard: list[Event] = []
    LocalEngine(1, memory_mb=400).run(Hoarder(80_000_000), range(8), heard.append)
    assert not quarantined(heard)
    assert not [event for event in heard if isinstance(event, Failed)]
    assert 2 <= len(set(results(heard).values())) <= 4
    heard.clear()
    LocalEngine(1).run(Hoarder(80_000_000), range(8), heard.append)
    assert len(set(results(heard).values())) == 1


def test_a_cap_that_no_worker_can_begin_under_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="before it begins, more than 5 MB") as caught:
        events_of(Squares(str(tmp_path)), range(2), memory_mb=5)
    assert "--memory" in caught.value.hint
    assert not children()


ORPHAN = """
import sys
from glyphdata.engines.local import LocalEngine
from tests.engines.citizens import SlowToRead
if __name__ == "__main__":
    LocalEngine(1).run(SlowToRead(sys.argv[1]), [1], print)
"""


def test_a_worker_that_is_still_importing_ends_with_its_parent_too(tmp_path: Path) -> None:
    script, note = tmp_path / "script.py", tmp_path / "note"
    script.write_text(ORPHAN)
    process = subprocess.Popen(
        [sys.executable, str(script), str(note)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    end = time.monotonic() + 30
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < end, "it was never read"
        time.sleep(0.02)
    process.kill()
    process.wait()
    worker = Path("/proc") / note.read_text() / "stat"
    end = time.monotonic() + 2
    while worker.exists() and worker.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < end, "it outlived its parent"
        time.sleep(0.02)


@pytest.mark.slow
def test_a_worker_killed_at_any_moment_loses_nothing_and_hangs_nothing(tmp_path: Path) -> None:
    """Forty runs, in each of which one of the workers dies somewhere between its start and end."""
    recipe = FakeRecipe(samples=30, pause_s=0.02)
    run(tmp_path / "clean", recipe)
    clean = content(tmp_path / "clean")
    shot = []
    for number in range(40):
        drawn = Rng.of(20, number)
        due = time.monotonic() + drawn.at("delay").uniform(0.0, 2.0)
        over = threading.Event()

        def snipe(drawn: Rng = drawn, due: float = due, over: threading.Event = over) -> None:
            over.wait(max(0.0, due - time.monotonic()))
            targets = sorted(children())
            if targets and not over.is_set():
                os.kill(drawn.at("target").pick(targets), signal.SIGKILL)
                shot.append(due)

        sniper = threading.Thread(target=snipe)
        sniper.start()
        made = run(tmp_path / f"{number}", recipe, workers=2)
        over.set()
        sniper.join()
        assert (made.finished, made.whole) == (True, True)
        assert content(tmp_path / f"{number}") == clean
    assert len(shot) >= 20


def test_an_output_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the disk is full") as caught:
        events_of(Squares(str(tmp_path), ((1, "disk"),)), range(30))
    assert caught.value.hint == "free some"
    assert not children()


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("input", InputError, "no fonts here"),
        ("bug", RuntimeError, "ZeroDivisionError: a bug"),
        ("die", RuntimeError, "3 workers ended before they got a task"),
    ],
)
def test_a_worker_that_cannot_be_made_ends_the_run(
    tmp_path: Path, how: str, kind: type[Exception], words: str
) -> None:
    setup = Squares(str(tmp_path), (("setup", how),))  # type: ignore[arg-type]
    with pytest.raises(kind, match=words):
        events_of(setup, range(2))
    assert not children()


def test_what_the_listener_raises_comes_through_and_leaves_no_worker(tmp_path: Path) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, Finished):
            raise LookupError("enough")

    with pytest.raises(LookupError):
        LocalEngine(2).run(Squares(str(tmp_path)), range(9), listen)
    assert not children()


def test_inline_does_the_same_without_processes(tmp_path: Path) -> None:
    heard: list[Event] = []
    InlineEngine().run(Squares(str(tmp_path), ((1, "raise"),)), range(3), heard.append)
    assert results(heard) == {0: 0, 2: 4}
    assert [event.task for event in quarantined(heard)] == [1]
    with pytest.raises(OutputError):
        InlineEngine().run(Squares(str(tmp_path), ((1, "disk"),)), range(3), heard.append)


UNGUARDED = """
import sys
from glyphdata.engines.local import LocalEngine
from tests.engines.citizens import Squares
LocalEngine(1).run(Squares(sys.argv[1]), [1], lambda event: None)
"""


def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert ran.returncode == 1
    assert "__main__" in ran.stderr.splitlines()[-1]


def test_sigkill_of_a_worker_from_outside_is_survived(tmp_path: Path) -> None:
    shot: list[int] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Started) and event.task == 3 and not shot:
            shot.extend(children())
            os.kill(shot[0], signal.SIGKILL)

    heard: list[Event] = []
    LocalEngine(2).run(Squares(str(tmp_path)), range(6), listen)
    assert shot
    assert results(heard) == {task: task * task for task in range(6)}
