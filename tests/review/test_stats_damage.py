"""Statistics of what is damaged, empty or not there: one fault, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from glyphdata.errors import InputError
from glyphdata.review.stats import stats_of
from glyphdata.shards.index import table_of
from glyphdata.shards.keys import Places

Written = Callable[[list[Mapping[str, object]]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A dataset of nothing but an index with these rows."""

    def write(rows: list[Mapping[str, object]]) -> Path:
        places = Places(tmp_path / "out")
        places.index.parent.mkdir(parents=True, exist_ok=True)
        start = {"shard": 0, "variant": 0, "font_tokens": [5], "color_tokens": [3]}
        pq.write_table(
            table_of([start | row | {"index": n} for n, row in enumerate(rows)]), places.index
        )
        return places.root

    return write


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"half"])
def test_a_damaged_index_is_an_error(written: Written, content: bytes) -> None:
    root = written([{}] * 50)
    index = Places(root).index
    whole = index.read_bytes()
    index.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    with pytest.raises(InputError, match="is no sound index") as caught:
        stats_of(root)
    assert caught.value.hint == "run the same `glyphdata generate` again"


def test_a_damaged_part_is_an_error(written: Written) -> None:
    root = written([{}])
    Places(root).part(0).write_bytes(b'{"key":')
    with pytest.raises(InputError, match="the last line is cut off"):
        stats_of(root)


def test_a_token_that_cannot_be_one_is_an_error(written: Written) -> None:
    with pytest.raises(InputError, match="a token -1 among its font_tokens"):
        stats_of(written([{"font_tokens": [-1]}]))
    with pytest.raises(InputError, match="a token 2000000000 among its color_tokens"):
        stats_of(written([{"color_tokens": [2_000_000_000]}]))


def test_where_there_is_no_dataset_or_nothing_in_it_the_way_out_is_told(
    written: Written, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        stats_of(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"has no index \(a dataset has index/index.parquet\)"):
        stats_of(tmp_path)
    (tmp_path / "data").mkdir()
    Places(tmp_path).shard(0).touch()
    with pytest.raises(InputError, match=r"has no index .*generate` again"):
        stats_of(tmp_path)
    with pytest.raises(InputError, match="holds no samples"):
        stats_of(written([]))
