"""Datasets that are unfinished, damaged, or without an index: shown as far as can be, and said."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glyphdata.errors import InputError
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.evidence import Finding
from glyphdata.review.view import table
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.review.view.findings import Findings, read_findings
from glyphdata.review.view.jobs import Job
from glyphdata.shards.index import SCHEMA, table_of
from glyphdata.shards.keys import Places
from glyphdata.shards.part import write_part
from tests.review.view.conftest import SMALL, Viewer


def about(viewer: Viewer) -> dict[str, Any]:
    told: dict[str, Any] = viewer.get("/api/datasets")["datasets"][0]
    return told


def test_without_an_index_the_shards_themselves_tell(copy: Path, viewer: Viewer) -> None:
    shutil.rmtree(copy / "index")
    found = Viewer(Exhibit(copy))
    told = about(found)
    assert (told["state"], told["samples"]) == ("no-index", 24)
    assert told["warnings"] == ["there is no index: what is shown was read from the shards"]
    for query in ("", "sort=contrast_min", "level=word", "effects=shadow&sort=length"):
        assert found.keys(query) == viewer.keys(query)
    mine, theirs = found.get("/api/0/facets"), viewer.get("/api/0/facets")
    assert mine["facets"] == theirs["facets"]
    key = found.keys("")[13]
    assert found.ask(f"/img/0/{key}/thumb").body == viewer.ask(f"/img/0/{key}/thumb").body


def test_a_damaged_index_is_told_and_the_shards_are_read(copy: Path) -> None:
    index = Places(copy).index
    index.write_bytes(index.read_bytes()[:200])
    told = about(Viewer(Exhibit(copy)))
    assert (told["state"], told["samples"]) == ("no-index", 24)
    assert "the index is damaged" in told["warnings"][-1]


def test_a_page_of_the_index_that_is_damaged_is_told_to_who_asks_for_it(copy: Path) -> None:
    index = Places(copy).index
    told = pq.read_metadata(index).row_group(0)
    place = next(n for n in range(told.num_columns) if told.column(n).path_in_schema == "text")
    with index.open("r+b") as file:
        file.seek(told.column(place).data_page_offset + 20)
        file.write(b"\xff" * 20)
    viewer = Viewer(Exhibit(copy))
    assert about(viewer)["samples"] == 24
    answer = viewer.ask("/api/0/rows")
    assert answer.status == 503
    assert "the index cannot be read" in answer.json["error"]
    assert viewer.ask("/img/0/000000-0000/thumb").status == 200


def test_a_shard_that_the_index_does_not_know_is_read(copy: Path) -> None:
    index = Places(copy).index
    rows = pq.read_table(index)
    pq.write_table(rows.filter(pa.compute.not_equal(rows["shard"], 1)), index)
    viewer = Viewer(Exhibit(copy))
    told = about(viewer)
    assert (told["state"], told["samples"]) == ("stale-index", 24)
    assert "the index is not that of 1 of the shards" in told["warnings"][0]
    assert len(viewer.keys("shard=1")) == 8
    assert viewer.keys("") == sorted(viewer.keys(""))


def test_a_shard_that_was_made_anew_is_read_anew(copy: Path, small: Path) -> None:
    places = Places(copy)
    # Another shard's bytes under this one's name, as its record says: the index is the older.
    shutil.copy(places.shard(0), places.shard(2))
    record = orjson.loads(places.record(2).read_bytes())
    record["bytes"] = places.shard(2).stat().st_size
    places.record(2).write_bytes(orjson.dumps(record))
    viewer = Viewer(Exhibit(copy))
    assert about(viewer)["state"] == "stale-index"
    first = viewer.get("/api/0/rows?shard=2")["rows"][0]
    assert first["key"] == "000000-0000"
    assert small.is_dir()


def test_a_shard_that_is_cut_short_shows_what_is_left(copy: Path) -> None:
    shard = Places(copy).shard(1)
    rows = pq.read_table(Places(copy).index).to_pylist()
    third = rows[8 + 2]
    with shard.open("r+b") as file:
        file.truncate(third["offset"] + 1024)
    viewer = Viewer(Exhibit(copy))
    told = about(viewer)
    assert told["state"] == "finished"
    assert [one for one in told["warnings"] if "train-000001.tar is cut short" in one]
    errors = {row["key"]: row["error"] for row in viewer.get("/api/0/rows")["rows"]}
    assert [key for key, error in errors.items() if error] == [
        f"000001-{place:04d}" for place in range(2, 8)
    ]
    assert "cut short" in errors["000001-0002"]
    assert viewer.ask("/img/0/000001-0001/thumb").status == 200
    for kind in ("picture", "thumb", "mask", "glyph", "boxes"):
        answer = viewer.ask(f"/img/0/000001-0005/{kind}")
        assert answer.status == 422
        assert "cut short" in answer.json["error"]
        assert answer.json["hint"]
    told = viewer.get("/api/0/sample/000001-0005")
    assert "cut short" in told["error"]
    assert (told["facts"], told["members"]) == (None, {})
    assert told["row"]["level"] == rows[13]["level"]
    assert (told["previous"], told["next"]) == ("000001-0004", "000001-0006")


def test_a_shard_that_is_gone_leaves_its_rows_with_the_reason(copy: Path) -> None:
    Places(copy).shard(2).unlink()
    viewer = Viewer(Exhibit(copy))
    rows = viewer.get("/api/0/rows?shard=2")["rows"]
    assert {row["error"] for row in rows} == {"train-000002.tar is not there"}
    assert viewer.ask(f"/img/0/{rows[0]['key']}/picture").status == 422
    assert viewer.get("/api/0/rows?shard=1")["rows"][0]["error"] is None


def test_a_damaged_picture_is_told_where_it_is_met(copy: Path) -> None:
    places = Places(copy)
    row = pq.read_table(places.index).to_pylist()[3]
    with places.shard(0).open("r+b") as file:
        file.seek(row["picture_offset"])
        file.write(b"\0" * 64)
    viewer = Viewer(Exhibit(copy))
    assert viewer.get("/api/0/rows")["rows"][3]["error"] is None
    answer = viewer.ask(f"/img/0/{row['key']}/thumb")
    assert answer.status == 422
    assert "the picture is damaged" in answer.json["error"]
    assert "damaged" in viewer.get("/api/0/rows")["rows"][3]["error"]


def test_a_damaged_header_is_told_and_the_neighbours_stay(copy: Path) -> None:
    places = Places(copy)
    rows = pq.read_table(places.index).to_pylist()
    with places.shard(0).open("r+b") as file:
        file.seek(rows[2]["offset"])
        file.write(b"x" * 512)
    viewer = Viewer(Exhibit(copy))
    assert "no tar header" in viewer.get(f"/api/0/sample/{rows[2]['key']}")["error"]
    assert viewer.get(f"/api/0/sample/{rows[3]['key']}")["error"] is None


def test_an_index_that_points_into_another_sample_shows_no_wrong_picture(copy: Path) -> None:
    index = Places(copy).index
    rows = pq.read_table(index).to_pylist()
    rows[0], rows[1] = rows[0] | {"key": "000000-0001"}, rows[1] | {"key": "000000-0000"}
    pq.write_table(table_of(rows), index)
    answer = Viewer(Exhibit(copy)).ask("/img/0/000000-0000/picture")
    assert answer.status == 422
    assert "names '000000-0000' where the shard has '000000-0001'" in answer.json["error"]


@pytest.mark.parametrize("offset", [-512, 1 << 40, 1 << 62])
def test_an_index_that_points_nowhere_is_no_way_out_of_the_shard(copy: Path, offset: int) -> None:
    index = Places(copy).index
    rows = pq.read_table(index).to_pylist()
    rows[0] |= {"picture_offset": offset}
    pq.write_table(table_of(rows), index)
    assert Viewer(Exhibit(copy)).ask("/img/0/000000-0000/picture").status == 422


def test_a_dataset_that_is_being_made_is_shown_and_grows(copy: Path) -> None:
    places = Places(copy)
    rows = pq.read_table(places.index).to_pylist()
    places.manifest.unlink()
    places.index.unlink()
    write_part(places, places.scratch, 0, rows[:8])
    exhibit = Exhibit(copy)
    viewer = Viewer(exhibit)
    told = about(viewer)
    assert (told["state"], told["samples"], told["recipe"]) == ("generating", 8, "")
    assert "being generated" in told["warnings"][0]
    assert viewer.get("/api/0/sample/000000-0001")["facts"]["key"] == "000000-0001"
    write_part(places, places.scratch, 1, rows[8:16])
    exhibit.refresh()
    told = about(viewer)
    assert (told["samples"], told["version"]) == (16, 1)
    exhibit.refresh()
    assert about(viewer)["version"] == 1


def test_a_change_on_disk_is_seen_without_being_asked_to_look(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.review.view.exhibit._LOOK_EVERY_S", 0.0)
    exhibit = Exhibit(copy)
    viewer = Viewer(exhibit)
    Places(copy).shard(2).unlink()
    until = time.monotonic() + 20
    while not about(viewer)["warnings"] and time.monotonic() < until:
        time.sleep(0.02)
    assert about(viewer)["warnings"] == ["train-000002.tar is not there"]


def test_a_real_run_that_was_stopped_is_shown(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(SMALL)
    recipe = load_recipe(tmp_path / "recipe.yaml")
    generate(recipe, tmp_path / "out", workers=0, shards=range(2))
    told = about(Viewer(Exhibit(tmp_path / "out")))
    assert (told["state"], told["samples"]) == ("generating", 16)


def test_a_stranger_among_the_shards_is_named_and_not_shown(copy: Path) -> None:
    shutil.copy(Places(copy).shard(0), copy / "data" / "train-7.tar")
    told = about(Viewer(Exhibit(copy)))
    assert told["samples"] == 24
    assert told["warnings"] == ["not called as shards are, and not shown: train-7.tar"]


def test_shards_of_others_are_shown_as_far_as_they_tell(tmp_path: Path, small: Path) -> None:
    places = Places(tmp_path / "theirs")
    places.data.mkdir(parents=True)
    shutil.copy(Places(small).shard(0), places.shard(0))
    exhibit = Exhibit(places.root)
    viewer = Viewer(exhibit)
    told = about(viewer)
    assert (told["state"], told["samples"], told["writable_flags"]) == ("no-index", 8, False)
    answer = viewer.post("/api/0/flags", {"key": "000000-0000", "reason": "dark"})
    assert answer.status == 409
    assert "--flags" in answer.json["hint"]
    assert sorted(places.root.iterdir()) == [places.data]


def test_a_folder_without_a_dataset_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no dataset"):
        Exhibit(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        Exhibit(tmp_path / "none")


def test_an_old_index_without_a_column_still_serves(copy: Path) -> None:
    index = Places(copy).index
    old = pq.read_table(index).drop_columns(["signal_min", "edits", "effects", "bounds"])
    pq.write_table(old, index)
    viewer = Viewer(Exhibit(copy))
    assert len(viewer.keys("sort=signal_min")) == 24
    assert viewer.keys("effects=shadow") == []
    told = viewer.get("/api/0/facets")
    assert told["facets"]["effects"] == []
    assert "signal_min" not in told["ranges"]
    assert viewer.get("/api/0/sample/000000-0000")["row"]["edits"] is None


def test_a_large_index_is_asked_where_it_lies_and_says_the_same(
    small: Path, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "IN_MEMORY", 0)
    where = Viewer(Exhibit(small, Path("/nowhere/flags")))
    for query in ("sort=contrast_min&limit=7&offset=3", "text=a&sort=random&seed=4", "font=1"):
        assert where.get(f"/api/0/rows?{query}") == viewer.get(f"/api/0/rows?{query}")
    assert where.get("/api/0/facets?level=word") == viewer.get("/api/0/facets?level=word")
    assert "bounds" in SCHEMA.names


def waited(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (told := ask())["state"] == "computing" and time.monotonic() < until:
        time.sleep(0.02)
    return told


def test_statistics_are_made_behind_the_answers(viewer: Viewer) -> None:
    told = waited(lambda: viewer.get("/api/0/stats"))
    assert told["state"] == "ready"
    assert told["stats"]["samples"] == 24
    assert told["stats"]["tallies"]["levels"]["total"] == 24
    assert "levels-fit" in told["plots"]
    for name in told["plots"]:
        answer = viewer.ask(f"/api/0/plots/{name}.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.body.startswith(b"<svg")


def test_the_statistics_are_those_that_the_command_prints(
    viewer: Viewer, small: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    from glyphdata.cli import main

    told = waited(lambda: viewer.get("/api/0/stats"))
    with pytest.raises(SystemExit):
        main(["stats", str(small), "--json"])
    assert told["stats"] == orjson.loads(capsysbinary.readouterr().out)


def test_checks_are_run_on_demand_and_chosen_by(copy: Path) -> None:
    places = Places(copy)
    row = pq.read_table(places.index).to_pylist()[9]
    with places.shard(1).open("r+b") as file:
        file.seek(row["picture_offset"])
        file.write(b"\0" * 64)
    viewer = Viewer(Exhibit(copy))
    assert viewer.get("/api/0/checks") == {
        "state": "none", "done": 0, "of": 0, "error": None, "findings": [], "codes": {},
    }  # fmt: skip
    assert viewer.post("/api/0/checks", {}).json["state"] in ("computing", "ready")
    told = waited(lambda: viewer.get("/api/0/checks"))
    assert told["state"] == "ready"
    assert (told["done"], told["of"]) == (3, 3)
    named = [one for one in told["findings"] if one["key"] in (row["key"], "train-000001.tar")]
    assert named
    code = named[0]["code"]
    assert told["codes"][code] >= 1
    assert row["key"] in viewer.keys(f"finding={code}")
    assert viewer.get("/api/0/facets?finding=nothing-of-the-kind")["total"] == 0
    found = viewer.get(f"/api/0/sample/{row['key']}")["findings"]
    assert code in [one["code"] for one in found]


def test_findings_of_a_file_are_shown_and_a_shard_stands_for_its_samples(
    copy: Path, tmp_path: Path
) -> None:
    told = {"ok": False, "samples": 24, "findings": [
        {"code": "ink", "key": "000000-0003", "message": "no ink"},
        {"code": "checksums", "key": "train-000001.tar", "message": "other bytes"},
        {"code": "ink", "key": "", "message": "and 3 more of this code"},
    ]}  # fmt: skip
    (tmp_path / "found.json").write_bytes(orjson.dumps(told))
    viewer = Viewer(Exhibit(copy, None, read_findings(tmp_path / "found.json")))
    checks = viewer.get("/api/0/checks")
    assert (checks["state"], checks["codes"]) == ("ready", {"ink": 2, "checksums": 1})
    assert viewer.keys("finding=ink") == ["000000-0003"]
    assert viewer.keys("finding=checksums") == viewer.keys("shard=1")
    assert len(viewer.keys("finding=checksums&finding=ink")) == 9
    assert viewer.get("/api/0/sample/000001-0000")["findings"] == [
        {"code": "checksums", "message": "other bytes"}
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"findings": 3}', '{"findings": [{"code": "x"}]}'])
def test_a_file_that_holds_no_findings_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "found.json").write_text(content)
    with pytest.raises(InputError, match="holds no findings") as caught:
        read_findings(tmp_path / "found.json")
    assert "verify" in caught.value.hint
    with pytest.raises(InputError, match="cannot be read"):
        read_findings(tmp_path / "none.json")


def test_findings_name_what_they_are_about() -> None:
    found = Findings((Finding("a", "k", "m"), Finding("a", "x/train-000001.tar", "m")))
    assert found.named(["a"]) == (["k", "x/train-000001.tar"], [])


def test_a_job_that_fails_says_so_and_may_be_begun_again() -> None:
    job: Job[int] = Job()

    def broken(tell: Callable[[int, int], None]) -> int:
        tell(1, 2)
        raise InputError("the folder is gone", hint="bring it back")

    assert job.start(broken)
    ended(job)
    assert (job.state, job.fault, job.done, job.of) == (
        "failed", "the folder is gone (bring it back)", 1, 2,
    )  # fmt: skip
    assert job.start(lambda tell: 7)
    ended(job)
    assert (job.state, job.result) == ("ready", 7)


def ended(job: Job[int]) -> None:
    until = time.monotonic() + 20
    while job.state == "computing" and time.monotonic() < until:
        time.sleep(0.005)
