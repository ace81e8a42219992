"""Where groups come from: by index or by headers, here or behind a URL, damaged or sound."""

from __future__ import annotations

import gc
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
import webdataset as wds

from glyphdata import Dataset
from glyphdata.errors import InputError
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.train.registries import agree, refuse_other
from glyphdata.train.source import Damage, Shards

Make = Callable[..., Path]


@pytest.fixture
def copied(groups: Path, tmp_path: Path) -> Path:
    """The groups, to be damaged."""
    return Path(shutil.copytree(groups, tmp_path / "copied"))


@pytest.fixture
def foreign(groups: Path, tmp_path: Path) -> Path:
    """The same shards in a folder without index, under other names."""
    folder = tmp_path / "foreign"
    folder.mkdir()
    for number, shard in enumerate(sorted((groups / "data").glob("*.tar"))):
        shutil.copy(shard, folder / f"part{number}.tar")
    return folder


def test_a_group_is_an_original_and_its_variants(source: Shards) -> None:
    assert (len(source), source.samples, source.most) == (12, 48, 4)
    assert source.key(5) == "000001-0001"
    keys = [(one.key, one.number) for one in source.pictures(5)]
    assert keys == [(f"000001-0001-0{number}", number) for number in range(4)]


def test_without_variants_every_sample_is_its_own_group(singles: Path) -> None:
    source = Shards(singles)
    assert (len(source), source.most) == (16, 1)
    assert [one.key for one in source.pictures(9)] == [source.key(9)] == ["000001-0001"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_reads_the_same_keys_and_bytes(groups: Path, source: Shards) -> None:
    shards = [str(path) for path in sorted((groups / "data").glob("*.tar"))]
    theirs = list(wds.WebDataset(shards, shardshuffle=False))
    gc.collect()  # webdataset leaves its files to the collector, which warns of them here
    ours = [one for group in range(len(source)) for one in source.pictures(group)]
    assert [one["__key__"] for one in theirs] == [one.key for one in ours]
    for sample, member in zip(theirs, ours, strict=True):
        files = member.files()
        assert {name: sample[name] for name in files} == files
        assert set(sample) - {"__key__", "__url__", "__local_path__"} == set(files)


def test_tars_without_an_index_are_found_by_their_headers(foreign: Path, source: Shards) -> None:
    found = Shards(foreign)
    assert [found.key(group) for group in range(len(found))] == [
        source.key(group) for group in range(len(source))
    ]
    assert found.pictures(7)[2].stretch == source.pictures(7)[2].stretch
    assert found.spelling == "v1"
    assert (found.registries, found.faults) == ((), ())


def test_one_tar_is_a_source_too(foreign: Path) -> None:
    assert len(Shards(foreign / "part1.tar")) == 4


def test_the_order_in_which_paths_are_listed_changes_nothing(foreign: Path) -> None:
    parts = sorted(foreign.iterdir())
    one, other = Shards(*parts), Shards(*reversed(parts))
    assert one.fingerprint == other.fingerprint
    assert [one.key(n) for n in range(len(one))] == [other.key(n) for n in range(len(other))]


def test_shards_behind_a_url_are_read_by_ranges(groups: Path, source: Shards) -> None:
    memory = fsspec.filesystem("memory")
    memory.put(str(groups), "/far", recursive=True)
    try:
        far = Shards("memory://far")
        assert far.fingerprint == source.fingerprint
        assert far.registries == source.registries
        assert [one.files() for one in far.pictures(11)] == [
            one.files() for one in source.pictures(11)
        ]
        memory.rm("/far/index", recursive=True)
        assert [one.key for one in Shards("memory://far").pictures(3)] == [
            one.key for one in source.pictures(3)
        ]
    finally:
        memory.rm("/far", recursive=True)


def test_excluded_samples_and_groups_are_not_there(groups: Path, source: Shards) -> None:
    less = Shards(groups, exclude=["000000-0001-02", "000000-0003", "elsewhere-1"])
    assert (len(less), less.samples) == (11, 43)
    assert [one.number for one in less.pictures(1)] == [0, 1, 3]
    assert less.pictures(1)[2].files() == source.pictures(1)[3].files()
    assert less.key(3) == "000001-0000"
    assert less.fingerprint != source.fingerprint


def test_a_source_is_the_same_in_another_process(source: Shards) -> None:
    source.pictures(0)
    again = pickle.loads(pickle.dumps(source))
    assert again.fingerprint == source.fingerprint
    assert [one.files() for one in again.pictures(4)] == [one.files() for one in source.pictures(4)]


def test_a_shard_that_is_cut_short_is_damage_behind_the_cut(copied: Path) -> None:
    shard = copied / "data" / "train-000001.tar"
    source = Shards(copied)
    content = shard.read_bytes()
    shard.write_bytes(content[: len(content) // 2])
    assert source.pictures(4)
    with pytest.raises(Damage, match=r"000001-0003 of .*train-000001.tar .*cut short"):
        source.pictures(7)


def test_a_shard_that_is_gone_is_damage(copied: Path) -> None:
    (copied / "data" / "train-000002.tar").unlink()
    with pytest.raises(Damage, match=r"train-000002.tar.*No such file"):
        Shards(copied).pictures(8)


def test_a_sample_that_was_overwritten_is_damage(copied: Path) -> None:
    shard = copied / "data" / "train-000000.tar"
    with shard.open("r+b") as file:
        file.write(b"x" * 600)
    with pytest.raises(Damage, match=r"000000-0000-00 of .*no tar header"):
        Shards(copied).pictures(0)[0].files()


def test_a_broken_tar_without_an_index_is_known_as_far_as_it_goes(foreign: Path) -> None:
    shard = foreign / "part2.tar"
    shard.write_bytes(shard.read_bytes()[:-3000])
    with pytest.raises(InputError, match="part2"):
        Shards(foreign)
    source = Shards(foreign, damaged="skip")
    assert len(source.faults) == 1
    assert len(source) == 12


@pytest.mark.parametrize("path", ["nowhere", "empty", "memory://nothing", "none.tar"])
def test_where_there_is_nothing_that_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no|cannot read"):
        Shards(path if "://" in path else tmp_path / path)


def test_all_excluded_is_nothing_too(groups: Path) -> None:
    with pytest.raises(InputError, match="no samples"):
        Shards(groups, exclude=[f"00000{shard}-000{n}" for shard in range(3) for n in range(4)])


def test_an_index_that_is_none_is_refused(copied: Path) -> None:
    (copied / "index" / "index.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="no sound index"):
        Shards(copied)


def other_registry(folder: Path, entries: int, digest: str) -> Path:
    """The dataset as if made with another registry of faces."""
    path = folder / ".glyphdata" / "manifest.json"
    told = json.loads(path.read_text())
    told["registries"] = [{"name": "core", "entries": entries, "sha256": digest}]
    path.write_text(json.dumps(told))
    return folder


@pytest.mark.parametrize("entries", [None, 3])
def test_other_registries_are_refused_with_both_digests(
    copied: Path, source: Shards, entries: int | None
) -> None:
    known = source.registries[0]
    other = Shards(other_registry(copied, entries or known.entries, "f" * 64))
    with pytest.raises(InputError) as caught:
        agree([source, other])
    assert known.sha256 in str(caught.value)
    assert "f" * 64 in str(caught.value)
    with pytest.raises(InputError, match=r"the encoder .*" + "f" * 64):
        refuse_other(source.registries, other)


def test_a_registry_that_has_only_grown_agrees(copied: Path, source: Shards) -> None:
    from glyphdata.faces.catalogue import load

    digest = load().digest(100)
    earlier = Shards(other_registry(copied, 100, digest.sha256))
    agree([source, earlier])
    refuse_other([RegistryDigest("core", 100, digest.sha256)], source)


def test_the_texts_of_a_source_are_those_of_its_boxes(singles: Path) -> None:
    texts = {box["text"] for record in Dataset(singles) for box in record.facts["boxes"]}
    assert set(Shards(singles).texts()) == texts


def test_the_first_prompt_that_can_be_read_says_how_faces_are_spelled(foreign: Path) -> None:
    skipping, stopping = Shards(foreign, damaged="skip"), Shards(foreign)
    with (foreign / "part0.tar").open("r+b") as file:
        file.write(b"x" * 600)
    assert skipping.spelling == "v1"
    with pytest.raises(Damage, match=r"000000-0000-00 of .*part0.tar cannot be read"):
        _ = stopping.spelling
