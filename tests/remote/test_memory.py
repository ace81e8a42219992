"""Datasets behind a URL, in a store that lies in this process's memory."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from glyphdata import Dataset, generate
from glyphdata.errors import InputError, OutputError
from glyphdata.recipe import Recipe
from glyphdata.shards import mirror
from glyphdata.shards.claim import admit, claim
from glyphdata.shards.durable import withdraw, write_file
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.status import status_of
from glyphdata.shards.storage import Remote
from glyphdata.shards.stretches import Stretches, real_file

OUT = "memory://a/out"
PlainRecipe = Callable[..., Recipe]


def held(files: Any, below: str = "/a/out/") -> dict[str, bytes]:
    """What lies in the store under a prefix, by name, but for the log, which tells the time."""
    return {
        name.removeprefix(below): file.getvalue()
        for name, file in files.store.items()
        if name.startswith(below) and not name.endswith("log.jsonl")
    }


def laid(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by name, but for the log and the locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


@pytest.fixture
def other_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Takes the place of another machine, which shares nothing but the store."""
    return lambda name: monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / name))


def test_a_url_gets_the_very_files_that_a_folder_gets(
    memory: Any, plain: PlainRecipe, tmp_path: Path
) -> None:
    far = generate(plain(), OUT, workers=0)
    generate(plain(), tmp_path / "here", workers=0)
    assert far.finished and far.made == 3
    assert held(memory) == laid(tmp_path / "here")


def test_a_second_run_makes_nothing_and_puts_nothing(memory: Any, plain: PlainRecipe) -> None:
    generate(plain(), OUT, workers=0)
    before = {name: file.created for name, file in memory.store.items()}
    assert generate(plain(), OUT, workers=0).made == 0
    assert {name: file.created for name, file in memory.store.items()} == before


@pytest.mark.parametrize("lost", ["data/train-000001.tar", ".glyphdata/shards/000001.json"])
def test_what_is_gone_behind_the_url_is_made_again_and_nothing_else(
    memory: Any, plain: PlainRecipe, lost: str
) -> None:
    generate(plain(), OUT, workers=0)
    whole = held(memory)
    memory.rm_file(f"/a/out/{lost}")
    assert status_of(OUT).state in ("damaged", "partial")
    assert generate(plain(), OUT, workers=0).made == 1
    assert held(memory) == whole


def test_machines_that_share_nothing_but_the_url_finish_one_dataset(
    memory: Any, plain: PlainRecipe, tmp_path: Path, other_machine: Callable[[str], None]
) -> None:
    first = generate(plain(), OUT, workers=0, shards=range(2))
    assert not first.finished
    other_machine("second")
    second = generate(plain(), OUT, workers=0, shards=range(2, 3))
    assert second.finished and second.made == 1
    generate(plain(), tmp_path / "here", workers=0)
    assert held(memory) == laid(tmp_path / "here")
    log = memory.cat_file("/a/out/.glyphdata/log.jsonl").splitlines()
    began = [line for line in map(orjson.loads, log) if line["event"] == "began"]
    assert [line["shards"] for line in began] == [2, 1]
    assert [line["time"] for line in map(orjson.loads, log)] == sorted(
        line["time"] for line in map(orjson.loads, log)
    )


def test_a_dataset_behind_a_url_grows(memory: Any, plain: PlainRecipe, tmp_path: Path) -> None:
    generate(plain("samples=3"), OUT, workers=0)
    assert generate(plain(), OUT, workers=0).made == 2
    generate(plain(), tmp_path / "here", workers=0)
    assert held(memory) == laid(tmp_path / "here")


def test_another_recipe_is_refused_and_takes_the_place_only_when_asked_to(
    memory: Any, plain: PlainRecipe
) -> None:
    generate(plain(), OUT, workers=0)
    memory.pipe_file("/a/out/notes.txt", b"mine")
    whole = held(memory)
    with pytest.raises(OutputError, match="memory://a/out was made from another recipe"):
        generate(plain("seed=5"), OUT, workers=0)
    assert held(memory) == whole
    assert generate(plain("seed=5", "samples=2"), OUT, workers=0, overwrite=True).made == 1
    tars = [name for name in held(memory) if name.endswith(".tar")]
    assert tars == ["data/train-000000.tar"]
    assert held(memory)["notes.txt"] == b"mine"


def test_a_place_with_other_things_is_left_alone(memory: Any, plain: PlainRecipe) -> None:
    memory.pipe_file("/a/out/holiday.jpg", b"mine")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="memory://a/out holds other things"):
            generate(plain(), OUT, workers=0, overwrite=overwrite)
    assert held(memory) == {"holiday.jpg": b"mine"}


def test_of_two_recipes_that_find_the_place_empty_the_later_is_refused(
    memory: Any, other_machine: Callable[[str], None]
) -> None:
    mine, theirs = Plan(6, 2, "mine"), Plan(6, 2, "theirs")
    for name, plan in (("first", mine), ("second", theirs)):
        other_machine(name)
        admit(Places.at(OUT), plan, "if_possible")
        Places.at(OUT).state.mkdir(parents=True)
    other_machine("first")
    claim(Places.at(OUT), Places.at(OUT).scratch, mine)
    other_machine("second")
    with pytest.raises(OutputError, match="was made from another recipe"):
        claim(Places.at(OUT), Places.at(OUT).scratch, theirs)
    assert orjson.loads(memory.cat_file("/a/out/.glyphdata/recipe.json"))["fingerprint"] == "mine"
    # No lock reaches the other machine: a claim stands even where nothing was made yet.
    with pytest.raises(OutputError, match="was made from another recipe"):
        admit(Places.at(OUT), theirs, "if_possible")


def test_a_dry_run_puts_nothing(memory: Any, plain: PlainRecipe) -> None:
    assert generate(plain(), OUT, workers=0, dry_run=True).made == 3
    assert memory.store == {}


def test_a_dataset_is_read_by_ranges_as_from_a_folder(
    memory: Any, plain: PlainRecipe, tmp_path: Path
) -> None:
    generate(plain(), OUT, workers=0)
    generate(plain(), tmp_path / "here", workers=0)
    far, here = Dataset(OUT), Dataset(tmp_path / "here")
    assert [record.members for record in far] == [record.members for record in here]
    again = pickle.loads(pickle.dumps(far))
    assert again["000002-0001"].members == here[5].members
    keys = [record.key for record in far.stream(1, 2, shuffle=True, seed=3)]
    assert keys == [record.key for record in here.stream(1, 2, shuffle=True, seed=3)]


def test_a_dataset_without_an_index_is_found_by_the_headers_of_its_tars(
    memory: Any, plain: PlainRecipe
) -> None:
    generate(plain(), OUT, workers=0)
    keys = list(Dataset(OUT).keys())
    memory.rm_file("/a/out/index/index.parquet")
    assert list(Dataset(OUT).keys()) == keys
    assert Dataset(OUT)[5].facts["boxes"]


def test_a_shard_that_is_gone_is_named_by_its_url(memory: Any, plain: PlainRecipe) -> None:
    generate(plain(), OUT, workers=0)
    far = Dataset(OUT)
    memory.rm_file("/a/out/data/train-000000.tar")
    with pytest.raises(InputError, match=r"cannot read memory://a/out/data/train-000000\.tar"):
        far[0]


def test_where_there_is_no_dataset_that_is_said(memory: Any) -> None:
    with pytest.raises(InputError, match="memory://a/out holds no dataset"):
        Dataset(OUT)
    with pytest.raises(InputError, match="memory://a/out holds no dataset of ours"):
        status_of(OUT)


def test_a_mirror_holds_all_but_what_is_in_the_shards(memory: Any, plain: PlainRecipe) -> None:
    generate(plain(), OUT, workers=0)
    places = Places.at(OUT)
    assert places.index.read_bytes() == held(memory)["index/index.parquet"]
    for tar in places.shards():
        far = held(memory)[f"data/{tar.name}"]
        assert tar.stat().st_size == len(far)
        assert tar.stat().st_blocks == 0
        with real_file(tar) as real:
            assert real.read_bytes() == far
        assert not real.exists()
        with Stretches(tar, ahead=0) as file:
            assert file.read(512, 100) == far[512:612]
            assert file.read(len(far) - 5, 100) == far[-5:]
            assert file.read(len(far), 100) == b""


def test_a_mirror_follows_what_changes_behind_its_url(memory: Any, plain: PlainRecipe) -> None:
    generate(plain(), OUT, workers=0)
    places = Places.at(OUT)
    memory.pipe_file("/a/out/README.md", places.card.read_bytes()[::-1])  # of the same length
    memory.pipe_file("/a/out/captions/train-000000.jsonl", b"{}\n")
    memory.pipe_file("/a/out/data/train-000007.tar", bytes(10240))
    memory.rm_file("/a/out/.glyphdata/shards/000002.json")
    memory.pipe_file("/a/out/elsewhere/large.bin", bytes(100))
    mirror.refresh(places.root)
    assert places.card.read_bytes() == held(memory)["README.md"]
    assert (places.root / "captions" / "train-000000.jsonl").read_bytes() == b"{}\n"
    assert [tar.name for tar in places.shards()][-1] == "train-000007.tar"
    assert not places.record(2).exists()
    assert not (places.root / "elsewhere").exists()
    memory.rm_file("/a/out/captions/train-000000.jsonl")
    mirror.refresh(places.root)
    assert not (places.root / "captions" / "train-000000.jsonl").exists()


def test_a_file_is_published_and_withdrawn_behind_the_url(memory: Any) -> None:
    places = Places.at(OUT)
    write_file(places.scratch, places.card, b"one")
    write_file(places.scratch, places.card, b"two")
    assert held(memory) == {"README.md": b"two"}
    assert places.card.read_bytes() == b"two"
    withdraw(places.card, places.sums)
    assert held(memory) == {} and not places.card.exists()


def test_of_many_that_create_one_object_later_ones_change_nothing(memory: Any) -> None:
    remote = Remote.of(OUT)
    assert [remote.create(b"%d" % number, "mark") for number in range(4)] == [True, *[False] * 3]
    assert held(memory) == {"mark": b"0"}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://me:0penSesame@host/out", "the URL of ftp holds a password"),
        ("s3://bucket/out?sig=0penSesame", "the URL of s3 holds a password, a query"),
        ("simplecache::s3://bucket/out", "chains file systems"),
        ("s3://bucket/*", "is a pattern"),
        ("memory://", "memory:// names no folder"),
        ("nowhere://bucket/out", "nowhere://bucket/out names no storage"),
        (f"memory://{'a' * 250}", "is too long"),
    ],
)
def test_a_url_that_cannot_be_a_dataset_is_refused(memory: Any, url: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        Dataset(url)
    assert told in refused.value.message
    assert "0penSesame" not in str(refused.value)


def test_a_url_that_was_made_a_path_is_no_folder_called_s3() -> None:
    with pytest.raises(InputError, match="give URLs as text"):
        Dataset(Path("s3://bucket/out"))


def test_a_package_that_is_missing_is_named_by_its_extra(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(InputError, match=r"pip install 'glyphdata\[gcs\]'"):
        Dataset("gs://bucket/out")


def test_a_file_url_is_the_folder(plain: PlainRecipe, tmp_path: Path) -> None:
    made = generate(plain("samples=2"), f"file://{tmp_path}/here", workers=0)
    assert made.out == tmp_path / "here"
    assert len(Dataset(f"file://{tmp_path}/here")) == len(Dataset(tmp_path / "here")) == 2
    assert Places.at(tmp_path / "here").name == str(tmp_path / "here")


def test_a_folder_is_written_and_read_without_any_package_for_stores(
    plain: PlainRecipe, tmp_path: Path
) -> None:
    code = (
        "import sys; from glyphdata import Dataset, generate;"
        "from glyphdata.recipe import load_recipe;"
        f"generate(load_recipe({str(tmp_path / 'plain.yaml')!r}), {str(tmp_path)!r} + '/here',"
        " workers=0); assert len(Dataset(sys.argv[1])) == 6;"
        "assert not {'fsspec', 's3fs', 'botocore', 'upath'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "here")], check=True)
