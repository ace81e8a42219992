"""Reading a dataset back, by everyone who should be able to."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from glyphdata.errors import InputError
from glyphdata.generation import generate
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.features import FLOAT, NULL, STRING, ListOf, joined, member_types, type_of
from glyphdata.shards.manifest import FontCredit, Provenance, RegistryDigest
from tests.engines.citizens import FakeFactory, FakeRecipe

FACTORY = "tests.engines.citizens:FakeFactory"


def made_with(tokens: object) -> Provenance:
    assert tokens == [0, 1, 2]
    fonts = (FontCredit(0, "A|B", "Regular", "OFL-1.1"), FontCredit(2, "A|B", "Bold", "OFL-1.1"))
    return Provenance((RegistryDigest("faces", 3, "a" * 64),), fonts)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "out"
    recipe = FakeRecipe(empty_first=True)
    made = generate(recipe, folder, workers=0, factory=FACTORY, provenance=made_with)
    assert made.finished
    return folder


@pytest.fixture(scope="module")
def expected() -> list[dict[str, bytes]]:
    factory = FakeFactory(FakeRecipe(empty_first=True))
    return [dict(factory.make(index).members) for index in range(20)]


def test_samples_come_back_by_number_slice_and_key(
    out: Path, expected: list[dict[str, bytes]]
) -> None:
    dataset = Dataset(out)
    assert len(dataset) == 20
    assert [one.members for one in dataset] == expected
    assert dataset[-1].members == expected[19]
    assert [one.key for one in dataset[3:7]] == [*list(dataset.keys())[3:7]]
    assert dataset["000003-0004"].members == expected[19]
    with pytest.raises(IndexError):
        dataset[20]
    with pytest.raises(InputError, match="no sample 'x'"):
        dataset["x"]


def test_members_decode(out: Path) -> None:
    one = Dataset(out)[9]
    assert one.text == "text 9 é"
    assert one.facts["boxes"][0]["negatives"] == ["näh"]
    assert one.layout == {"unit": 16, "boxes": []}
    assert one.pixels().shape == (16, 16, 3)
    assert (one.mask() == 9).all()
    assert one.mask().dtype == np.uint16
    with pytest.raises(InputError, match=r"no captions\.json"):
        _ = one.captions
    with pytest.raises(InputError, match=r"no boxes\.png"):
        one.box_mask()


def test_readers_of_a_stream_share_all_samples_and_shuffling_belongs_to_the_seed(
    out: Path,
) -> None:
    dataset = Dataset(out)
    keys = list(dataset.keys())
    for shuffle in (False, True):
        parts = [[r.key for r in dataset.stream(n, 3, shuffle=shuffle, seed=5)] for n in range(3)]
        assert sorted(itertools.chain(*parts)) == keys
        assert [len(part) for part in parts] == [7, 7, 6]
    once, again, other = (
        [r.key for r in dataset.stream(shuffle=True, seed=seed)] for seed in (5, 5, 6)
    )
    assert once == again != other
    assert once != keys
    with pytest.raises(InputError):
        next(dataset.stream(3, 3))


def test_it_crosses_to_other_processes_and_does_without_an_index(
    out: Path, tmp_path: Path, expected: list[dict[str, bytes]]
) -> None:
    assert pickle.loads(pickle.dumps(Dataset(out)))[7].members == expected[7]
    subprocess.run(["cp", "-r", out / "data", tmp_path / "data"], check=True)
    bare = Dataset(tmp_path)
    assert [one.members for one in bare] == expected
    assert list(bare.keys()) == list(Dataset(out).keys())


def test_what_is_missing_or_foreign_is_said(out: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        Dataset(tmp_path / "none")
    with pytest.raises(InputError, match="holds no dataset"):
        Dataset(tmp_path)
    subprocess.run(["cp", "-r", out / "data", out / "index", tmp_path], check=True)
    first, second = tmp_path / "data/train-000000.tar", tmp_path / "data/train-000001.tar"
    first.write_bytes(second.read_bytes())
    with pytest.raises(InputError, match="the index names '000000-0000' where"):
        Dataset(tmp_path)[0]
    first.write_bytes(b"")
    with pytest.raises(InputError, match="cut short"):
        Dataset(tmp_path)[0]
    first.unlink()
    with pytest.raises(InputError, match="cannot read"):
        Dataset(tmp_path)[0]
    assert Dataset(tmp_path)[5].key == "000001-0000"


def test_checksums_card_and_manifest_tell_the_truth(out: Path) -> None:
    subprocess.run(["sha256sum", "--status", "-c", "SHA256SUMS"], cwd=out, check=True)
    card = (out / "README.md").read_text()
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["size_categories"] == ["n<1K"]
    assert front["language"] == ["en"]
    assert front["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.tar"}]
    assert "| A\\|B | 2 | OFL-1.1 |" in card
    assert "How it was made" in card
    table = pq.read_table(out / "index/index.parquet")
    assert table["text"].to_pylist() == [f"text {index} é" for index in range(20)]


def test_tar_extracts_what_was_put_in(
    out: Path, tmp_path: Path, expected: list[dict[str, bytes]]
) -> None:
    for shard in sorted((out / "data").glob("*.tar")):
        with tarfile.open(shard) as tar:
            tar.extractall(tmp_path, filter="data")
    assert len(list(tmp_path.iterdir())) == 5 * 20
    for place, members in enumerate(expected):
        key = f"{place // 5:06d}-{place % 5:04d}"
        for extension, content in members.items():
            assert (tmp_path / f"{key}.{extension}").read_bytes() == content


def test_types_join_over_samples_and_keep_what_is_known() -> None:
    first = {"json": b'{"a": 1, "b": [], "c": null, "boxes": [{"edits": []}]}'}
    second = {"json": b'{"a": 1.5, "b": ["x"], "c": "y", "boxes": []}', "x.png": b"", "txt": b""}
    types = member_types([first, second])
    assert list(types) == ["json", "txt", "x.png"]
    fields = dict(types["json"].fields)  # type: ignore[union-attr]
    assert (fields["a"], fields["b"], fields["c"]) == (FLOAT, ListOf(STRING), STRING)
    edits = dict(fields["boxes"].item.fields)["edits"]
    assert dict(edits.item.fields)["before"] == STRING
    assert type_of([[], [1, 2.5]]) == ListOf(ListOf(FLOAT))
    assert joined(NULL, NULL) == NULL
    with pytest.raises(ValueError, match="no column holds both"):
        joined(STRING, FLOAT)
