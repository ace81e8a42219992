"""A dataset as it is made is read by others: equal keys, equal bytes, equal values."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest
from PIL import Image

import glyphdata
from glyphdata import captioning
from glyphdata.captions.merge import merge
from glyphdata.factory import Encoded, Factory
from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.registry import load
from glyphdata.shards.blending import Blend, Blender
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


class Imported(Factory):
    """Real samples as an importer may hand them on: much is unknown, and the first have no boxes.

    What is known comes late: the first have whole numbers for broken ones, and null for words.
    """

    def group(self, index: int) -> list[Encoded]:
        (made,) = super().group(index)
        members, row = dict(made.members), dict(made.row)
        facts = orjson.loads(members["json"])
        if index < LATE:
            facts["boxes"] = []
            facts["background"]["license"] = None
            facts["pwatermark"] = 1
            gone = ("size_px_min", "size_px_max", "angle_deg_max", "contrast_min", "signal_min")
            row |= dict.fromkeys((*gone, "level"))
            row |= {one: [] for one in ("scripts", "font_tokens", "color_tokens", "bounds")}
            row |= {"boxes": 0, "clusters": 0, "text": "", "background": "photos"}
        else:
            facts["boxes"][0] |= {"font_token": -1, "color_name": "", "contrast": 4}
            facts["boxes"][0]["face"] |= {"token": -1, "family": "", "style": ""}
            facts["background"] |= {"name": "a.jpg", "license": "CC|BY\n4.0"}
            row |= {"font_tokens": [-1] * len(facts["boxes"]), "background": "photos"}
        members["json"] = orjson.dumps(facts)
        return [replace(made, members=tuple(members.items()), row=row)]


TINY = {
    "shard": {"samples": 20},
    "canvas": {"width": 96, "height": 48},
    "levels": {"word": 1},
    "boxes": {"count": 1, "size_px": [8, 20]},
}


@pytest.fixture(scope="module")
def folders(
    recipe_of: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Datasets of every making, by name; captions and a preview lie beside those of `beside`."""
    home = tmp_path_factory.mktemp("folders")
    for samples in (20, 50):
        generate(recipe_of(samples=samples, **TINY), home / "grown", workers=0)
    shutil.copytree(home / "grown", home / "beside")
    captioning.run(home / "beside", load("captioners", "truth")(seed=4), (1, 6))
    (home / "beside/preview.html").write_text("<!doctype html><title>train</title>")
    for name, made in (("bare", "grown"), ("bare beside", "beside")):
        shutil.copytree(home / made, home / name)
        (home / name / "README.md").unlink()
    merge(home / "beside", home / "merged", Blender(Blend(0.5, (), ("plain",)), 3, 0))
    generate(recipe_of(samples=12, variants={"count": 3}, **TINY), home / "groups", workers=0)
    many = recipe_of(samples=LATE + 20, **(TINY | {"shard": {"samples": 100}}))
    for name in ("LateFacts", "Imported"):
        generate(many, home / name, workers=0, factory=f"{__name__}:{name}")
    return {place.name: place for place in home.iterdir()}


LOAD_ALL = """
import hashlib, json, sys, datasets
cache, *folders = sys.argv[1:]

def told(value):
    if isinstance(value, dict) and value.keys() == {"bytes", "path"}:
        return hashlib.sha256(value["bytes"]).hexdigest()
    return value

for folder in folders:
    within = {"data_dir": "data"} if folder.endswith("bare beside") else {}
    plain = datasets.load_dataset(folder, split="train", cache_dir=cache, **within)
    stream = datasets.load_dataset(folder, split="train", streaming=True, **within)
    for rows in (plain, stream):
        for name, kind in rows.features.items():
            if isinstance(kind, datasets.Image):
                rows = rows.cast_column(name, datasets.Image(decode=False))
        for row in rows:
            row.pop("__url__")
            print(json.dumps([folder, {name: told(value) for name, value in row.items()}]))
"""


def test_load_dataset_gives_every_column_and_value_of_every_kind_of_folder(
    folders: dict[str, Path], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOAD_ALL, str(tmp_path), *map(str, folders.values())],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere("0", "C.UTF-8", "UTC", HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1"),
    )
    assert ran.returncode == 0, ran.stderr
    read: dict[str, list[Any]] = {}
    for line in ran.stdout.splitlines():
        folder, row = json.loads(line)
        read.setdefault(folder, []).append(row)
    for place in folders.values():
        rows = [in_columns(record) for record in Dataset(place)]
        if "beside" in place.name:  # our reader alone joins the captions beside the shards
            assert all(row.pop("captions.json") for row in rows)
        assert read[str(place)] == 2 * rows, place.name
    late = [row["json"]["boxes"] for row in read[str(folders["LateFacts"])]]
    firsts = [box for boxes in late[:LATE] for box in boxes]
    assert not any(box["edits"] or box["negatives"] or box["effects"] for box in firsts)
    assert late[LATE][0]["edits"][0]["after"] == "漢"


def in_columns(record: Record) -> dict[str, object]:
    """A record as `datasets` has it, pictures by their checksums."""
    columns: dict[str, object] = {"__key__": record.key}
    for name, content in record.members.items():
        last = name.rpartition(".")[2]
        if last == "json":
            columns[name] = orjson.loads(content)
        else:
            columns[name] = content.decode() if last == "txt" else sha256(content).hexdigest()
    return columns
