"""Scenes that were flagged are left out, and only their shards are made again."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from glyphdata.cli.options import keys_of
from glyphdata.errors import InputError
from glyphdata.generation import Summary, generate
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.status import status_of
from tests.engines.citizens import FakeRecipe

RECIPE = FakeRecipe()
KEYS = [f"{shard:06d}-{place:04d}" for shard in range(4) for place in range(5)]


def nothing(_tokens: object) -> Provenance:
    return Provenance()


def run(out: Path, exclude: list[str] | None = None, **how: object) -> Summary:
    return generate(
        RECIPE,
        out,
        exclude=exclude,
        factory="tests.engines.citizens:FakeFactory",
        provenance=nothing,
        **{"workers": 0} | how,  # type: ignore[arg-type]
    )


def sums(out: Path) -> str:
    return (out / "SHA256SUMS").read_text()


def test_excluded_scenes_are_left_out_and_the_run_is_whole(tmp_path: Path) -> None:
    made = run(tmp_path, ["000001-0003", "000003-0000"])
    assert (made.samples, made.excluded, made.whole, made.finished) == (18, 2, True, True)
    assert list(Dataset(tmp_path).keys()) == [
        key for key in KEYS if key not in {"000001-0003", "000003-0000"}
    ]
    assert status_of(tmp_path).state == "finished"
    assert status_of(tmp_path).excluded == 2
    assert orjson.loads(Places(tmp_path).manifest.read_bytes())["excluded"] == [8, 15]


def test_only_the_shards_they_stand_in_are_made_again(tmp_path: Path) -> None:
    run(tmp_path)
    assert run(tmp_path, ["000002-0001"]).made == 1
    assert len(Dataset(tmp_path)) == 19


def test_a_variant_takes_its_whole_scene_along(tmp_path: Path) -> None:
    assert run(tmp_path, ["000002-0001-07"]).excluded == 1


def test_the_dataset_remembers_them_until_another_list(tmp_path: Path) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    run(whole)
    run(out, ["000000-0000"])
    assert run(out).made == 0
    assert len(Dataset(out)) == 19
    assert run(out, []).made == 1
    assert sums(out) == sums(whole)


def test_one_worker_two_or_a_later_list_give_the_same_shards(tmp_path: Path) -> None:
    at_once, later = tmp_path / "once", tmp_path / "later"
    run(at_once, ["000000-0002", "000002-0004"], workers=2)
    run(later, ["000003-0003"])
    run(later, ["000002-0004", "000000-0002"])
    assert sums(at_once) == sums(later)


def test_a_dry_run_tells_what_a_list_would_cost_and_writes_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    before = sums(tmp_path)
    assert run(tmp_path, ["000001-0000", "000003-0000"], dry_run=True).made == 2
    assert sums(tmp_path) == before


def test_a_shard_of_which_all_is_excluded_is_named(tmp_path: Path) -> None:
    made = run(tmp_path, [key for key in KEYS if key.startswith("000002")])
    assert not made.whole
    assert made.lost_shards == ((2, "all of its scenes are excluded"),)


@pytest.mark.parametrize("key", ["000004-0000", "000000-0005", "cat", "../000000-0000"])
def test_a_key_of_no_scene_is_a_fault(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match=key):
        run(tmp_path, [key])
    assert not Places(tmp_path).claim.exists()


def test_a_file_of_flags_excludes_as_a_list_of_keys_does(tmp_path: Path) -> None:
    keys, flags = tmp_path / "keys.txt", tmp_path / "flags.jsonl"
    keys.write_text("000000-0001\tblurred\n")
    flags.write_text('{"key": "000000-0001", "reason": "blurred"}\n')
    assert list(keys_of(keys) or ()) == list(keys_of(flags) or ()) == ["000000-0001"]
    assert keys_of(None) is None
    with pytest.raises(InputError, match="there is no file"):
        keys_of(tmp_path / "other.jsonl")
