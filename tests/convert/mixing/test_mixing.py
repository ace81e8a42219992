"""A mix is the same dataset however it is run, and holds what its sources held."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image

from glyphdata.captions.written import read, sha256
from glyphdata.convert.mixing.loading import load_mix
from glyphdata.errors import InputError, OutputError
from glyphdata.review.verify import verify
from glyphdata.shards.dataset import Dataset, Record
from glyphdata.shards.index import SCHEMA, read_index
from glyphdata.shards.keys import Key, Places
from tests.convert.mixing.conftest import Blend, Sources, run_mix, shards_of

ROOT = Path(__file__).parents[3]
PLACED = {"key", "shard", "offset", "size", "picture_offset", "picture_size", "index", "group"}
RENAMED = {"key", "index", "group", "recipe", "origin", "ignored"}


def rows_of(out: Path) -> dict[str, dict[str, Any]]:
    table = read_index(Places(out))
    assert table is not None
    return {row["key"]: row for row in table.to_pylist()}


def origins(out: Path) -> list[tuple[str, str]]:
    """Label and key of what stands at each place, the originals alone."""
    told = [record.facts for record in Dataset(out)]
    return [
        (one["origin"]["source"].partition("/")[0], one["origin"]["key"])
        for one in told
        if one["variant"] == 0
    ]


def test_every_sample_is_its_sources_but_for_its_names(mixed: Path, sources: Sources) -> None:
    dataset = Dataset(mixed)
    assert len(dataset) == 20 + 4 * 10 + 10
    whole = {name: Dataset(sources.root / name) for name in ("words", "groups", "plain")}
    rows, before = rows_of(mixed), {name: rows_of(sources.root / name) for name in whole}
    mix = json.loads((mixed / ".glyphdata/manifest.json").read_bytes())["fingerprint"]["value"]
    for record in dataset:
        facts = record.facts
        label, key = facts["origin"]["source"].partition("/")[0], facts["origin"]["key"]
        was = whole[label][key]
        assert record.members.keys() == {"jpg", "json", "txt", "layout.json", "captions.json"}
        for member in ("txt", "layout.json", "jpg"):
            if (label, member) != ("plain", "jpg"):
                assert record.members[member] == was.members[member]
        told = was.facts
        assert {name: value for name, value in facts.items() if name not in RENAMED} == {
            name: value for name, value in told.items() if name not in RENAMED
        }
        assert (facts["key"], facts["recipe"]) == (record.key, mix)
        assert facts["variant"] == Key.parse(key).variant == Key.parse(record.key).variant
        for name in (one for one in SCHEMA.names if one not in PLACED):
            assert rows[record.key][name] == before[label][key][name], name
        assert rows[record.key]["group"] == facts["group"] == record.key[:11]


def test_pictures_are_encoded_anew_only_where_formats_differ(mixed: Path, sources: Sources) -> None:
    plain = Dataset(sources.root / "plain")
    for record in Dataset(mixed):
        origin = record.facts["origin"]
        if origin["source"] == "plain/camera":
            with Image.open(io.BytesIO(record.members["jpg"])) as image:
                assert image.format == "JPEG"
                shown = np.asarray(image).astype(int)
            assert abs(shown - plain[origin["key"]].pixels()).max() <= 2


def test_where_a_sample_comes_from_and_its_licence_are_kept(mixed: Path, sources: Sources) -> None:
    sets = {record.facts["origin"]["source"]: record.facts for record in Dataset(mixed)}
    assert set(sets) == {"words", "groups", "plain/camera"}
    assert sets["plain/camera"]["origin"]["license"] == "CC0-1.0"
    assert sets["words"]["origin"]["license"] == ""
    assert sets["words"]["ignored"] == sets["groups"]["ignored"] == []
    manifest = json.loads((mixed / ".glyphdata/manifest.json").read_bytes())
    told = {one["name"]: one for one in manifest["recipe"]["sources"]}
    assert {name: (one["scenes"], one["of"]) for name, one in told.items()} == {
        "words": (20, 40),
        "groups": (10, 20),
        "plain": (10, 24),
    }
    was = json.loads((sources.root / "words/.glyphdata/manifest.json").read_bytes())
    assert told["words"]["fingerprint"] == was["fingerprint"]["value"]
    assert told["words"]["made_as"] == "words recipe"
    assert told["plain"]["license"] == "CC0-1.0"
    assert manifest["registries"] == was["registries"]
    assert manifest["recipe"]["faces"] == {"tokens": "v1"}
    assert "CC0-1.0" in (mixed / "README.md").read_text()
    assert "OFL-1.1" in (mixed / "README.md").read_text()


def test_no_group_is_torn_and_none_comes_twice(mixed: Path) -> None:
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in Dataset(mixed):
        groups.setdefault(record.facts["group"], []).append(record.facts)
    for facts in groups.values():
        count = 4 if facts[0]["origin"]["source"] == "groups" else 1
        assert [one["variant"] for one in facts] == list(range(count))
        assert len({one["origin"]["key"][:11] for one in facts}) == 1
    taken = origins(mixed)
    assert len(set(taken)) == len(taken) == 40
    assert Counter(label for label, _ in taken) == {"words": 20, "groups": 10, "plain": 10}


def test_every_shard_holds_its_share_of_every_source(mixed: Path) -> None:
    shards: dict[int, Counter[str]] = {}
    for record in Dataset(mixed):
        if record.facts["variant"] == 0:
            label = record.facts["origin"]["source"]
            shards.setdefault(Key.parse(record.key).shard, Counter())[label] += 1
    assert shards[0] == shards[1] == {"words": 8, "groups": 4, "plain/camera": 4}
    assert shards[2] == {"words": 4, "groups": 2, "plain/camera": 2}


def test_the_checks_find_nothing(mixed: Path) -> None:
    verdict = verify(mixed, deep=True)
    assert verdict.findings == ()
    assert verdict.samples == verdict.looked_into == 70


def test_any_number_of_workers_makes_the_same_bytes(
    written: Blend, mixed: Path, tmp_path: Path
) -> None:
    run_mix(written(), tmp_path / "other", workers=2)
    assert shards_of(tmp_path / "other") == shards_of(mixed)
    for name in ("README.md", "SHA256SUMS", ".glyphdata/manifest.json"):
        assert (tmp_path / "other" / name).read_bytes() == (mixed / name).read_bytes()


def test_ranges_of_shards_in_any_order_make_the_same_dataset(
    written: Blend, mixed: Path, tmp_path: Path
) -> None:
    for part in (range(2, 3), range(1), range(1, 2)):
        summary = run_mix(written(), tmp_path / "other", shards=part)
    assert summary.finished
    assert shards_of(tmp_path / "other") == shards_of(mixed)


def test_a_longer_mix_goes_on_from_a_shorter_one(
    written: Blend, mixed: Path, tmp_path: Path
) -> None:
    run_mix(written(), tmp_path / "grown", "samples=36")
    before = shards_of(tmp_path / "grown")
    summary = run_mix(written(), tmp_path / "grown")
    assert summary.made == 1
    assert shards_of(tmp_path / "grown") == shards_of(mixed)
    assert {name: shards_of(mixed)[name] for name in list(before)[:2]} == {
        name: before[name] for name in list(before)[:2]
    }


@pytest.mark.parametrize("kills", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_killed_and_gone_on_with_it_is_the_same(
    written: Blend, mixed: Path, tmp_path: Path, kills: int
) -> None:
    out = tmp_path / "killed"
    for shards in range(1, 1 + kills):
        run = subprocess.Popen(
            [sys.executable, "-m", "glyphdata", "mix", str(written()), str(out), "-w", "1"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + 30
        while len(list(out.glob(".glyphdata/shards/*.json"))) < shards and run.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.001)
        run.send_signal(signal.SIGKILL)
        run.communicate()
    assert run_mix(written(), out).finished
    assert shards_of(out) == shards_of(mixed)
    assert not list((out / ".glyphdata").glob("tmp/*/*"))


def test_another_seed_makes_another_choice_in_the_same_shares(
    written: Blend, mixed: Path, tmp_path: Path
) -> None:
    run_mix(written(), tmp_path / "other", "seed=2")
    one, other = origins(mixed), origins(tmp_path / "other")
    assert set(one) != set(other)
    assert Counter(label for label, _ in one) == Counter(label for label, _ in other)


def test_a_source_that_has_changed_is_refused_when_a_mix_goes_on(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    words = sources.copy("words", tmp_path / "words")
    path = written([{"dataset": str(words)}], samples=30)
    run_mix(path, tmp_path / "out", shards=range(1))
    sums = words / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("0", "1"))
    with pytest.raises(OutputError, match="its sources held other samples"):
        run_mix(path, tmp_path / "out")
    run_mix(path, tmp_path / "out", overwrite=True)


def test_a_source_that_changes_while_it_is_mixed_stops_the_mix(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    words = sources.copy("words", tmp_path / "words")
    asked, _ = load_mix(written([{"dataset": str(words)}], samples=30))
    (words / "captions").mkdir()
    (words / "captions/train-000000.jsonl").write_bytes(b"{}\n")
    with pytest.raises(InputError, match="words has changed since the mix began"):
        asked.inputs()


def test_a_list_of_keys_that_changes_while_it_is_mixed_stops_the_mix(
    written: Blend, tmp_path: Path
) -> None:
    (tmp_path / "keys.txt").write_text("000000-0003\n")
    asked, _ = load_mix(written([{"dataset": "words", "exclude": "keys.txt"}], samples=9))
    (tmp_path / "keys.txt").write_text("000000-0004\n")
    with pytest.raises(InputError, match="the keys that words is chosen by have changed"):
        asked.inputs()


def test_a_shard_that_is_not_what_its_index_says_stops_the_mix_naming_it(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    words = sources.copy("words", tmp_path / "words")
    shard = words / "data/train-000001.tar"
    shard.write_bytes((words / "data/train-000000.tar").read_bytes())
    with pytest.raises(InputError) as caught:
        run_mix(written([{"dataset": str(words)}], samples=40), tmp_path / "out")
    assert "words" in str(caught.value)
    assert "train-000001.tar" in str(caught.value)


def test_a_source_is_never_written_to(written: Blend, sources: Sources, tmp_path: Path) -> None:
    words = sources.copy("words", tmp_path / "words")
    before = shards_of(words)
    with pytest.raises(OutputError, match="is what words is taken from"):
        run_mix(written([{"dataset": str(words)}], samples=9), words, overwrite=True)
    with pytest.raises(OutputError, match="lies in what words is taken from"):
        run_mix(written([{"dataset": str(words)}], samples=9), words / "data/mix")
    assert shards_of(words) == before
    assert not (words / "data/mix").exists()


def test_only_groups_that_are_meant_are_taken(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    (tmp_path / "no.txt").write_text("000000-0001-02\tblurred\n000001-0004\tbad\n")
    (tmp_path / "yes.jsonl").write_text('{"key": "000000-0002", "reason": "nice"}\n')
    path = written(
        [
            {"dataset": "groups", "exclude": "no.txt"},
            {"dataset": "words", "where": ["level=sentence"]},
            {"dataset": "words", "name": "nice", "only": "yes.jsonl"},
        ],
        samples="all",
    )
    run_mix(path, tmp_path / "out")
    taken: dict[str, set[str]] = {}
    for label, key in origins(tmp_path / "out"):
        taken.setdefault(label, set()).add(key)
    assert len(taken["groups"]) == 19
    assert "000000-0001-00" not in taken["groups"]
    assert taken["nice"] == {"000000-0002"}
    rows = rows_of(sources.root / "words")
    assert taken["words"] == {key for key, row in rows.items() if row["level"] == "sentence"}


def test_a_condition_holds_for_every_sample_of_a_group(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    rows = rows_of(sources.root / "groups").values()
    worst = {row["group"]: 99.0 for row in rows}
    for row in rows:
        worst[row["group"]] = min(worst[row["group"]], row["contrast_min"])
    floor = float(np.median(list(worst.values())))
    of = [{"dataset": "groups", "where": [f"contrast>={floor!r}"]}]
    run_mix(written(of, samples="all"), tmp_path / "out")
    kept = {key[:11] for _, key in origins(tmp_path / "out")}
    assert kept == {group for group, least in worst.items() if least >= floor}
    assert 0 < len(kept) < 20


def test_repeated_every_group_comes_before_any_comes_again(written: Blend, tmp_path: Path) -> None:
    path = written([{"dataset": "plain", "repeat": True}], samples=60, shard={"samples": 24})
    run_mix(path, tmp_path / "out")
    taken = [key for _, key in origins(tmp_path / "out")]
    assert set(Counter(taken).values()) == {2, 3}
    assert len(set(taken[:24])) == len(set(taken[24:48])) == 24
    assert taken[:24] != taken[24:48]


def test_captions_beside_the_shards_come_along_inside(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    path = written(
        [{"dataset": "captioned"}, {"dataset": "plain"}], samples=30, outputs={"captions": True}
    )
    run_mix(path, out)
    captioned = Dataset(sources.root / "captioned")
    for record in Dataset(out):
        said = read(record.members["captions.json"])
        origin = record.facts["origin"]
        assert said.key == record.key
        assert said.scene_sha256 == sha256(record.members["json"])
        assert said.image_sha256 == sha256(record.members["jpg"])
        if origin["source"] == "captioned":
            was = read(captioned[origin["key"]].members["captions.json"])
            assert said.captions == was.captions
            assert [one.level for one in said.captions] == [1, 5]
        else:
            assert [one.source for one in said.captions] == ["human"]
            assert said.captions[0].text.encode() == record.members["txt"]
    assert json.loads((out / "captions/manifest.json").read_bytes()) == json.loads(
        (sources.root / "captioned/captions/manifest.json").read_bytes()
    )
    assert verify(out, deep=True).findings == ()


def test_captions_of_another_picture_are_refused(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    copied = sources.copy("captioned", tmp_path / "captioned")
    lines = copied / "captions/train-000000.jsonl"
    lines.write_text(lines.read_text().replace('"scene_sha256":"', '"scene_sha256":"0', 1))
    with pytest.raises(InputError) as caught:
        run_mix(written([{"dataset": str(copied)}], samples=40), tmp_path / "out")
    assert "the captions of sample 000000-0000 are another picture's" in str(caught.value)


def test_a_sample_without_captions_is_a_fault_only_where_they_are_asked_for(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    copied = sources.copy("captioned", tmp_path / "captioned")
    lines = copied / "captions/train-000000.jsonl"
    lines.write_text("".join(lines.read_text().splitlines(keepends=True)[1:]))
    path = written([{"dataset": str(copied)}], samples=40)
    run_mix(path, tmp_path / "out")
    none = [one.key for one in Dataset(tmp_path / "out") if not one.captions["captions"]]
    assert len(none) == 1
    with pytest.raises(InputError, match="sample 000000-0000 has no captions"):
        run_mix(path, tmp_path / "strict", "outputs.captions=true")


def test_without_captions_txt_is_the_prompt(written: Blend, tmp_path: Path) -> None:
    path = written(samples=12, outputs={"captions": False})
    run_mix(path, tmp_path / "out")
    for record in Dataset(tmp_path / "out"):
        assert "captions.json" not in record.members
        assert record.text == record.facts["prompt"]
    assert verify(tmp_path / "out", deep=True).findings == ()


@pytest.mark.parametrize(("form", "kept"), [("png", "plain"), ("jpg", "words"), ("webp", "")])
def test_pictures_are_as_asked_for_and_those_that_are_so_already_stay(
    written: Blend, sources: Sources, tmp_path: Path, form: str, kept: str
) -> None:
    of = [{"dataset": "words"}, {"dataset": "plain"}]
    path = written(of, samples=8, outputs={"image": {"format": form, "quality": 90}})
    run_mix(path, tmp_path / "out")
    for record in Dataset(tmp_path / "out"):
        origin = record.facts["origin"]
        label = origin["source"].partition("/")[0]
        was = Dataset(sources.root / label)[origin["key"]]
        assert record.pixels().shape == was.pixels().shape
        assert (record.picture == was.picture) == (label == kept)
        if form == "png":
            assert np.array_equal(record.pixels(), was.pixels())


def test_scenes_can_be_left_out_of_the_mix(written: Blend, mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(mixed, out)
    whole = [record.key for record in Dataset(out)]
    gone = whole[5]
    summary = run_mix(written(), out, exclude=[gone])
    assert (summary.made, summary.excluded) == (1, 1)
    left = [record.key for record in Dataset(out)]
    assert left == [key for key in whole if key[:11] != gone[:11]]


def test_a_shard_of_nothing_but_excluded_scenes_is_not_made(written: Blend, tmp_path: Path) -> None:
    path = written(samples=6, shard={"samples": 3})
    keys = ["000000-0000", "000000-0001", "000000-0002"]
    summary = run_mix(path, tmp_path / "out", exclude=keys)
    assert not summary.whole
    assert [number for number, _ in summary.lost_shards] == [0]


def test_a_mix_of_a_mix_says_both(written: Blend, mixed: Path, tmp_path: Path) -> None:
    run_mix(written([{"dataset": str(mixed), "name": "first"}], samples=20), tmp_path / "second")
    found = {record.facts["origin"]["source"] for record in Dataset(tmp_path / "second")}
    assert found == {"first/words", "first/groups", "first/plain/camera"}
    assert verify(tmp_path / "second", deep=True).findings == ()


def test_streams_shuffle_it_and_give_every_sample_once(mixed: Path) -> None:
    dataset = Dataset(mixed)
    halves = [dataset.stream(rank, 2, shuffle=True, seed=1) for rank in range(2)]
    keys = [record.key for half in halves for record in half]
    assert sorted(keys) == list(dataset.keys())
    told = [record.text for record in dataset.stream(captions="mixed")]
    assert sum(text.startswith("Grey number ") for text in told) == 10


LOAD = """
import json, sys, datasets
plain = datasets.load_dataset(sys.argv[1], split="train", cache_dir=sys.argv[2])
plain = plain.cast_column("jpg", datasets.Image(decode=False))
for row in plain:
    print(json.dumps([row["__key__"], row["json"], row["captions.json"], row["txt"]]))
"""


def test_load_dataset_reads_every_value(mixed: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOAD, str(mixed), str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert told == [_told(record) for record in Dataset(mixed)]


def _told(record: Record) -> list[object]:
    return [record.key, record.facts, orjson.loads(record.members["captions.json"]), record.text]


def test_a_source_behind_a_url_is_mixed_as_one_that_lies_here(
    written: Blend, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "cache"))
    files = fsspec.filesystem("memory")
    files.put(str(sources.root / "groups"), "/mixing/groups", recursive=True)
    try:
        path = written([{"dataset": "groups"}], samples=20)
        run_mix(path, tmp_path / "near")
        far = path.read_text().replace(str(sources.root), "memory://mixing")
        path.write_text(far)
        assert run_mix(path, "memory://mixing/out").finished
        there = files.cat("/mixing/out/SHA256SUMS")
        assert there == (tmp_path / "near/SHA256SUMS").read_bytes()
    finally:
        files.rm("/mixing", recursive=True)
