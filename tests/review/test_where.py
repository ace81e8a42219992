"""Conditions: what people type, as a mask over a table and as SQL, which must agree."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.review.where import FIELDS, Where, of_query, parse_where
from glyphdata.shards.index import SCHEMA, table_of

ROWS: list[dict[str, object]] = [
    {
        "key": "000000-0000", "group": "000000-0000", "shard": 0, "index": 0, "variant": 0,
        "level": "word", "language": "en", "scripts": ["latin"], "text": "Straße É",
        "font_tokens": [3, 3, 12], "color_tokens": [22], "contrast_min": 2.5, "signal_min": 99.0,
        "size_px_min": 10.0, "size_px_max": 30.0, "angle_deg_max": 0.0, "boxes": 3, "clusters": 7,
        "rejections": 0, "background": "black", "edits": [], "effects": ["shadow", "jpeg"],
        "width": 64, "height": 32,
    },
    {
        "key": "000000-0000-01", "group": "000000-0000", "shard": 0, "index": 0, "variant": 1,
        "level": "sentence", "language": "zh", "scripts": ["han", "latin"], "text": "漢字 abc\nx",
        "font_tokens": [12], "color_tokens": [3, 22], "contrast_min": 21.0, "signal_min": 3.5,
        "size_px_min": 40.0, "size_px_max": 40.0, "angle_deg_max": 12.5, "boxes": 1, "clusters": 6,
        "rejections": 4, "background": "photos", "edits": ["replace", "drop"], "effects": [],
        "width": 64, "height": 32,
    },
    {"key": "000001-0000", "shard": 1},
]  # fmt: skip
TABLE = table_of(ROWS)


def meant(*terms: str) -> list[int]:
    mask = parse_where(terms).mask(TABLE)
    assert isinstance(mask, pa.BooleanArray)
    return [row for row, met in enumerate(mask.to_pylist()) if met]


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    held = duckdb.connect(":memory:")
    held.register("given", TABLE.append_column("number", [range(len(TABLE))]))
    held.execute(
        "CREATE TABLE rows AS SELECT *, length(text) AS length, lower(text) AS folded FROM given"
    )
    return held


@pytest.mark.parametrize(
    ("terms", "rows"),
    [
        ([], [0, 1, 2]),
        (["level=word"], [0]),
        (["level=word", "level=sentence"], [0, 1]),
        (["level!=word"], [1, 2]),
        (["level=word", "script=han"], []),
        ([" level = word "], [0]),
        (["contrast<3"], [0]),
        (["contrast>=21"], [1]),
        (["contrast>21"], []),
        (["contrast=2.5"], [0]),
        (["contrast!=2.5"], [1, 2]),
        (["contrast=2..3"], [0]),
        (["contrast=..3", "contrast=20.."], [0, 1]),
        (["size=31..39"], []),
        (["size=12..14"], [0]),
        (["size<11"], [0]),
        (["size>30"], [1]),
        (["text~STRASSE"], []),
        (["text~stra"], [0]),
        (["text~é"], [0]),
        (["text=Straße É"], [0]),
        (["char=é"], []),
        (["char=É", "char=漢"], [0, 1]),
        (["char!=É"], [1, 2]),
        (["length=8"], [0, 1]),
        (["font=12"], [0, 1]),
        (["font=<font-3>"], [0]),
        (["font=<cn-font-3>"], [0]),
        (["font!=12"], [2]),
        (["color=crimson"], [0, 1]),
        (["color=<color-3>"], [1]),
        (["edits=drop"], [1]),
        (["edits!=drop"], [0, 2]),
        (["effects=jpeg"], [0]),
        (["script=han"], [1]),
        (["variant=1.."], [1]),
        (["shard=1"], [2]),
        (["rejections>0"], [1]),
        (["key=000001-0000"], [2]),
        (["group=000000-0000", "background=photos"], [1]),
    ],
)
def test_a_mask_and_sql_mean_the_same_rows(
    terms: list[str], rows: list[int], database: duckdb.DuckDBPyConnection
) -> None:
    assert meant(*terms) == rows
    assert asked(database, parse_where(terms)) == rows


def asked(database: duckdb.DuckDBPyConnection, where: Where) -> list[int]:
    met, values = where.sql()
    told = database.execute(f"SELECT number FROM rows WHERE {met} ORDER BY number", values)
    return [number for (number,) in told.fetchall()]


VALUES = st.sampled_from(
    ["word", "latin", "12", "3", "0", "2.5", "..3", "10..30", "abc", "É", "漢", "drop", "photos"]
)
PAIRS = st.tuples(st.sampled_from(sorted(FIELDS)), st.sampled_from(["=", "!=", "<", ">=", "~"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PAIRS, VALUES), max_size=4))
def test_any_conditions_that_parse_mean_the_same_rows_both_ways(
    database: duckdb.DuckDBPyConnection, given: list[tuple[tuple[str, str], str]]
) -> None:
    try:
        where = parse_where([f"{field}{sign}{value}" for (field, sign), value in given])
    except InputError as fault:
        assert fault.hint
        return
    rows = [row for row, met in enumerate(where.mask(TABLE).to_pylist()) if met]
    assert asked(database, where) == rows


def test_a_table_in_chunks_and_slices_is_asked_as_one() -> None:
    parts = pa.concat_tables([TABLE.slice(1, 1), TABLE, TABLE.slice(0, 1)])
    for term in ("font=12", "text~stra", "contrast<3", "level=word"):
        whole = parse_where([term]).mask(TABLE).to_pylist()
        assert parse_where([term]).mask(parts).to_pylist() == [whole[1], *whole, whole[0]]


def test_no_rows_are_no_mask() -> None:
    assert len(parse_where(["font=1", "text~a", "size<3"]).mask(SCHEMA.empty_table())) == 0


@pytest.mark.parametrize(
    ("term", "fault", "hint"),
    [
        ("levle=word", "there is no field 'levle'", "did you mean 'level'?"),
        ("contrast", "'contrast' is no condition", "such as"),
        ("", "'' is no condition", "such as"),
        ("contrast=low", "'low', which is no number", "contrast=2..5"),
        ("contrast=nan", "no number", "contrast<3"),
        ("contrast=1..x", "no number", ""),
        ("contrast=5..2", "is empty", "less first"),
        ("level<word", "'level' is not compared with '<'", "level=…"),
        ("level=", "compared with nothing", "such as"),
        ("char=", "compared with nothing", "such as"),
        ("font=Roboto", "'font' cannot be 'Roboto'", "fonts list"),
        ("font=99999999999999999999", "no token", ""),
        ("color=crimsn", "'color' cannot be 'crimsn'", "did you mean 'crimson'?"),
        ("text~\ud800", "no sound text", "UTF-8"),
    ],
)
def test_a_condition_that_is_none_is_told_with_the_way_out(
    term: str, fault: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse_where([term])
    assert fault in caught.value.message
    assert hint in caught.value.hint


def test_a_column_that_an_old_index_lacks_is_an_error() -> None:
    with pytest.raises(InputError, match="no column 'edits'"):
        parse_where(["edits=drop"]).mask(TABLE.drop_columns(["edits"]))


def test_the_columns_are_those_that_are_looked_at() -> None:
    assert parse_where(["size<3", "length>2", "font=1"]).columns == (
        "font_tokens",
        "size_px_max",
        "size_px_min",
        "text",
    )


def test_a_url_finds_parts_of_a_text_and_equals_what_people_type() -> None:
    assert of_query([("text", "a"), ("level", "word")]) == parse_where(["text~a", "level=word"])


def test_without_a_field_the_others_stay() -> None:
    where = parse_where(["level=word", "contrast<3", "level=sentence"])
    assert where.without("level") == parse_where(["contrast<3"])


def test_values_are_parameters_and_never_part_of_the_sql() -> None:
    hostile = "x' OR 1=1 --"
    for term in (f"level={hostile}", f"text~{hostile}", f"script={hostile}", f"char={hostile}"):
        met, values = parse_where([term]).sql()
        assert hostile not in met
        assert values == (hostile,)
        assert meant(term) == []
