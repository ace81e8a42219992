"""An index that was written by an older release, or grows, keeps its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from glyphdata.errors import InputError
from glyphdata.shards.index import merge, merged_counts, read_index, table_of
from glyphdata.shards.keys import Places
from glyphdata.shards.part import read_part, write_part


def part(places: Places, number: int, count: int = 3) -> None:
    rows = [
        {"key": f"{number:06d}-{at:04d}", "shard": number, "offset": at, "size": 1, "bounds": [at]}
        for at in range(count)
    ]
    write_part(places, places.scratch, number, rows)


def merged(root: Path, shards: int) -> Places:
    places = Places(root)
    for number in range(shards):
        part(places, number)
    merge(places, places.scratch, range(shards))
    return places


def older(places: Places) -> None:
    """The merged index without its newest column."""
    table = pq.read_table(places.index)
    pq.write_table(table.drop_columns(["bounds"]), places.index)


def test_shards_that_are_there_keep_their_rows_as_others_come(tmp_path: Path) -> None:
    places = merged(tmp_path, 4)
    part(places, 4)
    part(places, 1, count=2)
    merge(places, places.scratch, range(5))
    assert merged_counts(places) == {0: 3, 1: 2, 2: 3, 3: 3, 4: 3}
    keys = pq.read_table(places.index)["key"].to_pylist()
    assert keys == sorted(keys)


def test_a_column_that_an_older_index_lacks_is_null_once_it_grows(tmp_path: Path) -> None:
    places = merged(tmp_path, 2)
    older(places)
    part(places, 2)
    merge(places, places.scratch, range(3))
    bounds = pq.read_table(places.index)["bounds"].to_pylist()
    assert bounds == [None] * 6 + [[0], [1], [2]]


def test_an_older_index_is_read_beside_newer_parts(tmp_path: Path) -> None:
    places = merged(tmp_path, 2)
    older(places)
    part(places, 2)
    table = read_index(places)
    assert table is not None
    assert table["bounds"].to_pylist() == [None] * 6 + [[0], [1], [2]]
    with pytest.raises(InputError, match="no column bounds"):
        read_index(places, ["bounds"])


def test_a_shard_of_which_no_row_is_known_is_named(tmp_path: Path) -> None:
    places = merged(tmp_path, 2)
    with pytest.raises(InputError, match="shard 2 has no index"):
        merge(places, places.scratch, range(3))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"000000-0001", b"\xff\xfe00-0001"),
        lambda text: text + b"[1]\n",
        lambda text: text.replace(b'"size":1', b'"size":"one"', 1),
    ],
)
def test_a_part_that_is_spoilt_is_refused_however_it_is_read(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    places = Places(tmp_path)
    part(places, 0)
    path = places.part(0)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match="no sound index"):
        read_index(places)


def test_a_part_read_quickly_is_the_part_read_slowly(tmp_path: Path) -> None:
    places = Places(tmp_path)
    rows = [
        {"key": "000000-0000", "shard": 0, "offset": 0, "size": 1, "text": text, "edits": []}
        for text in ("é\n漢", "", "\u202e", "a" * 70_000)
    ]
    write_part(places, places.scratch, 0, rows)
    table = read_index(places)
    assert table is not None
    assert table.equals(table_of(read_part(places.part(0))))
