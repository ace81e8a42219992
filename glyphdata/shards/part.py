"""The index of one shard: a line of JSON per sample, written by the worker that made the shard.

Lines rather than parquet, so that workers carry no parquet library; `index.py` joins them into one
parquet file when all shards are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from glyphdata.errors import InputError
from glyphdata.shards.durable import write_file
from glyphdata.shards.keys import Places

COLUMNS = (
    "key",
    "shard",
    "index",
    "variant",
    "offset",
    "size",
    "picture_offset",
    "picture_size",
    "width",
    "height",
    "level",
    "language",
    "scripts",
    "text",
    "boxes",
    "clusters",
    "font_tokens",
    "color_tokens",
    "size_px_min",
    "size_px_max",
    "angle_deg_max",
    "contrast_min",
    "background",
    "rejections",
    "group",
    "signal_min",
    "edits",
    "effects",
    "bounds",
)
"""The columns of the index, for ever in this order; more may follow."""

_KNOWN = frozenset(COLUMNS)


def write_part(
    places: Places, scratch: Path, number: int, rows: Sequence[Mapping[str, object]]
) -> None:
    """Publish the rows of one shard; a `ValueError` for a column that the index does not have.

    `OutputError` where it cannot be written.
    """
    for row in rows:
        if not row.keys() <= _KNOWN:
            raise ValueError(f"the index has no column {sorted(row.keys() - _KNOWN)}")
    lines = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows]
    write_file(scratch, places.part(number), b"".join(lines))


def read_part(path: Path) -> list[dict[str, Any]]:
    """The rows of a part; `InputError` where it is damaged or not there."""
    try:
        content = path.read_bytes()
        if content and not content.endswith(b"\n"):
            raise ValueError("the last line is cut off")
        rows = [orjson.loads(line) for line in content.splitlines()]
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError("a line is no object")
        return rows
    except (OSError, ValueError) as fault:
        raise InputError(f"{path} is no sound index: {fault}", hint="generate again") from None


def part_rows(places: Places, number: int) -> int:
    """How many rows the part of a shard has; -1 where there is no sound part."""
    try:
        return len(read_part(places.part(number)))
    except InputError:
        return -1
