"""The few pictures that the dataset card shows, copied out of the shards byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphdata.shards.durable import withdraw, write_file
from glyphdata.shards.keys import PICTURES, Places
from glyphdata.shards.statistics import Count, standing_levels
from glyphdata.shards.stretches import piece

SHOWN = 6
"""How many pictures a card shows."""

_COLUMNS = ("key", "shard", "level", "language", "variant", "picture_offset", "picture_size")
_STARTS = dict(zip(PICTURES, (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"), strict=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the showcase: its sample's key, level and language, and its file's name."""

    key: str
    level: str
    language: str
    name: str


def write_showcase(
    places: Places, scratch: Path, standing: Sequence[Sequence[Count]]
) -> tuple[Shown, ...]:
    """Write the pictures of up to six samples to `samples/`, and remove those of other samples.

    They are shared out over the levels, and lie evenly within each; `standing` is from the
    statistics of the same index. `OutputError` where one cannot be written, `InputError` where
    one cannot be read.
    """
    shown = []
    for row in _rows(places, standing):
        content = piece(places.shard(row["shard"]), row["picture_offset"], row["picture_size"])
        kind = next((one for one, start in _STARTS.items() if content.startswith(start)), None)
        if kind is not None:
            name = f"{row['key']}.{kind}"
            write_file(scratch, places.showcase / name, content)
            shown.append(Shown(row["key"], row["level"] or "", row["language"] or "", name))
    names = {one.name for one in shown}
    withdraw(*(path for path in places.shown() if path.name not in names))
    return tuple(shown)


def _rows(places: Places, standing: Sequence[Sequence[Count]]) -> Iterator[dict[str, Any]]:
    """The rows of the index that stand for the dataset, in its order; few row groups are read."""
    wanted = chosen(standing)
    with pq.ParquetFile(places.index) as file:
        for number, picks in enumerate(wanted):
            if not picks:
                continue
            table = file.read_row_group(number, columns=list(_COLUMNS))
            levels = standing_levels(table)
            rows = []
            for level, nth in picks:
                rows.append(pc.indices_nonzero(pc.fill_null(pc.equal(levels, level), False))[nth])
            yield from table.take(pa.array(sorted(one.as_py() for one in rows))).to_pylist()


def chosen(standing: Sequence[Sequence[Count]]) -> list[list[tuple[str, int]]]:
    """For each row group the samples to show, as (level, which one of that level in the group)."""
    totals: dict[str, int] = {}
    for group in standing:
        for level, count in group:
            totals[level] = totals.get(level, 0) + count
    shares = _shares(totals)
    targets = {
        level: [(2 * nth + 1) * totals[level] // (2 * share) for nth in range(share)]
        for level, share in shares.items()
    }
    before = dict.fromkeys(totals, 0)
    found: list[list[tuple[str, int]]] = []
    for group in standing:
        picks = []
        for level, count in group:
            start = before[level]
            picks += [(level, at - start) for at in targets[level] if start <= at < start + count]
            before[level] += count
        found.append(picks)
    return found


def _shares(totals: dict[str, int]) -> dict[str, int]:
    """How many samples of each level are shown: one each in turn, the commonest first."""
    order = sorted(totals, key=lambda level: (-totals[level], level))
    shares = dict.fromkeys(order, 0)
    left = min(SHOWN, sum(totals.values()))
    while left:
        for level in order:
            if left and shares[level] < totals[level]:
                shares[level] += 1
                left -= 1
    return {level: share for level, share in shares.items() if share}
