"""A run may be stopped, killed, resumed, extended or split: the shards come out the same."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from glyphdata.cli.generate import document_of, lines_of, shard_range
from glyphdata.engines.local import LocalEngine
from glyphdata.errors import InputError, OutputError
from glyphdata.generation import Summary, generate
from glyphdata.progress import Notice, Progress
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.status import status_of
from tests.engines.citizens import FakeRecipe

FACTORY = "tests.engines.citizens:FakeFactory"
RECIPE = FakeRecipe()


def nothing(_tokens: object) -> Provenance:
    return Provenance()


def run(out: Path, recipe: FakeRecipe = RECIPE, **how: object) -> Summary:
    how = {"workers": 0, "factory": FACTORY, "provenance": nothing} | how
    return generate(recipe, out, **how)  # type: ignore[arg-type]


def content(out: Path) -> dict[str, bytes]:
    """Every file but those that tell the time or the process."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("clean") / "out"
    made = run(out)
    assert (made.made, made.samples, made.whole, made.finished) == (4, 20, True, True)
    return content(out)


def test_one_worker_and_two_give_the_same_files(tmp_path: Path, clean: dict[str, bytes]) -> None:
    for workers in (1, 2):
        assert run(tmp_path / f"{workers}", workers=workers).made == 4
        assert content(tmp_path / f"{workers}") == clean


def test_a_finished_dataset_is_left_alone(tmp_path: Path, clean: dict[str, bytes]) -> None:
    run(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.tar")}
    again = run(tmp_path, resume="always")
    assert (again.made, again.samples, again.finished) == (0, 20, True)
    assert content(tmp_path) == clean
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.tar")} == times


def test_ranges_of_shards_make_the_whole_in_any_order(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    second = run(tmp_path / "one", shards=range(2, 4))
    assert (second.made, second.missing, second.finished) == (2, 2, False)
    assert not (tmp_path / "one" / "SHA256SUMS").exists()
    assert run(tmp_path / "one", shards=range(2)).finished
    assert content(tmp_path / "one") == clean


def test_parts_made_in_two_folders_are_copied_together(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    run(tmp_path / "a", shards=range(1))
    run(tmp_path / "b", shards=range(1, 4))
    shutil.copytree(tmp_path / "b", tmp_path / "a", dirs_exist_ok=True)
    joined = run(tmp_path / "a", resume="always")
    assert (joined.made, joined.finished) == (0, True)
    assert content(tmp_path / "a") == clean
    with pytest.raises(InputError, match=r"no shards 0\.\.5"):
        run(tmp_path / "a", shards=range(5))


def test_it_grows_to_what_one_run_would_have_made(tmp_path: Path, clean: dict[str, bytes]) -> None:
    run(tmp_path, replace(RECIPE, samples=12))
    kept = (tmp_path / "data/train-000001.tar").stat().st_mtime_ns
    grown = run(tmp_path)
    assert (grown.made, grown.samples) == (2, 20)
    assert content(tmp_path) == clean
    assert (tmp_path / "data/train-000001.tar").stat().st_mtime_ns == kept
    with pytest.raises(OutputError, match="more than 12 samples"):
        run(tmp_path, replace(RECIPE, samples=12))
    assert content(tmp_path) == clean


@pytest.mark.parametrize("resume", ["never", "always", "if_possible"])
def test_a_folder_of_another_recipe_is_refused_without_a_byte_written(
    tmp_path: Path, resume: str
) -> None:
    run(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(OutputError) as caught:
        run(tmp_path, replace(RECIPE, seed=8), resume=resume)
    assert "--overwrite" in caught.value.hint
    assert caught.value.exit_code == 3
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_other_fonts_photographs_or_texts_are_refused_without_a_byte_written(
    tmp_path: Path,
) -> None:
    grown = replace(RECIPE, samples=40)
    run(tmp_path, replace(RECIPE, drawn_from="one"))
    before = content(tmp_path)
    with pytest.raises(OutputError, match="other fonts, photographs or texts"):
        run(tmp_path, replace(grown, drawn_from="other"), resume="always")
    assert content(tmp_path) == before
    assert run(tmp_path, replace(grown, drawn_from="one")).samples == 40


def test_a_foreign_record_alone_is_enough_to_refuse(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / ".glyphdata/recipe.json").unlink()
    with pytest.raises(OutputError, match="another recipe"):
        run(tmp_path, replace(RECIPE, seed=8))


def test_a_recipe_that_made_nothing_leaves_the_folder_free_for_its_correction(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    with pytest.raises(OutputError):
        run(
            tmp_path, replace(RECIPE, seed=8, samples=40), factory="tests.engines.citizens:NewFacts"
        )
    stray = tmp_path / "data/train-000007.tar"
    stray.parent.mkdir()
    stray.write_bytes(b"published, but killed before its record")
    run(tmp_path)
    assert content(tmp_path) == clean


def test_a_folder_of_other_things_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="holds other things"):
            run(tmp_path, overwrite=overwrite)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(OutputError, match="not a folder"):
        run(tmp_path / "thesis.tex")


def test_overwriting_removes_our_files_and_no_others(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    run(tmp_path, replace(RECIPE, seed=8, samples=40))
    (tmp_path / "notes.txt").write_text("mine")
    assert run(tmp_path, overwrite=True).made == 4
    assert content(tmp_path) == clean | {"notes.txt": b"mine"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    told = run(tmp_path / "new", dry_run=True)
    assert (told.made, told.shards, told.dry_run) == (4, 4, True)
    assert not (tmp_path / "new").exists()


def test_bad_records_and_bad_tars_are_made_again(tmp_path: Path, clean: dict[str, bytes]) -> None:
    run(tmp_path)
    places = Places(tmp_path)
    places.record(0).write_bytes(b"")
    places.record(1).write_bytes(places.record(1).read_bytes()[:50])
    places.record(2).write_bytes(b'{"anything": 1}')
    tar = places.shard(3).read_bytes()
    places.shard(3).write_bytes(tar[: len(tar) // 2])
    assert status_of(tmp_path).damaged == (0, 1, 2, 3)
    assert run(tmp_path).made == 4
    assert content(tmp_path) == clean


def test_a_lost_index_is_made_again(tmp_path: Path, clean: dict[str, bytes]) -> None:
    run(tmp_path)
    (tmp_path / "index/index.parquet").write_bytes(b"PAR1")
    assert run(tmp_path).made == 4
    assert content(tmp_path) == clean


def test_a_sample_that_cannot_be_made_is_named_and_the_others_are_made(tmp_path: Path) -> None:
    recipe = replace(RECIPE, trouble=((6, "reject"), (11, "raise")))
    made = run(tmp_path, recipe, workers=1)
    assert not made.whole
    assert [(spot.index, spot.reason) for spot in made.quarantined] == [
        (6, "too-long"),
        (11, "fault"),
    ]
    assert "ValueError: two lines" in made.quarantined[1].message
    assert dict(made.rejections) == {"too-long": 6}
    assert (made.samples, made.finished, made.lost_shards) == (18, True, ())
    keys = list(Dataset(tmp_path).keys())
    assert "000001-0001" not in keys
    assert len(keys) == 18
    told = status_of(tmp_path)
    assert (told.state, len(told.quarantined)) == ("finished", 2)
    assert any("left out: sample 6, too-long" in line for line in lines_of(made, tmp_path))
    assert json.loads(json.dumps(document_of(made)))["quarantined"][0]["index"] == 6


def test_a_sample_that_kills_its_worker_costs_itself_alone(tmp_path: Path) -> None:
    told: list[str] = []
    recipe = replace(RECIPE, trouble=((7, "segfault"),))

    def hear(event: Progress | Notice) -> None:
        if isinstance(event, Notice):
            told.append(event.text)

    made = run(tmp_path, recipe, workers=2, on_event=hear)
    assert [(spot.index, spot.reason) for spot in made.quarantined] == [(7, "worker-died")]
    assert (made.samples, made.lost_shards) == (19, ())
    assert any("sample 7 is left out: the worker was ended by SIGSEGV" in text for text in told)


def test_a_sample_without_end_costs_itself_alone(tmp_path: Path) -> None:
    recipe = FakeRecipe(samples=5, trouble=((2, "hang"),))
    made = run(tmp_path, recipe, engine=LocalEngine(1, patience_s=0.7))
    assert [(spot.index, spot.reason) for spot in made.quarantined] == [(2, "worker-stuck")]
    assert made.samples == 4


def test_a_worker_killed_in_the_middle_leaves_no_trace(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    (tmp_path / "once").mkdir()
    trouble = ((3, "kill"), (9, "segfault"), (18, "kill"))
    recipe = replace(RECIPE, trouble=trouble, once=str(tmp_path / "once"))
    assert run(tmp_path / "out", recipe, workers=2).whole
    assert content(tmp_path / "out") == clean


def test_a_shard_of_which_nothing_can_be_made_is_lost_and_the_rest_is_finished(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    broken = replace(RECIPE, trouble=tuple((index, "reject") for index in range(5, 10)))
    made = run(tmp_path, broken)
    assert [number for number, _ in made.lost_shards] == [1]
    assert (made.samples, made.finished, made.whole) == (15, True, False)
    assert status_of(tmp_path).state == "partial"
    assert run(tmp_path).made == 1
    assert content(tmp_path) == clean


def test_members_that_differ_stop_the_run(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="those before it"):
        run(tmp_path, factory="tests.engines.citizens:NewFacts")


def test_a_second_driver_is_refused(tmp_path: Path) -> None:
    heard: list[str] = []

    def meddle(_event: Progress | Notice) -> None:
        for how in ({}, {"shards": range(1)}, {"overwrite": True}):
            with pytest.raises(OutputError, match=f"process {os.getpid()} is generating"):
                run(tmp_path, **how)
        heard.append("refused")

    assert run(tmp_path, on_event=meddle).finished
    assert heard


def test_drivers_of_other_ranges_get_along_and_of_the_same_do_not(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    def meddle(_event: Progress | Notice) -> None:
        if not (tmp_path / "data/train-000003.tar").exists():
            run(tmp_path, shards=range(2, 4))
            with pytest.raises(OutputError, match="generating into"):
                run(tmp_path, shards=range(2))

    assert run(tmp_path, shards=range(2), on_event=meddle).finished
    assert content(tmp_path) == clean


def test_a_disk_that_takes_no_more_is_one_clear_line(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        with pytest.raises(OutputError, match=r"cannot write .*train-000000\.tar") as caught:
            run(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert "finished shards are kept" in caught.value.hint
    assert not list(tmp_path.rglob("*.tar*"))
    assert run(tmp_path).whole
    assert content(tmp_path) == clean


def test_a_place_that_cannot_be_written_is_one_clear_line() -> None:
    with pytest.raises(OutputError, match="cannot write") as caught:
        run(Path("/proc/glyphdata-cannot-be-here"))
    assert caught.value.exit_code == 3


DRIVER = """
import sys
from pathlib import Path
from glyphdata.engines.stopping import Stopped
from glyphdata.generation import generate
from glyphdata.shards.manifest import Provenance
from tests.engines.citizens import FakeRecipe
if __name__ == "__main__":
    try:
        generate(FakeRecipe(pause_s=float(sys.argv[2])), sys.argv[1], workers=2,
                 factory="tests.engines.citizens:FakeFactory",
                 provenance=lambda tokens: Provenance())
    except Stopped as told:
        print(told, file=sys.stderr)
        sys.exit(told.exit_code)
"""


def driver(tmp_path: Path, out: Path, pause_s: float) -> subprocess.Popen[str]:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    return subprocess.Popen(
        [sys.executable, str(script), str(out), str(pause_s)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_sigkill_of_the_driver_leaves_no_worker_and_the_next_run_goes_on(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    process = driver(tmp_path, out, 0.15)
    wait_for(out / ".glyphdata/shards/000000.json")
    workers = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 2
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.02)
    assert len(workers) >= 2
    assert not any(map(alive, workers))
    assert not (out / "SHA256SUMS").exists()
    assert status_of(out).state == "unfinished"
    assert 1 <= run(out).made <= 3
    assert content(out) == clean


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_it_soon_and_cleanly(
    tmp_path: Path, clean: dict[str, bytes], number: int, code: int
) -> None:
    out = tmp_path / "out"
    process = driver(tmp_path, out, 0.15)
    wait_for(out / ".glyphdata/tmp/all")
    began = time.monotonic()
    process.send_signal(number)
    _, told = process.communicate(timeout=10)
    assert process.returncode == code
    assert time.monotonic() - began < 3
    assert "run the same command again" in told.splitlines()[-1]
    assert not (out / ".glyphdata/tmp/all").exists()
    run(out)
    assert content(out) == clean


KILLED_AT = """
import itertools, os, signal, sys
from pathlib import Path
from glyphdata.generation import generate
from glyphdata.shards.manifest import Provenance
from tests.engines.citizens import FakeRecipe
import pyarrow

def make(out):
    generate(FakeRecipe(samples=10), out, workers=0,
             factory="tests.engines.citizens:FakeFactory",
             provenance=lambda tokens: Provenance())

def forked(work):
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def killed_at(number, out):
    # Before every call that changes the disk; after one is before the next.
    count = itertools.count()
    def fatal(call):
        def counted(*args, **kwargs):
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)
        return counted
    os.fsync, os.writev = fatal(os.fsync), fatal(os.writev)
    os.replace, os.unlink, os.mkdir = fatal(os.replace), fatal(os.unlink), fatal(os.mkdir)
    Path.replace, Path.unlink = fatal(Path.replace), fatal(Path.unlink)
    make(out)

def seen(out):
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*"))
            if p.is_file() and p.name != "log.jsonl" and not p.name.startswith("lock")}

root = Path(sys.argv[1])
assert forked(lambda: make(root / "clean")) == 0
clean = seen(root / "clean")
points = 0
for number in itertools.count(int(sys.argv[2]), int(sys.argv[3])):
    out = root / str(number)
    code = forked(lambda: killed_at(number, out))
    if code == 0:
        break
    assert code == -signal.SIGKILL, code
    for tar in out.glob("data/*.tar"):
        assert tar.read_bytes() == clean[f"data/{tar.name}"], (number, tar)
    assert forked(lambda: make(out)) == 0, number
    assert seen(out) == clean, (number, seen(out).keys() ^ clean.keys())
    points += 1
print(points)
"""


@pytest.mark.parametrize(
    ("first", "step", "points"),
    [(0, 11, 10), pytest.param(0, 1, 100, marks=pytest.mark.slow)],
)
def test_killed_before_any_write_it_goes_on_to_the_same_files(
    tmp_path: Path, first: int, step: int, points: int
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(tmp_path / "out"), str(first), str(step)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= points


def test_a_range_is_spelled_with_two_dots() -> None:
    import typer

    assert shard_range("3..17") == range(3, 17)
    for wrong in ("3", "3-4", "4..4", "5..4", "-1..3", "a..b", "3..", "1..2..3"):
        with pytest.raises(typer.BadParameter):
            shard_range(wrong)
