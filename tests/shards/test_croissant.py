"""`croissant.json` is valid, and what its reader makes of it is what lies in the shards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.shards.card import Told
from glyphdata.shards.croissant import MOST_NAMED, write_croissant
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.features import Scalar
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import Provenance, Totals
from glyphdata.shards.record import Record, read_record
from glyphdata.shards.statistics import count

Elsewhere = Callable[..., dict[str, str]]

READ = """
import hashlib, json, sys
import mlcroissant

def told(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [told(one) for one in value]
    if hasattr(value, "fp"):  # a picture that is not decoded yet, over its bytes
        return hashlib.sha256(value.fp.getvalue()).hexdigest()
    return value.item() if hasattr(value, "item") else value

for place, *names in map(str.split, sys.argv[1:]):
    dataset = mlcroissant.Dataset(jsonld=place)
    issues = dataset.metadata.ctx.issues
    print(json.dumps([place, "issues", [sorted(issues.errors), sorted(issues.warnings)]]))
    for name in names:
        # Anew for each: what one record set has read it hands to the next, used up.
        for row in mlcroissant.Dataset(jsonld=place).records(name):
            row = {one.rpartition("/")[2]: told(value) for one, value in row.items()}
            print(json.dumps([place, name, row]))
"""


@pytest.fixture(scope="module")
def made(recipe_of: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("croissant") / "out"
    small = {"canvas": {"width": 128, "height": 96}, "boxes": {"count": [1, 3], "size_px": [8, 24]}}
    assert generate(recipe_of(samples=50, **small), folder, workers=0).finished
    return Places.at(folder)


@pytest.fixture(scope="module")
def huge(made: Places, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The description of a dataset of more shards than are named; they are not there."""
    places = Places.at(tmp_path_factory.mktemp("huge"))
    places.index.parent.mkdir()
    places.index.write_bytes(made.index.read_bytes())
    described(made, places, MOST_NAMED + 1)
    return places


def described(made: Places, places: Places, shards: int) -> dict[str, Any]:
    one = read_record(made, 0)
    assert one is not None
    records: list[Record] = [replace(one, number=number) for number in range(shards)]
    types = {name: Scalar("binary") for name in Dataset(made.root)[0].members}
    told = Told(
        name="huge",
        recipe={},
        plan=Plan(20 * shards, 20, "f" * 64),
        totals=Totals.of(records),
        types=types,
        statistics=count(places),
        grounds=(),
        shown=(),
        provenance=Provenance(),
    )
    write_croissant(places, places.root / "tmp", told, records)
    read: dict[str, Any] = orjson.loads(places.croissant.read_bytes())
    return read


@pytest.fixture(scope="module")
def read(
    made: Places, huge: Places, tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere
) -> dict[tuple[str, str], list[Any]]:
    """What mlcroissant says: by file and record set, every record."""
    cache = str(tmp_path_factory.mktemp("cache"))
    asked = [f"{made.croissant} samples index", f"{huge.croissant} index"]
    ran = subprocess.run(
        [sys.executable, "-c", READ, *asked],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere("0", "C.UTF-8", "UTC", CROISSANT_CACHE=cache),
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[tuple[str, str], list[Any]] = {}
    for place, name, row in map(json.loads, ran.stdout.splitlines()):
        found.setdefault((place, name), []).append(row)
    return found


def test_mlcroissant_finds_no_error_and_misses_only_what_is_not_known(
    made: Places, huge: Places, read: dict[tuple[str, str], list[Any]]
) -> None:
    for places in (made, huge):
        ((errors, warnings),) = read[str(places.croissant), "issues"]
        assert errors == []
        assert sorted(one.split('"')[1].rpartition("/")[2] for one in warnings) == [
            "citeAs",
            "datePublished",
            "version",
        ]


def test_its_samples_are_ours_picture_text_and_facts(
    made: Places, read: dict[tuple[str, str], list[Any]]
) -> None:
    assert read[str(made.croissant), "samples"] == [
        {
            "key": record.key,
            "image": sha256(record.picture).hexdigest(),
            "text": record.text,
            "json": record.members["json"].decode(),
        }
        for record in Dataset(made.root)
    ]


def test_its_index_is_ours_for_any_number_of_shards(
    made: Places, huge: Places, read: dict[tuple[str, str], list[Any]]
) -> None:
    rows = pq.read_table(made.index).to_pylist()
    for places in (made, huge):
        assert read[str(places.croissant), "index"] == rows


def test_every_file_it_names_is_there_with_its_size_and_checksum(made: Places) -> None:
    fields = orjson.loads(made.croissant.read_bytes())
    files = [one for one in fields["distribution"] if one["@type"] == "cr:FileObject"]
    tars = [str(path.relative_to(made.root)) for path in made.shards()]
    assert [one["contentUrl"] for one in files] == ["index/index.parquet", *tars]
    for one in files:
        content = (made.root / one["contentUrl"]).read_bytes()
        assert one["contentSize"] == f"{len(content)} B"
        assert one["sha256"] == sha256(content).hexdigest()
    members = {name for record in Dataset(made.root) for name in record.members}
    sets = [one for one in fields["distribution"] if one["@type"] == "cr:FileSet"]
    assert {one["includes"] for one in sets} == {f"*[0-9].{name}" for name in members}


def test_it_stays_small_however_many_shards_there_are(made: Places, tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    places.index.parent.mkdir()
    places.index.write_bytes(made.index.read_bytes())
    described(made, places, MOST_NAMED)
    most = places.croissant.stat().st_size
    fields = described(made, places, 20 * MOST_NAMED)
    assert places.croissant.stat().st_size < 20_000 < most < 500_000
    assert fields["distribution"][1]["includes"] == "data/train-*.tar"
    assert [one["@id"] for one in fields["recordSet"]] == ["index"]
