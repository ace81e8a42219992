"""Merged shards hold the captions, and all else byte for byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import orjson
import pytest

from glyphdata.captioning import run
from glyphdata.captions.merge import merge
from glyphdata.errors import InputError, OutputError
from glyphdata.registry import load
from glyphdata.review.verify import verify
from glyphdata.shards.blending import Blend, Blender
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from glyphdata.shards.status import status_of
from tests.captions.citizens import Parrot, captioned

HALF = Blender(Blend(0.5), seed=3)


@pytest.fixture(scope="module")
def spoken(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset, captioned from truth; not to be written to."""
    out = tmp_path_factory.mktemp("spoken") / "out"
    shutil.copytree(made, out)
    run(out, load("captioners", "truth")())
    return out


def files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith("lock")
    }


def test_every_other_member_stays_byte_for_byte_and_the_whole_verifies(
    spoken: Path, tmp_path: Path
) -> None:
    done = merge(spoken, tmp_path / "dest", HALF)
    assert (done.samples, done.shards, done.made) == (24, 3, 3)
    verdict = verify(tmp_path / "dest")
    assert (verdict.samples, verdict.findings) == (24, ())
    assert status_of(tmp_path / "dest").state == "finished"
    drawn = 0
    for old, new in zip(Dataset(spoken), Dataset(tmp_path / "dest"), strict=True):
        texts = {one["text"] for one in new.captions["captions"]}
        assert new.members["captions.json"] == old.members["captions.json"]
        assert new.text == old.text or new.text in texts
        drawn += new.text in texts
        changed = {"captions.json", "txt"}
        for name in old.members.keys() | new.members.keys():
            assert name in changed or old.members[name] == new.members[name]
    assert 6 <= drawn <= 18
    manifest = (spoken / "captions/manifest.json").read_bytes()
    assert (tmp_path / "dest/captions/manifest.json").read_bytes() == manifest


def test_the_index_keeps_its_rows(spoken: Path, tmp_path: Path) -> None:
    merge(spoken, tmp_path / "dest", HALF)
    placed = ["offset", "size", "picture_offset", "picture_size"]
    old, new = (read_index(Places(path)) for path in (spoken, tmp_path / "dest"))
    assert old is not None
    assert new is not None
    assert old.drop_columns(placed).equals(new.drop_columns(placed))


def test_webdataset_reads_every_sample_whole(spoken: Path, tmp_path: Path) -> None:
    merge(spoken, tmp_path / "dest", HALF)
    reading = """
import sys, webdataset
for sample in webdataset.WebDataset(sys.argv[1], shardshuffle=False).decode():
    print(sample["__key__"], sample["captions.json"]["key"], len(sample["txt"]) > 0, len(sample))
"""
    shards = str(tmp_path / "dest/data/train-{000000..000002}.tar")
    told = subprocess.run(
        [sys.executable, "-c", reading, shards], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    members = len(Dataset(tmp_path / "dest")[0].members)
    assert [line.split()[0] for line in told] == list(Dataset(spoken).keys())
    for line in told:
        key, own, texted, count = line.split()
        assert (own, texted) == (key, "True")
        assert members <= int(count) <= members + 3  # it adds where it found them


def test_a_merge_that_stopped_is_gone_on_with_to_the_same_bytes(
    spoken: Path, tmp_path: Path
) -> None:
    class Enough(Exception):
        pass

    def stop(behind: int, _of: int) -> None:
        if behind == 12:
            raise Enough

    merge(spoken, tmp_path / "clean", HALF)
    with pytest.raises(Enough):
        merge(spoken, tmp_path / "dest", HALF, stop)
    assert not list((tmp_path / "dest/data").glob("train-000001.tar"))
    seen: list[int] = []
    again = merge(spoken, tmp_path / "dest", HALF, lambda behind, _of: seen.append(behind))
    assert (again.made, seen[0], seen[-1]) == (2, 9, 24)
    assert files(tmp_path / "dest") == files(tmp_path / "clean")
    assert merge(spoken, tmp_path / "dest", HALF).made == 0
    with pytest.raises(OutputError, match="another recipe"):
        merge(spoken, tmp_path / "dest", Blender(Blend(0.9)))


def test_a_dataset_without_captions_or_into_itself_is_refused(
    out: Path, made: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="has no captions"):
        merge(out, tmp_path / "dest", HALF)
    with pytest.raises(OutputError, match="into itself"):
        merge(out, out, HALF)
    captioned(out, limit=20)
    with pytest.raises(InputError, match="000002-0004 has no captions"):
        merge(out, tmp_path / "dest", HALF)
    assert not list((tmp_path / "dest").rglob("*.tar"))[2:]
    (out / ".glyphdata/manifest.json").unlink()
    with pytest.raises(InputError, match="no finished dataset"):
        merge(out, tmp_path / "dest", HALF)


def test_captions_of_another_picture_are_neither_merged_nor_read(out: Path, tmp_path: Path) -> None:
    captioned(out)
    path = out / "captions/train-000000.jsonl"
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    lines[5]["scene_sha256"] = "0" * 64
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in lines))
    with pytest.raises(InputError, match="000000-0005 are another picture's"):
        merge(out, tmp_path / "dest", HALF)
    records = Dataset(out).stream()
    assert [one.key for one in islice(records, 5)][-1] == "000000-0004"
    with pytest.raises(InputError, match="000000-0005 were made for another picture"):
        next(records)


def test_own_captions_are_drawn_by_their_share(spoken: Path, tmp_path: Path) -> None:
    mine = {key: f"mine {key}" for key in Dataset(spoken).keys()}  # noqa: SIM118 - no mapping
    merge(spoken, tmp_path / "dest", Blender(Blend(0.0), own=mine))
    assert {one.key: one.text for one in Dataset(tmp_path / "dest")} == mine


def test_a_merged_dataset_can_be_captioned_further(spoken: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    merge(spoken, dest, HALF)
    assert run(dest, load("captioners", "truth")()).tally.made == 0
    assert captioned(dest, Parrot()).tally.made == 48
    assert len(Dataset(dest)[0].captions["captions"]) == 8
