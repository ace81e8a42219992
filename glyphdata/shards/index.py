"""The index: one row per sample, in parquet; a part per shard while generating, joined at the end.

Its columns answer what people filter, sort and count by, and where in which shard a sample's bytes
stand, so that a reader opens none of the tars to find out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.shards.durable import (
    discard,
    make_folder,
    publish,
    scratch_file,
    sync_folder,
    withdraw,
    writing,
)
from glyphdata.shards.keys import Places
from glyphdata.shards.part import COLUMNS, read_part

GROUP = 10_000
"""Rows in a row group of the merged index."""

SCHEMA = pa.schema(
    [
        pa.field("key", pa.string()),
        pa.field("shard", pa.int32()),
        pa.field("index", pa.int64()),
        pa.field("variant", pa.int32()),
        pa.field("offset", pa.int64()),  # of the sample's first header in its tar
        pa.field("size", pa.int64()),  # of all its members, headers and padding included
        pa.field("picture_offset", pa.int64()),  # of the encoded picture's first byte
        pa.field("picture_size", pa.int64()),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("level", pa.string()),
        pa.field("language", pa.string()),
        pa.field("scripts", pa.list_(pa.string())),
        pa.field("text", pa.string()),
        pa.field("boxes", pa.int32()),
        pa.field("clusters", pa.int32()),
        pa.field("font_tokens", pa.list_(pa.int32())),
        pa.field("color_tokens", pa.list_(pa.int32())),
        pa.field("size_px_min", pa.float32()),
        pa.field("size_px_max", pa.float32()),
        pa.field("angle_deg_max", pa.float32()),
        pa.field("contrast_min", pa.float32()),
        pa.field("background", pa.string()),
        pa.field("rejections", pa.int32()),
        pa.field("group", pa.string()),
        pa.field("signal_min", pa.float32()),
        pa.field("edits", pa.list_(pa.string())),
        pa.field("effects", pa.list_(pa.string())),
        pa.field("bounds", pa.list_(pa.int32())),  # left, top, right, bottom of each box's quad
    ]
)
"""What the columns hold: pixels, degrees and WCAG ratios."""

if tuple(SCHEMA.names) != COLUMNS:
    raise AssertionError("the columns of the index and their types have come apart")


_PLACED = frozenset(("key", "shard", "offset", "size"))
"""The columns without which a sample cannot be found."""

_FAULTS = (OSError, ValueError, TypeError, KeyError, OverflowError, pa.ArrowException)
"""What pyarrow raises on columns of other types, beside what it raises on damaged files."""


_TYPED = pj.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="error")
_AT_ONCE = pj.ReadOptions(use_threads=False, block_size=1 << 24)  # no line may be longer


def table_of(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """The rows as a table; a column that a row lacks is null."""
    columns = [pa.array([row.get(one.name) for row in rows], one.type) for one in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def merged_counts(places: Places) -> dict[int, int]:
    """How many rows the merged index has of each shard; empty where there is no sound one."""
    try:
        shards = _parquet(places.index, ["shard"])["shard"]
    except _FAULTS:
        return {}
    return {row["values"]: row["counts"] for row in shards.value_counts().to_pylist()}


def merge(places: Places, scratch: Path, numbers: Sequence[int]) -> None:
    """Join the rows of these shards, in order; the parts go once the merged index is durable.

    A shard without a part keeps the rows that it has in the index so far; `InputError` where it
    has none.
    """
    _write(_tables(places, numbers), scratch, places.index)
    drop_parts(places)


def drop_parts(places: Places) -> None:
    """Remove the parts; the merged index must hold their rows."""
    withdraw(*places.index.parent.glob("part-*.jsonl"))
    with writing(places.index.parent):
        sync_folder(places.index.parent)


def read_index(places: Places, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The rows of the merged index and of the parts that are not merged yet, by shard.

    None where there is neither; `InputError` where one of them is damaged.
    """
    parts = sorted(places.index.parent.glob("part-*.jsonl"))
    files = [places.index, *parts] if places.index.exists() else parts
    if not files:
        return None
    wanted = None if columns is None else sorted({*columns, "shard"})
    tables = [_read(file, wanted) for file in files]
    newer = pa.array([int(part.stem.removeprefix("part-")) for part in parts], pa.int32())
    if places.index.exists() and len(newer):
        stale = pc.is_in(tables[0]["shard"], value_set=newer)
        tables[0] = tables[0].filter(pc.invert(stale))
    joined = pa.concat_tables(tables, promote_options="default")
    shards = joined["shard"].to_numpy()
    if (shards[1:] < shards[:-1]).any():
        joined = joined.take(pa.array(shards.argsort(kind="stable")))
    return joined


def _read(file: Path, columns: Sequence[str] | None) -> pa.Table:
    try:
        if file.suffix == ".jsonl":
            table = _part(file)
            return _sound(table if columns is None else table.select(columns))
        return _sound(_parquet(file, columns))
    except _FAULTS as fault:
        raise InputError(f"{file} is no sound index: {fault}", hint="generate again") from None


def _part(path: Path) -> pa.Table:
    """The rows of a part; `InputError` where it is damaged."""
    try:
        # Three times as quick as by way of Python's values; what it finds odd is looked at closely.
        table = pj.read_json(path, _AT_ONCE, _TYPED).select(SCHEMA.names).cast(SCHEMA)
        table.validate(full=True)  # of its own it lets bytes pass that are no UTF-8
        if path.read_bytes()[-1:] == b"\n":
            return table
    except _FAULTS:
        pass
    return table_of(read_part(path))


def _parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A parquet file; `KeyError` for a column that it lacks.

    Not `pq.read_table`: that imports pandas where it finds it, for most of a second.
    """
    with pq.ParquetFile(path) as file:
        lacking = set(columns or ()).difference(file.schema_arrow.names)
        if lacking:
            raise KeyError(f"it has no column {', '.join(sorted(lacking))}")
        return file.read(columns=None if columns is None else [*columns])


def _sound(table: pa.Table) -> pa.Table:
    """The columns that are ours in their own types; `ValueError` where a place is none."""
    ours = [one for one in SCHEMA if one.name in table.column_names]
    table = table.select([one.name for one in ours]).cast(pa.schema(ours))
    for name in _PLACED.intersection(table.column_names) | {"shard"}:
        if table[name].null_count:
            raise ValueError(f"a row has no {name}")
        if name != "key" and len(table) and pc.min(table[name]).as_py() < 0:
            raise ValueError(f"a row's {name} is below 0")
    return table


def _tables(places: Places, numbers: Sequence[int]) -> Iterator[pa.Table]:
    """The shards' tables in order; the index so far is read only where a part is missing."""
    before: pa.Table | None = None
    starts: NDArray[np.int32] = np.empty(0, np.int32)  # the shard of each row so far, rising
    for number in numbers:
        if places.part(number).exists():
            yield _part(places.part(number))
            continue
        if before is None:
            if not places.index.exists():
                raise InputError(f"shard {number} has no index", hint="generate it again")
            before = _filled(_sound(_parquet(places.index)))
            starts = before["shard"].to_numpy()
        first, end = np.searchsorted(starts, (number, number + 1)).tolist()
        rows = before.slice(first, end - first)
        if not len(rows):
            raise InputError(f"shard {number} has no index", hint="generate it again")
        yield rows


def _filled(table: pa.Table) -> pa.Table:
    """The table with every column there is today; one that it was written without is null."""
    columns = [
        table[one.name] if one.name in table.column_names else pa.nulls(len(table), one.type)
        for one in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)


def _write(tables: Iterator[pa.Table], scratch: Path, final: Path) -> None:
    """Write tables as row groups of `GROUP` rows, and publish the file."""
    make_folder(final.parent)
    descriptor, grown = scratch_file(scratch, final.name)
    try:
        with (
            writing(final),
            os.fdopen(descriptor, "wb", closefd=False) as file,
            pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer,
        ):
            waiting: list[pa.Table] = []
            for table in tables:
                waiting.append(table)
                if sum(map(len, waiting)) >= GROUP:
                    joined = pa.concat_tables(waiting)
                    whole = len(joined) // GROUP * GROUP
                    writer.write_table(joined.slice(0, whole), row_group_size=GROUP)
                    waiting = [joined.slice(whole)]
            if waiting and sum(map(len, waiting)):
                writer.write_table(pa.concat_tables(waiting), row_group_size=GROUP)
    except BaseException:
        discard(descriptor, grown)
        raise
    publish(descriptor, grown, final)
