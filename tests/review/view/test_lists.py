"""Lists of samples: which, in which order, how many of what; the URL says it all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from glyphdata.review.view.exhibit import Exhibit
from glyphdata.review.view.query import MOST, SORTS
from glyphdata.review.where import parse_where
from glyphdata.shards.keys import Places
from tests.review.view.conftest import Viewer


@pytest.fixture(scope="session")
def index(small: Path) -> list[dict[str, Any]]:
    """The rows of the small dataset as its index has them."""
    rows: list[dict[str, Any]] = pq.read_table(Places(small).index).to_pylist()
    return rows


def test_datasets_are_told_in_the_order_they_were_given(viewer: Viewer, small: Path) -> None:
    first, second = viewer.get("/api/datasets")["datasets"]
    assert first == {
        "d": 0, "name": "out", "path": str(small), "samples": 24, "groups": False,
        "recipe": "small", "warnings": [], "writable_flags": True, "state": "finished",
        "members": ["boxes.png", "glyph.png", "jpg", "json", "layout.json", "mask.png", "txt"],
        "version": 0,
    }  # fmt: skip
    assert (second["d"], second["samples"], second["groups"]) == (1, 16, True)


def test_rows_stand_in_the_order_of_the_shards_and_say_what_the_index_says(
    viewer: Viewer, index: list[dict[str, Any]]
) -> None:
    told = viewer.get("/api/0/rows")
    assert (told["total"], told["offset"], told["version"]) == (24, 0, 0)
    assert [row["key"] for row in told["rows"]] == [row["key"] for row in index]
    for number, (row, known) in enumerate(zip(told["rows"], index, strict=True)):
        assert row["number"] == number
        assert row["length"] == len(known["text"])
        assert (row["flag"], row["error"]) == (None, None)
        for name in row.keys() & known.keys():
            assert row[name] == known[name], name


def test_pages_of_any_size_put_together_are_the_whole(viewer: Viewer) -> None:
    whole = viewer.keys("sort=contrast_min")
    for limit in (1, 5, 24, MOST):
        pages = [
            viewer.keys(f"sort=contrast_min&offset={offset}&limit={limit}")
            for offset in range(0, 24, limit)
        ]
        assert [key for page in pages for key in page] == whole
    assert viewer.keys("offset=24") == []
    assert viewer.get("/api/0/rows?offset=1000000")["total"] == 24


@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort not in ("key", "random")])
def test_every_measure_sorts_both_ways_and_ties_by_key(
    viewer: Viewer, index: list[dict[str, Any]], sort: str
) -> None:
    values = {row["key"]: {**row, "length": len(row["text"])}[sort] for row in index}
    rising = sorted(values, key=lambda key: (values[key], key))
    assert viewer.keys(f"sort={sort}") == rising
    falling = sorted(values, key=lambda key: (-values[key], key))
    assert viewer.keys(f"sort={sort}&order=desc") == falling


def test_a_shuffled_order_belongs_to_its_seed(viewer: Viewer) -> None:
    one = viewer.keys("sort=random&seed=1")
    assert one == viewer.keys("sort=random&seed=1")
    assert one != viewer.keys("sort=random&seed=2")
    assert sorted(one) == viewer.keys("sort=key")
    assert viewer.keys("sort=random&seed=1&order=desc") == one[::-1]
    assert viewer.keys("order=desc") == viewer.keys("")[::-1]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("level=word", ["level=word"]),
        ("level=word&level=sentence", ["level=word", "level=sentence"]),
        ("level=word&background=gradient", ["level=word", "background=gradient"]),
        ("effects=shadow", ["effects=shadow"]),
        ("contrast=..8", ["contrast<=8"]),
        ("contrast=5..9&size=..14", ["contrast>=5", "contrast<=9", "size<=14"]),
        ("length=10..", ["length>=10"]),
        ("text=E", ["text~e"]),
        ("char=E", ["char=E"]),
        ("shard=1", ["shard=1"]),
        ("boxes=2", ["boxes=2"]),
        ("language=xx", ["language=xx"]),
    ],
)
def test_a_query_chooses_what_the_same_conditions_choose(
    viewer: Viewer, small: Path, query: str, terms: list[str]
) -> None:
    table = pq.read_table(Places(small).index)
    wanted = table.filter(parse_where(terms).mask(table))["key"].to_pylist()
    assert viewer.keys(query) == wanted
    assert viewer.keys(f"{query}&sort=signal_min") == [
        key for key in viewer.keys("sort=signal_min") if key in wanted
    ]


def test_originals_leave_their_variants_out(viewer: Viewer) -> None:
    keys = viewer.keys("originals=1", 1)
    assert len(keys) == 4
    assert all(key.endswith("-00") for key in keys)
    assert len(viewer.keys("", 1)) == len(viewer.keys("originals=0", 1)) == 16


@pytest.mark.parametrize(
    "query",
    [
        "levle=word", "sort=colour", "order=up", "offset=-1", "offset=x", "limit=1001",
        "limit=99999999999999999999", "seed=1.5", "contrast=low", "contrast=9..1", "size=a..b",
        "font=x", "color=crimsn", "originals=yes", "flagged=2", "sort=key&sort=key", "level=",
        "offset=٣", "rejection=too-long",
    ],
)  # fmt: skip
def test_a_query_that_is_wrong_is_told_with_its_field(viewer: Viewer, query: str) -> None:
    for name in ("rows", "facets"):
        answer = viewer.ask(f"/api/0/{name}?{quote(query, safe='=&')}")
        assert answer.status == 400
        field = query.partition("=")[0]
        assert field in answer.json["error"]
        assert answer.json["hint"]


def counted(rows: list[dict[str, Any]], column: str) -> dict[Any, int]:
    values = [row[column] for row in rows]
    return dict(Counter(v for one in values for v in (set(one) if type(one) is list else {one})))


def test_facets_count_pictures_and_not_boxes(viewer: Viewer, index: list[dict[str, Any]]) -> None:
    told = viewer.get("/api/0/facets")
    assert told["total"] == 24
    columns = {"script": "scripts", "font": "font_tokens", "color": "color_tokens"}
    for facet, values in told["facets"].items():
        assert dict(values) == counted(index, columns.get(facet, facet)), facet
        counts = [count for _, count in values]
        assert counts == sorted(counts, reverse=True)
    for name, (low, high) in told["ranges"].items():
        values = [{**row, "length": len(row["text"])}[name] for row in index]
        assert (low, high) == (min(values), max(values)), name


def test_a_facet_that_is_narrowed_still_shows_what_stands_beside(
    viewer: Viewer, index: list[dict[str, Any]]
) -> None:
    told = viewer.get("/api/0/facets?level=word&background=gradient")
    words = [row for row in index if row["level"] == "word"]
    grounds = [row for row in index if row["background"] == "gradient"]
    both = [row for row in words if row["background"] == "gradient"]
    assert told["total"] == len(both)
    assert dict(told["facets"]["level"]) == counted(grounds, "level")
    assert dict(told["facets"]["background"]) == counted(words, "background")
    assert dict(told["facets"]["effects"]) == counted(both, "effects")


def test_facets_of_nothing_are_empty(viewer: Viewer) -> None:
    told = viewer.get("/api/0/facets?text=nowhere-at-all")
    assert told["total"] == 0
    assert set(map(tuple, told["facets"].values())) == {()}
    assert told["ranges"]["contrast_min"] == [0, 0]


def test_tokens_have_the_names_of_their_faces_and_colours(viewer: Viewer) -> None:
    told = viewer.get("/api/0/facets")
    facts = viewer.get("/api/0/sample/000000-0000")["facts"]["boxes"][0]
    face, token = facts["face"], str(facts["font_token"])
    assert told["names"]["font"][token] == f"{face['family']} {face['style']}"
    assert told["names"]["color"][str(facts["color_token"])] == [
        facts["color_name"],
        facts["color"],
    ]


def test_flags_are_shown_and_chosen_by(copy: Path) -> None:
    viewer = Viewer(Exhibit(copy))
    for key, reason in (("000000-0001", "dark"), ("000001-0002", "cut off")):
        assert viewer.post("/api/0/flags", {"key": key, "reason": reason}).status == 200
    assert viewer.keys("flagged=1") == ["000000-0001", "000001-0002"]
    assert viewer.keys("flagged=1&sort=key&order=desc") == ["000001-0002", "000000-0001"]
    assert len(viewer.keys("flagged=0")) == 22
    assert viewer.keys("reason=dark") == ["000000-0001"]
    assert viewer.keys("reason=dark&reason=cut off&shard=1") == ["000001-0002"]
    flags = {row["key"]: row["flag"] for row in viewer.get("/api/0/rows")["rows"] if row["flag"]}
    assert flags == {"000000-0001": "dark", "000001-0002": "cut off"}
    assert viewer.get("/api/0/facets?flagged=1")["total"] == 2
    assert (copy / ".glyphdata" / "flags.jsonl").exists()
    assert Viewer(Exhibit(copy)).get("/api/0/flags") == {"flags": flags}


def test_two_datasets_keep_their_own_flags(small: Path, groups: Path, tmp_path: Path) -> None:
    viewer = Viewer(Exhibit(small, tmp_path / "a"), Exhibit(groups, tmp_path / "b"))
    viewer.post("/api/1/flags", {"key": "000000-0000-01", "reason": "dark"})
    assert viewer.get("/api/0/flags") == {"flags": {}}
    answer = viewer.ask("/api/1/flags.txt")
    assert answer.body == b"000000-0000-01\tdark\n"
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
