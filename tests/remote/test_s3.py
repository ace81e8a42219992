"""Datasets in an object store that is reached over HTTP, as S3 is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import fsspec
import pytest
from moto.s3.models import s3_backends

from glyphdata import Dataset, generate
from glyphdata.errors import OutputError
from glyphdata.recipe import Recipe
from glyphdata.review.verify import verify
from glyphdata.shards.claim import finished, held
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.record import Record, read_record, write_record
from glyphdata.shards.storage import Remote
from tests.remote.conftest import BUCKET, SECRET, Store

OUT = f"s3://{BUCKET}/a/out"
LARGE = (  # 19 MB in one shard, which go up in several parts
    "shard.samples=6",
    "canvas.width=1024",
    "canvas.height=1024",
    "effects=[{kind: noise, sigma: [40, 40], gray: 0}]",
    "outputs.image.format=png",
)
ACCOUNT = "123456789012"  # whose buckets moto's are
PlainRecipe = Callable[..., Recipe]


def lying(store: Store, below: str = f"{BUCKET}/a/out/") -> dict[str, bytes]:
    """What lies in the bucket, by name, but for the log."""
    files = store.files()
    found = {name: files.cat_file(name) for name in files.find(BUCKET)}
    return {name.removeprefix(below): found[name] for name in found if "log.jsonl" not in name}


def laid(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by name, but for the log and the locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


def test_two_workers_make_the_very_files_that_a_folder_gets_and_no_secret_is_in_them(
    s3: Store, plain: PlainRecipe, tmp_path: Path
) -> None:
    far = generate(plain(), OUT, workers=2)
    assert far.finished and far.made == 3
    generate(plain(), tmp_path / "here", workers=0)
    assert lying(s3) == laid(tmp_path / "here")
    files = s3.files()
    for content in map(files.cat_file, files.find(BUCKET)):
        assert SECRET.encode() not in content
    for path in (tmp_path / "cache").rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()


def test_a_second_run_lists_and_reads_no_object_that_it_knows(
    s3: Store, plain: PlainRecipe
) -> None:
    generate(plain(), OUT, workers=0)
    known = Places.at(OUT)
    s3.calls.clear()
    assert generate(plain(), OUT, workers=0).made == 0
    assert s3.calls["PUT"] == s3.calls["DELETE"] == s3.calls["HEAD"] == 0
    few = s3.calls["GET"]
    assert known.manifest.exists()
    generate(plain("samples=24"), OUT, workers=0)
    s3.calls.clear()
    generate(plain("samples=24"), OUT, workers=0)
    assert s3.calls["GET"] == few  # whatever the number of shards


def test_a_sample_is_read_by_its_range_alone(s3: Store, plain: PlainRecipe) -> None:
    generate(plain(), OUT, workers=0)
    far = Dataset(OUT)
    s3.calls.clear()
    assert far[5].pixels().shape == (64, 96, 3)
    assert s3.calls == {"GET": 1}


def test_a_fifth_of_all_calls_may_fail(s3: Store, plain: PlainRecipe, tmp_path: Path) -> None:
    s3.failing = 0.2
    far = generate(plain("samples=2"), OUT, workers=0)
    s3.failing = 0.0
    assert far.finished and s3.refused >= 3
    generate(plain("samples=2"), tmp_path / "here", workers=0)
    assert lying(s3) == laid(tmp_path / "here")


def test_a_put_that_fails_leaves_nothing_and_is_told_by_its_url(
    s3: Store, plain: PlainRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # else it tries as often as before
    s3.fail = lambda call: "train-" in call["PATH_INFO"]
    with pytest.raises(OutputError, match=r"s3://bucket/a/out/data/train-000000\.tar"):
        generate(plain(), OUT, workers=0)
    assert [name for name in lying(s3) if not name.endswith("recipe.json")] == []
    assert not read_record(Places.at(OUT), 0)
    s3.fail = lambda _call: False
    assert generate(plain(), OUT, workers=0).finished


def test_a_bucket_that_is_not_there_is_told_of(s3: Store, plain: PlainRecipe) -> None:
    with pytest.raises(OutputError, match="s3://nowhere/out") as told:
        generate(plain(), "s3://nowhere/out", workers=0)
    assert told.value.hint


def test_of_two_that_create_one_object_at_once_one_alone_succeeds(s3: Store) -> None:
    remote = Remote.of(OUT)
    gate = threading.Barrier(2)

    def create(trial: int) -> bool:
        gate.wait()
        return remote.create(b"", f"marks/{trial}")

    with ThreadPoolExecutor(2) as pool:
        for trial in range(500):
            assert sum(pool.map(create, (trial, trial))) == 1


@contextmanager
def generating(recipe: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`glyphdata generate` in a group of processes of its own, all of it killed at the end."""
    command = [sys.executable, "-m", "glyphdata", "generate", str(recipe), OUT, *words]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_run_that_is_killed_while_it_uploads_is_gone_on_with_and_leaves_no_upload(
    s3: Store, plain: PlainRecipe, tmp_path: Path
) -> None:
    recipe = plain(*LARGE)
    s3.stall = lambda call: "partNumber=2" in call["QUERY_STRING"]
    changes = [word for one in LARGE for word in ("-s", one)]
    with generating(tmp_path / "plain.yaml", "--workers", "2", *changes) as process:
        assert s3.stalled.wait(60), process.poll()
    assert len(s3.uploads()) >= 1
    assert not [name for name in lying(s3) if name.endswith(".tar")]
    s3.stall = lambda _call: False
    made = generate(recipe, OUT, workers=0)
    assert made.finished and made.made == 1
    assert s3.uploads() == []
    assert verify(Places.at(OUT).root).ok


def begun(store: Store, key: str) -> None:
    """Leave an upload behind as a process does that is killed."""
    store.files().call_s3("create_multipart_upload", Bucket=BUCKET, Key=key)


@pytest.mark.parametrize(
    ("shards", "left"),
    [
        (None, ["a/other/data/train-000001.tar", "a/outer"]),
        (
            range(2),
            [
                "a/other/data/train-000001.tar",
                "a/out/data/train-000002.tar",
                "a/out/index/index.parquet",
                "a/outer",
            ],
        ),
    ],
)
def test_only_uploads_that_no_one_else_can_be_at_are_aborted(
    s3: Store, shards: range | None, left: list[str]
) -> None:
    for name in ("data/train-000001.tar", "data/train-000002.tar", "index/index.parquet"):
        begun(s3, f"a/out/{name}")
    begun(s3, "a/other/data/train-000001.tar")
    begun(s3, "a/outer")
    with held(Places.at(OUT), shards):
        assert sorted(s3.uploads()) == left


def test_a_whole_bucket_is_a_place_too(s3: Store, plain: PlainRecipe) -> None:
    begun(s3, "data/train-000000.tar")
    assert generate(plain("samples=2"), f"s3://{BUCKET}", workers=0).finished
    assert s3.uploads() == []
    assert "data/train-000000.tar" in lying(s3, f"{BUCKET}/")
    assert generate(plain("samples=2"), f"s3://{BUCKET}/", workers=0).made == 0


@pytest.mark.slow
def test_ten_thousand_shards_are_looked_through_within_a_minute(s3: Store, tmp_path: Path) -> None:
    plan = Plan(10_000, 1, "f" * 64)
    places = Places.at(OUT)
    bucket = s3_backends[ACCOUNT]["aws"]  # each over HTTP would take minutes
    for number in range(plan.shards):
        record = Record(number, plan.fingerprint, number, number, 1, 1024, "0" * 64)
        write_record(Places(tmp_path / "far"), tmp_path, record)
        content = (tmp_path / "far/.glyphdata/shards" / f"{number:06d}.json").read_bytes()
        bucket.put_object(BUCKET, f"a/out/.glyphdata/shards/{number:06d}.json", content)
        bucket.put_object(BUCKET, f"a/out/data/train-{number:06d}.tar", bytes(1024))
        bucket.put_object(BUCKET, f"a/out/index/part-{number:06d}.jsonl", b"{}\n")
    # What a run leaves that was killed: every record and part here, and no note of them.
    shutil.copytree(tmp_path / "far", places.root)
    (places.root / "index").mkdir()
    for number in range(plan.shards):
        places.part(number).write_bytes(b"{}\n")
    s3.calls.clear()
    began = time.monotonic()
    assert len(finished(places, plan)) == plan.shards
    assert time.monotonic() - began < 60
    assert s3.calls.total() < 50  # pages of listings, and no call for any one shard
