"""A dataset as it is made is read by others: equal keys, equal bytes, equal values."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest
from PIL import Image

import glyphdata
from glyphdata.factory import Encoded, Factory
from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.shards.dataset import Dataset, Record
from glyphdata.shards.tarread import open_tar

Elsewhere = Callable[..., dict[str, str]]
Contents = dict[str, dict[str, bytes]]

SAMPLES = 60


@pytest.fixture(scope="module")
def out(recipe_of: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interop") / "out"
    recipe = recipe_of(samples=SAMPLES, shard={"samples": 20})
    assert generate(recipe, folder, workers=0).finished
    return folder


@pytest.fixture(scope="module")
def contents(out: Path) -> Contents:
    """What a plain walk over the tars finds: the measure of all readers."""
    found: Contents = {}
    for shard in sorted((out / "data").glob("*.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                key, _, extension = member.name.partition(".")
                reader = tar.extractfile(member)
                assert reader is not None
                found.setdefault(key, {})[extension] = reader.read()
    assert len(found) == SAMPLES
    return found


def test_the_factory_made_what_lies_in_the_tars(
    contents: Contents, recipe_of: Callable[..., Recipe]
) -> None:
    factory = Factory(recipe_of(samples=SAMPLES, shard={"samples": 20}))
    for index, (key, members) in enumerate(contents.items()):
        assert key == f"{index // 20:06d}-{index % 20:04d}"
        assert members == dict(factory.make(index).members)


def test_our_reader_finds_all_of_it_with_and_without_an_index(
    out: Path, contents: Contents, tmp_path: Path
) -> None:
    ours = glyphdata.Dataset(out)
    assert {record.key: record.members for record in ours} == contents
    assert list(ours.keys()) == list(contents)
    assert {record.key: record.members for record in ours.stream(shuffle=True)} == contents
    (tmp_path / "data").symlink_to(out / "data")
    bare = Dataset(tmp_path)
    assert {record.key: record.members for record in bare} == contents


def test_offsets_in_the_index_point_at_the_pictures(out: Path, contents: Contents) -> None:
    rows = pq.read_table(out / "index/index.parquet").to_pylist()
    assert [row["key"] for row in rows] == list(contents)
    for row in rows:
        blob = (out / f"data/train-{row['shard']:06d}.tar").read_bytes()
        start = row["picture_offset"]
        members = contents[row["key"]]
        assert blob[start : start + row["picture_size"]] == members["jpg"]
        with tarfile.open(fileobj=io.BytesIO(blob[row["offset"] :][: row["size"]])) as tar:
            assert tar.getnames() == [f"{row['key']}.{name}" for name in members]
        assert row["text"] == "\n".join(b["text"] for b in json.loads(members["json"])["boxes"])


def test_sizes_are_those_that_open_clip_reads(out: Path) -> None:
    sizes = json.loads((out / "data/sizes.json").read_text())
    assert sizes == {path.name: 20 for path in sorted((out / "data").glob("*.tar"))}


def test_the_systems_tar_lists_and_extracts_it(
    out: Path, contents: Contents, tmp_path: Path
) -> None:
    for shard in sorted((out / "data").glob("*.tar")):
        listed = subprocess.run(
            ["tar", "--utc", "--full-time", "--numeric-owner", "-tvf", shard],
            capture_output=True,
            text=True,
            check=True,
        )
        assert listed.stderr == ""
        for line in listed.stdout.splitlines():
            assert line.startswith("-rw-r--r-- 0/0")
            assert "1970-01-01 00:00:00" in line
        subprocess.run(["tar", "-xf", shard, "-C", tmp_path], check=True)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert files == {
        f"{key}.{extension}": content
        for key, members in contents.items()
        for extension, content in members.items()
    }


def test_every_shard_is_plain_ustar(out: Path) -> None:
    for shard in sorted((out / "data").glob("*.tar")):
        with tarfile.open(shard, format=tarfile.USTAR_FORMAT) as tar:
            members = tar.getmembers()
        assert [member.name for member in members] == sorted(member.name for member in members)
        assert all(member.isreg() and member.pax_headers == {} for member in members)
        assert shard.read_bytes()[257:263] == b"ustar\0"
        assert len(list(open_tar(shard))) == len(members)


WEBDATASET = """
import sys
sys.path[:0] = sys.argv[2:]
import hashlib, numpy, webdataset
print(webdataset.__version__)
for sample in webdataset.WebDataset(sys.argv[1], shardshuffle=False):
    for name, blob in sorted(sample.items()):
        if not name.startswith("__"):
            print(sample["__key__"], name, hashlib.sha256(blob).hexdigest())
names = ("__key__", "jpg", "json", "layout.json", "mask.png", "txt")
read = webdataset.WebDataset(sys.argv[1], shardshuffle=False).decode("pil").to_tuple(*names)
for key, picture, facts, layout, mask, text in read:
    sums = [int(numpy.asarray(one).astype(numpy.int64).sum()) for one in (picture, mask)]
    print(repr((key, facts, layout, text, sums)))
"""


def by_webdataset(out: Path, elsewhere: Elsewhere, *place: str) -> tuple[str, list[str]]:
    """The version of webdataset, and what it says of the samples, raw and then decoded."""
    shards = str(out / "data/train-{000000..000002}.tar")
    ran = subprocess.run(
        # It leaves its files to the garbage collector, which warns.
        [sys.executable, "-W", "ignore", "-c", WEBDATASET, shards, *place],
        env=elsewhere("0", "C.UTF-8", "UTC"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    version, *lines = ran.stdout.splitlines()
    return version, lines


def for_webdataset(contents: Contents) -> list[str]:
    """What it should say."""
    raw, decoded = [], []
    for key, members in contents.items():
        raw += [f"{key} {name} {sha256(blob).hexdigest()}" for name, blob in members.items()]
        one = Record(key, members)
        # Its decoder makes eight bits of three channels of every picture, masks too.
        with Image.open(io.BytesIO(members["mask.png"])) as mask:
            sums = [
                int(np.asarray(image).astype(np.int64).sum())
                for image in (one.pixels(), mask.convert("RGB"))
            ]
        decoded.append(repr((key, one.facts, one.layout, one.text, sums)))
    return raw + decoded


def test_webdataset_reads_the_same_bytes_and_values(
    out: Path, contents: Contents, elsewhere: Elsewhere
) -> None:
    version, lines = by_webdataset(out, elsewhere)
    assert int(version.partition(".")[0]) >= 1
    assert lines == for_webdataset(contents)


@pytest.mark.slow
def test_the_webdataset_before_1_reads_the_same_bytes_and_values(
    out: Path, contents: Contents, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Slow, for it fetches the last release of the 0.2 line."""
    wanted = ["--no-deps", "--target", str(tmp_path), "webdataset==0.2.111"]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True)
    version, lines = by_webdataset(out, elsewhere, str(tmp_path))
    assert version == "0.2.111"
    assert lines == for_webdataset(contents)


LOAD = """
import hashlib, sys, datasets, numpy
kinds = ("jpg", "mask.png", "boxes.png", "glyph.png")
plain = datasets.load_dataset(sys.argv[1], split="train", cache_dir=sys.argv[2])
stream = datasets.load_dataset(sys.argv[1], split="train", streaming=True)
for rows in (plain, stream):
    for row in rows:
        pixels = [numpy.asarray(row[kind]) for kind in kinds]
        seen = [(one.shape, int(one.astype(numpy.int64).sum())) for one in pixels]
        print(repr((row["__key__"], row["json"], row["layout.json"], row["txt"], seen)))
    for kind in kinds:
        rows = rows.cast_column(kind, datasets.Image(decode=False))
    for row in rows:
        print(repr([hashlib.sha256(row[kind]["bytes"]).hexdigest() for kind in kinds]))
"""


def loaded(folder: Path, cache: Path, elsewhere: Elsewhere) -> list[str]:
    """What `datasets` says of every sample, plain and then streaming, as it spells it."""
    ran = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder), str(cache)],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere("0", "C.UTF-8", "UTC", HF_HOME=str(cache), HF_HUB_OFFLINE="1"),
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def expected(records: Iterable[Record]) -> list[str]:
    """The same, by our own reader; `repr` tells 3 from 3.0 and None from an empty list."""
    said, sums = [], []
    for record in records:
        pixels: list[np.ndarray] = [
            record.pixels(),
            record.mask(),
            record.box_mask(),
            record.glyph(),
        ]
        seen = [(one.shape, int(one.astype(np.int64).sum())) for one in pixels]
        said.append(repr((record.key, record.facts, record.layout, record.text, seen)))
        kinds = ("jpg", "mask.png", "boxes.png", "glyph.png")
        sums.append(repr([sha256(record.members[kind]).hexdigest() for kind in kinds]))
    return said + sums


def test_hugging_face_datasets_gives_exact_values_and_bytes(
    out: Path, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    assert loaded(out, tmp_path, elsewhere) == 2 * expected(Dataset(out))


LATE = 280
"""More samples than the types of the card are read off."""


class LateFacts(Factory):
    """Real samples of which only the later ones have edits, negatives and effects."""

    def group(self, index: int) -> list[Encoded]:
        (made,) = super().group(index)
        if index < LATE:
            return [made]
        members = dict(made.members)
        facts = orjson.loads(members["json"])
        facts["boxes"][0]["edits"] = [
            {"kind": "replace", "unit": "char", "position": 2, "before": "ä", "after": "漢"}
        ]
        facts["boxes"][0]["negatives"] = ["one", 'two "quoted"']
        facts["boxes"][-1]["effects"] = ["shadow"]
        members["json"] = orjson.dumps(facts)
        return [replace(made, members=tuple(members.items()))]


def test_what_is_empty_in_the_first_samples_and_filled_later_is_exact_too(
    recipe_of: Callable[..., Recipe], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    folder = tmp_path / "late"
    recipe = recipe_of(
        samples=LATE + 20,
        shard={"samples": LATE},
        canvas={"width": 96, "height": 48},
        levels={"word": 1},
        boxes={"count": 1, "size_px": [8, 20]},
    )
    generate(recipe, folder, workers=0, factory=f"{__name__}:LateFacts")
    records = list(Dataset(folder))
    firsts = [box for one in records[:LATE] for box in one.facts["boxes"]]
    assert not any(box["edits"] or box["negatives"] or box["effects"] for box in firsts)
    assert records[LATE].facts["boxes"][0]["edits"][0]["after"] == "漢"
    assert loaded(folder, tmp_path / "cache", elsewhere) == 2 * expected(records)
