"""Folders that cannot be written, belong to others, or hold damaged datasets."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.shards.dataset import Dataset
from tests.cli.conftest import Ask, Heard

LOOKERS = ("verify", "status", "preview")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- where to write -------------------------------------------------------------------------------


def a_file(folder: Path) -> str:
    (folder / "taken").write_text("mine")
    return "taken"


def under_a_file(folder: Path) -> str:
    a_file(folder)
    return "taken/out"


def among_others(folder: Path) -> str:
    (folder / "others").mkdir()
    (folder / "others/letter.txt").write_text("mine")
    return "others"


def with_a_file_for_its_state(folder: Path) -> str:
    (folder / "odd").mkdir()
    (folder / "odd/.glyphdata").write_text("mine")
    return "odd"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (a_file, "taken is not a folder (choose another place)"),
        (under_a_file, "a file stands where a folder should"),
        (among_others, "others holds other things, and no dataset (choose an empty folder)"),
        (with_a_file_for_its_state, "odd holds other things, and no dataset"),
        (lambda _: "/proc/out", "cannot write /proc/out: No such file or directory"),
        (lambda _: "o" * 300, "File name too long (choose a shorter name)"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--overwrite",), ("--shards", "0..1")], ids=" ".join)
def test_a_place_that_cannot_be_written_is_left_as_it_was(
    make: Ask, tmp_path: Path, place: Callable[[Path], str], said: str, more: tuple[str, ...]
) -> None:
    out = place(tmp_path)
    before = files(tmp_path)
    assert said in make(out, *more).fault()
    assert files(tmp_path) == before


@pytest.mark.parametrize("words", [("draw", "small.yaml", "-o", "no/x.png"), ("new", "no/x")])
def test_a_file_that_cannot_be_written_is_named(ask: Ask, words: tuple[str, ...]) -> None:
    said = ask(*words).fault()
    assert said.startswith("no/x.")
    assert ": cannot be written: No such file or directory (choose another place" in said


def test_a_dataset_of_another_recipe_is_left_as_it_was(make: Ask, tmp_path: Path) -> None:
    assert make("out").code == 0
    before = files(tmp_path / "out")
    assert "was made from another recipe (choose another" in make("out", "--seed", 9).fault()
    assert "holds more than 2 samples (a dataset grows" in make("out", "--samples", 2).fault()
    assert "holds a dataset already (choose another" in make("out", "--resume", "never").fault()
    assert files(tmp_path / "out") == before
    assert make("out", "--seed", 9, "--overwrite").code == 0


@pytest.mark.parametrize("workers", [0, 1])
def test_a_full_disk_stops_the_run_and_keeps_what_is_done(
    make: Ask, ask: Ask, tmp_path: Path, workers: int
) -> None:
    larger = ("-s", "canvas={width: 512, height: 512}", "-s", "backgrounds=[{kind: noise}]")
    assert make("out", *larger, "--shards", "1..2").code == 0
    done = (tmp_path / "out/data/train-000001.tar").stat().st_mtime_ns

    def cramped() -> None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))

    words = ["generate", "small.yaml", "out", "-w", str(workers), *larger]
    ran = subprocess.run(
        [sys.executable, "-m", "glyphdata", *words],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=cramped,
        check=False,
    )
    said = Heard(ran.returncode, ran.stdout, ran.stderr).fault()
    assert said.startswith("cannot write ")
    assert "File too large (raise `ulimit -f`, or write fewer samples into each" in said
    assert not list(tmp_path.glob("out/.glyphdata/tmp/*"))
    assert "out: unfinished; 2 samples of 4 scenes in 1 shard" in ask("status", "out").out
    assert ask(*words).code == 0
    assert (tmp_path / "out/data/train-000001.tar").stat().st_mtime_ns == done
    assert ask("verify", "out").code == 0


# --- what is no dataset, or a damaged one ---------------------------------------------------------


@pytest.mark.parametrize("command", LOOKERS)
@pytest.mark.parametrize("place", ["nowhere", "taken", "others", "empty"])
def test_what_is_no_dataset_is_said(ask: Ask, tmp_path: Path, command: str, place: str) -> None:
    (tmp_path / "empty").mkdir()
    among_others(tmp_path)
    a_file(tmp_path)
    before = files(tmp_path)
    said = ask(command, place).fault()
    start = f"there is no folder {place}" if place in ("nowhere", "taken") else f"{place} holds no "
    assert said.startswith(start)
    told = ask(command, place, "--json")
    assert (told.code, told.document["error"]["exit_code"]) == (3, 3)
    assert files(tmp_path) == before
    with pytest.raises(InputError, match=place):
        Dataset(tmp_path / place)


def cut(out: Path) -> None:
    with (out / "data/train-000001.tar").open("r+b") as file:
        file.truncate(5000)


def emptied(out: Path) -> None:
    (out / "data/train-000001.tar").write_bytes(b"")


def gone(out: Path) -> None:
    (out / "data/train-000001.tar").unlink()


def added(out: Path) -> None:
    shutil.copy(out / "data/train-000001.tar", out / "data/train-000007.tar")


def unsummed(out: Path) -> None:
    (out / "SHA256SUMS").unlink()


def unrecorded(out: Path) -> None:
    (out / ".glyphdata/shards/000001.json").write_text("{")


@pytest.fixture
def sound(make: Ask, tmp_path: Path) -> Path:
    assert make("out").code == 0
    return tmp_path / "out"


@pytest.mark.parametrize("harm", [cut, emptied, gone, added, unsummed, unrecorded])
def test_damage_is_found_and_generating_again_mends_it(
    ask: Ask, make: Ask, sound: Path, harm: Callable[[Path], None]
) -> None:
    before = files(sound / "data") | files(sound / "index")
    harm(sound)
    verdict = ask("verify", "out")
    assert verdict.code == 5
    assert "train-00000" in verdict.out or "SHA256SUMS" in verdict.out
    (line,) = verdict.err.splitlines()
    assert line.startswith("glyphdata: error: out: ")
    assert line.endswith("then run the same `glyphdata generate` again)")
    told = ask("verify", "out", "--json")
    assert (told.code, told.document["ok"]) == (5, False)
    assert all(finding["code"] and finding["message"] for finding in told.document["findings"])
    if harm is not unsummed:
        status = ask("status", "out")
        assert (status.code, status.out.startswith("out: damaged; ")) == (0, True)
        assert "run the same command again" in status.out
    mended = make("out", "--json").document
    assert (mended["samples"], mended["finished"]) == (4, True)
    assert ask("verify", "out").out == "4 samples, nothing wrong\n"
    assert files(sound / "data") | files(sound / "index") == before


@pytest.mark.parametrize(
    ("harm", "said"), [(cut, "cut short"), (emptied, "cut short"), (gone, "No such file")]
)
def test_readers_of_a_damaged_shard_say_where(
    ask: Ask, sound: Path, harm: Callable[[Path], None], said: str
) -> None:
    harm(sound)
    told = ask("preview", "out").fault()
    assert told.startswith("out/data/train-000001.tar: ")
    assert said in told
    dataset = Dataset(sound)
    assert dataset[1].facts["index"] == 1
    with pytest.raises(InputError, match=r"train-000001\.tar"):
        dataset[2]


def test_a_tar_that_is_not_called_as_ours_are_is_named_and_never_removed(
    ask: Ask, make: Ask, sound: Path
) -> None:
    copy = sound / "data/train-copy.tar"
    shutil.copy(sound / "data/train-000001.tar", copy)
    verdict = ask("verify", "out")
    assert verdict.code == 5
    assert "train-copy.tar  it is not called as shards are" in verdict.out
    assert "1 finding in 4 samples" in verdict.err
    (sound / ".glyphdata/shards/000001.json").unlink()
    assert make("out").code == 0
    assert copy.exists()
    assert len(Dataset(sound)) == 4
    (sound / "index/index.parquet").unlink()
    with pytest.raises(InputError, match=r"train-copy\.tar is not called as shards are"):
        Dataset(sound)


def test_an_unfinished_dataset_is_told_as_such(ask: Ask, make: Ask, tmp_path: Path) -> None:
    assert make("out", "--shards", "1..2").out.splitlines()[1] == "1 shard of 2 yet to be made"
    first, *rest = ask("status", "out").out.splitlines()
    assert first.startswith("out: unfinished; 2 samples of 4 scenes in 1 shard, ")
    assert rest[0] == "missing shards: 0"
    assert rest[1] == "run the same command again to make what is missing"
    assert ask("verify", "out").code == 5
    assert (
        ask("preview", "out", "-o", "no/such/folder.html")
        .fault()
        .startswith("no/such/folder.html: the sheet cannot be written: No such file or directory")
    )


# --- a newcomer's first minutes -------------------------------------------------------------------


def test_the_first_commands_lead_from_one_to_the_next(ask: Ask, tmp_path: Path) -> None:
    assert "x.yaml" in ask("new", "x").out
    assert ask("new", "x").fault() == "x.yaml: is there already (choose another name)"
    assert ask("check", "x.yaml").out.startswith("x.yaml: sound; 1,000 samples, fingerprint ")
    small = ("-s", "canvas={width: 128, height: 128}")
    made = ask("generate", "x.yaml", "out", "--samples", 8, "-w", 0, *small)
    assert (made.code, made.err) == (0, "")
    first, *_, last = made.out.splitlines()
    assert first.startswith("out: 8 samples in 1 shard, ")
    assert last == "look at it: glyphdata preview out"
    again = ask("generate", "x.yaml", "out", "--samples", 8, "-w", 0, *small)
    assert "; nothing was left to make" in again.out.splitlines()[0]
    assert ask("status", "out").out.startswith("out: finished; 8 samples of 8 scenes in 1 shard, ")
    assert ask("verify", "out").out == "8 samples, nothing wrong\n"
    shown = ask("preview", "out").out
    assert shown.startswith("out/preview.html: 8 samples, ")
    assert shown.endswith("; open it in a browser\n")
    dry = ask("generate", "x.yaml", "other", "--dry-run").out
    assert dry == "other: would make 1 shard of 1; nothing was written\n"
    assert not (tmp_path / "other").exists()
