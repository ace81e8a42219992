"""Imagefolder and parquet, read back by Hugging Face's datasets and by pyarrow."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from glyphdata.convert.exporting import Choice
from glyphdata.errors import InputError
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Truth, caption, decoded, files, posed, shipped, written

LOAD = """
import hashlib, json, sys, datasets

def told(value):
    if isinstance(value, dict) and value.keys() == {"bytes", "path"}:
        content = value["bytes"] or open(value["path"], "rb").read()
        return hashlib.sha256(content).hexdigest()
    return value

cache, parquet, folder, hostile = sys.argv[1:]
files = {"train": folder + "/**"}  # as diffusers' scripts ask for it
asked = [
    dict(path=parquet),
    dict(path=parquet, streaming=True),
    dict(path="imagefolder", data_dir=folder),
    dict(path="imagefolder", data_files=files),
    dict(path="imagefolder", data_dir=hostile),
]
for number, one in enumerate(asked):
    if "streaming" not in one:
        one["cache_dir"] = cache
    rows = datasets.load_dataset(split="train", **one)
    first = next(iter(rows))["image"]
    print(json.dumps([number, "first", [first.size, sorted(rows.features)]]))
    for row in rows.cast_column("image", datasets.Image(decode=False)):
        print(json.dumps([number, "row", {name: told(value) for name, value in row.items()}]))
"""

COLUMNS = ["height", "image", "key", "objects", "text", "width"]


def row_of(truth: Truth) -> dict[str, Any]:
    """A row as it has to be read, pictures by their checksum."""
    facts = [box.facts for box in truth.boxes]
    sides = [one["bbox"] for one in facts]
    return {
        "image": hashlib.sha256(truth.members["jpg"]).hexdigest(),
        "text": truth.members["txt"].decode(),
        "key": truth.key,
        "width": 192,
        "height": 128,
        "objects": {
            "text": [one["text"] for one in facts],
            "bbox": [[a, b, c - a, d - b] for a, b, c, d in sides],
            "quad": [one["quad"] for one in facts],
            "language": [one["language"] for one in facts],
            "color": [one["color"] for one in facts],
            "font": [f"{one['face']['family']} {one['face']['style']}" for one in facts],
        },
    }


def test_datasets_reads_every_column_of_a_thousand_pictures_from_either(
    thousand: Path, tmp_path: Path, true: tuple[Truth, ...], elsewhere: Any
) -> None:
    for kind in ("parquet", "imagefolder"):
        assert shipped(kind, tmp_path / kind, of=thousand).skipped == ()
    pictures = [posed("b"), posed("a", *HOSTILE), posed("c", "2020-01-01")]
    written("imagefolder", tmp_path / "hostile", of=pictures)
    places = [str(tmp_path / one) for one in ("cache", "parquet", "imagefolder", "hostile")]
    ran = subprocess.run(
        [sys.executable, "-c", LOAD, *places],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere("0", "C.UTF-8", "UTC", HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1"),
    )
    assert ran.returncode == 0, ran.stderr
    read: list[list[Any]] = [[] for _ in range(5)]
    for number, what, value in map(json.loads, ran.stdout.splitlines()):
        if what == "first":
            assert value == [[64, 64] if number == 4 else [192, 128], COLUMNS]
        else:
            read[number].append(value)
    wanted = {truth.key: row_of(truth) for truth in true}
    for rows in read[:4]:
        assert len(rows) == len(wanted)
        assert {row["key"]: row for row in rows} == wanted
    assert [row["key"] for row in read[0]] == list(wanted)  # parquet keeps their order
    hostile = {row["key"]: row["objects"] for row in read[4]}
    assert hostile["a"]["text"] == list(HOSTILE)
    assert hostile["b"]["text"] == [] and hostile["c"]["text"] == ["2020-01-01"]


def test_parquet_has_groups_of_a_hundred_and_new_files_once_one_is_full(
    ship: Ship, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship("parquet", choice=Choice(limit=250))
    whole = pq.ParquetFile(tmp_path / "out/data/train-00000.parquet")
    rows = [whole.metadata.row_group(one).num_rows for one in range(whole.num_row_groups)]
    assert rows == [100, 100, 50]
    monkeypatch.setattr("glyphdata.convert.exporters.parquet.ROWS", 20)
    noise = np.random.default_rng(1)
    heavy = [posed(f"{number:03d}", "text") for number in range(50)]
    for one in heavy:
        one.record.members["jpg"] = noise.bytes(30_000)
    written("parquet", tmp_path / "cut", "shard_mb=1", of=heavy)
    cut = sorted((tmp_path / "cut/data").iterdir())
    assert [one.name for one in cut] == ["train-00000.parquet", "train-00001.parquet"]
    assert [pq.read_metadata(one).num_rows for one in cut] == [40, 10]


def test_parquet_holds_pictures_of_other_kinds_and_hostile_texts(tmp_path: Path) -> None:
    pictures = [posed("a", *HOSTILE, form="png"), posed("b", form="webp"), posed("c", "=cmd()")]
    written("parquet", tmp_path, "unit=line", of=pictures)
    rows = pq.read_table(tmp_path / "data/train-00000.parquet").to_pylist()
    assert [row["image"]["path"] for row in rows] == ["a.png", "b.webp", "c.jpg"]
    assert all(decoded(row["image"]["bytes"]).shape == (64, 64, 3) for row in rows)
    assert [row["objects"]["text"] for row in rows] == [list(HOSTILE), [], ["=cmd()"]]
    assert [row["text"] for row in rows] == [one.caption for one in pictures]


def test_imagefolder_leaves_boxes_out_where_asked(tmp_path: Path) -> None:
    written("imagefolder", tmp_path, "boxes=false", of=[posed("a", "x", "y")])
    rows = (tmp_path / "train/metadata.jsonl").read_text().splitlines()
    said = "a picture that says x y"
    told = {"file_name": "a.jpg", "text": said, "key": "a", "width": 64, "height": 64}
    assert [json.loads(row) for row in rows] == [told]


@pytest.mark.parametrize("kind", ["imagefolder", "parquet", "mds", "fiftyone"])
def test_the_caption_of_a_level_is_told_and_asked_for_where_it_is_not_there(
    kind: str, tmp_path: Path
) -> None:
    said = [caption("fine detail", level=1), caption("a sign", level=6)]
    written(kind, tmp_path / "a", "level=6", of=[posed("a", "x", captions=said)])
    content = b"".join(files(tmp_path / "a").values())
    assert b"a sign" in content and b"fine detail" not in content
    with pytest.raises(InputError, match=r"no plain caption of level 3 .*--levels 3"):
        written(kind, tmp_path / "b", "level=3", of=[posed("a", "x", captions=said)])


@pytest.mark.parametrize("kind", ["parquet", "imagefolder", "mds"])
def test_words_need_a_layout_and_boxes_do_not(
    kind: str, ship: Ship, bare: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"no layout\.json"):
        ship(kind, "unit=word", of=bare)
    assert list(tmp_path.glob("out*")) == []
    assert ship(kind, of=bare).samples == 3
