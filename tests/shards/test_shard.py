"""A shard appears whole, with its record last; what is not whole is told from what is."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.shards import index, part, record
from glyphdata.shards.keys import Key, Places, key_of
from glyphdata.shards.record import Quarantined, Record, read_record, shard_state
from glyphdata.shards.shard import ShardWriter

MEMBERS = (("jpg", b"picture"), ("json", b"{}"), ("txt", b"a text"))


def make(places: Places, number: int = 0, samples: int = 3) -> Record:
    writer = ShardWriter(places, number, fingerprint="f" * 64, scratch=places.scratch)
    indices = range(number * 3, number * 3 + samples)
    for one in indices:
        row = {"index": one, "text": f"t{one}", "font_tokens": [one]}
        writer.add(key_of(one, 3), MEMBERS, row)
    spot = Quarantined(99, "no-face", "no face for ß")
    return writer.close(indices, Counter({"too-long": 2}), [spot])


def state(places: Places, indices: range = range(3), deep: bool = False) -> str:
    found = read_record(places, 0)
    return shard_state(places, found, 0, fingerprint="f" * 64, indices=indices, deep=deep)


def test_keys_and_their_spelling() -> None:
    assert key_of(17, 1000) == "000000-0017"
    assert key_of(12345, 1000) == "000012-0345"
    assert key_of(12345, 20000) == "000000-12345"
    assert key_of(7, 20000) == "000000-00007"
    assert key_of(17, 1000, 3, variants=15) == "000000-0017-03"
    assert key_of(17, 1000, variants=15) == "000000-0017-00"
    assert Key.parse("000012-0345-03") == (12, 345, 3)
    with pytest.raises(InputError):
        Key.parse("../000012-0345")


def test_nothing_shows_before_it_is_closed_and_nothing_stays_after_giving_up(
    tmp_path: Path,
) -> None:
    places = Places(tmp_path)
    writer = ShardWriter(places, 0, fingerprint="f", scratch=places.scratch)
    writer.add("000000-0000", MEMBERS, {"index": 0})
    assert places.shards() == ()
    writer.abandon()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_record_survives_the_disk_and_stands_for_the_shard(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = make(places)
    assert read_record(places, 0) == made
    assert made.quarantined == (Quarantined(99, "no-face", "no face for ß"),)
    assert made.sha256 == record.file_sha256(places.shard(0))
    assert state(places, deep=True) == "done"
    assert state(places, range(2)) == "other-range"
    assert [path.name for path in places.scratch.iterdir()] == []


@pytest.mark.parametrize("content", ["", "{", "garbage \x00", "[]", '{"format": 1}', None])
def test_a_record_that_is_no_record_does_not_count(tmp_path: Path, content: str | None) -> None:
    places = Places(tmp_path)
    make(places)
    path = places.record(0)
    if content is None:  # cut in the middle
        content = path.read_text()[: path.stat().st_size // 2]
    path.write_text(content)
    assert read_record(places, 0) is None
    assert state(places) == "damaged"


def test_a_record_of_another_shard_or_recipe_or_tar_does_not_count(tmp_path: Path) -> None:
    places = Places(tmp_path)
    make(places)
    fields = json.loads(places.record(0).read_text())
    places.record(0).write_text(json.dumps(fields | {"number": 1}))
    assert state(places) == "damaged"
    places.record(0).write_text(json.dumps(fields | {"fingerprint": "0" * 64}))
    assert state(places) == "foreign"
    places.record(0).write_text(json.dumps(fields | {"more": 1}))
    assert state(places) == "damaged"
    places.record(0).write_text(json.dumps(fields))
    tar = places.shard(0).read_bytes()
    places.shard(0).write_bytes(tar[:-512])
    assert state(places) == "damaged"
    places.shard(0).write_bytes(tar[:-1] + b"x")
    assert state(places) == "done"
    assert state(places, deep=True) == "damaged"
    places.shard(0).unlink()
    assert state(places) == "damaged"
    places.record(0).unlink()
    assert state(places) == "missing"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((("json", b""), ("jpg", b"")), "not sorted"),
        ((("jpg", b""), ("jpg", b"")), "twice"),
        ((("json", b""),), "exactly one"),
        ((("jpg", b""), ("png", b"")), "exactly one"),
        ((("jpg", b""), ("x.pkl", b"")), "may have"),
    ],
)
def test_members_that_readers_would_stumble_over_are_refused(
    tmp_path: Path, members: tuple[tuple[str, bytes], ...], words: str
) -> None:
    places = Places(tmp_path)
    writer = ShardWriter(places, 0, fingerprint="f", scratch=places.scratch)
    with pytest.raises(OutputError, match=words):
        writer.add("000000-0000", members, {})
    writer.abandon()


def test_samples_all_have_the_same_members(tmp_path: Path) -> None:
    places = Places(tmp_path)
    writer = ShardWriter(places, 0, fingerprint="f", scratch=places.scratch)
    writer.add("000000-0000", MEMBERS, {})
    with pytest.raises(OutputError, match="those before it jpg, json, txt"):
        writer.add("000000-0001", MEMBERS[:2], {})
    writer.abandon()


def test_the_index_says_where_a_sample_and_its_picture_stand(tmp_path: Path) -> None:
    places = Places(tmp_path)
    make(places)
    tar = places.shard(0).read_bytes()
    rows = index.table_of(part.read_part(places.part(0))).to_pylist()
    assert [row["key"] for row in rows] == ["000000-0000", "000000-0001", "000000-0002"]
    for row in rows:
        picture = tar[row["picture_offset"] : row["picture_offset"] + row["picture_size"]]
        assert picture == b"picture"
        assert tar[row["offset"] :].startswith(f"{row['key']}.jpg".encode())
        assert row["size"] == 3 * 1024
    assert rows[2]["font_tokens"] == [2]
    assert rows[0]["level"] is None
    with pytest.raises(ValueError, match="colour"):
        part.write_part(places, places.scratch, 0, [{"colour": 1}])


def test_parts_merge_into_one_index_and_go(tmp_path: Path) -> None:
    places = Places(tmp_path)
    for number in (1, 0):
        make(places, number)
    before = index.read_index(places)
    index.merge(places, places.scratch, [0, 1])
    merged = pq.read_table(places.index)
    assert before is not None
    assert merged["index"].to_pylist() == [0, 1, 2, 3, 4, 5] == before["index"].to_pylist()
    assert not list(places.index.parent.glob("part-*"))
    assert index.merged_counts(places) == {0: 3, 1: 3}


def test_a_new_part_replaces_the_rows_of_its_shard_and_leaves_the_others(tmp_path: Path) -> None:
    places = Places(tmp_path)
    make(places, 0)
    make(places, 1, samples=1)
    index.merge(places, places.scratch, [0, 1])
    make(places, 1, samples=2)
    make(places, 2)
    table = index.read_index(places, ["key"])
    assert table is not None
    assert table["shard"].to_pylist() == [0, 0, 0, 1, 1, 2, 2, 2]
    index.merge(places, places.scratch, [0, 1, 2])
    assert pq.read_table(places.index)["shard"].to_pylist() == [0, 0, 0, 1, 1, 2, 2, 2]
    with pytest.raises(InputError, match="shard 3 has no index"):
        index.merge(places, places.scratch, [0, 3])


def test_the_merged_index_has_groups_of_ten_thousand_rows(tmp_path: Path) -> None:
    places = Places(tmp_path)
    for number in range(3):
        rows = [{"shard": number, "index": one} for one in range(7001)]
        part.write_part(places, places.scratch, number, rows)
    index.merge(places, places.scratch, [0, 1, 2])
    told = pq.read_metadata(places.index)
    sizes = [told.row_group(group).num_rows for group in range(told.num_row_groups)]
    assert sizes == [10_000, 10_000, 1_003]
    assert told.row_group(0).column(0).compression == "ZSTD"


def test_a_damaged_index_is_the_users_fault(tmp_path: Path) -> None:
    places = Places(tmp_path)
    make(places)
    places.part(0).write_bytes(b'{"key": "000000-0000"')
    with pytest.raises(InputError, match="no sound index"):
        index.read_index(places)
    assert part.part_rows(places, 0) == -1
