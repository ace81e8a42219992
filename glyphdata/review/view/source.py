"""What rows a dataset has to show: those of its index, and those found where it lacks any."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphdata.errors import InputError
from glyphdata.review.view.gathering import Gathered, Gatherer
from glyphdata.shards.index import SCHEMA
from glyphdata.shards.keys import Places, number_of, shard_name
from glyphdata.shards.record import read_record

State = Literal["finished", "generating", "no-index", "stale-index"]

_TRAILER = 20 * 512  # so many zeros at most end a tar
_NAMED = 5


class Fault(NamedTuple):
    """What is wrong with a shard: samples that end behind byte `sound` cannot be shown, and why."""

    sound: int
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a dataset, one per sample, ordered by shard.

    They are those of the merged index as it lies, or `table` where that is not the whole truth.
    `faults` are of shards, by number; `pending` says that more rows are still to be read.
    """

    places: Places
    state: State
    table: pa.Table | None
    warnings: tuple[str, ...]
    faults: Mapping[int, Fault]
    pending: bool


def stamp_of(places: Places) -> object:
    """Another value whenever the index, its parts, the shards or the manifest changed."""
    seen = [sorted(_entries(folder)) for folder in (places.index.parent, places.data)]
    return seen, places.manifest.exists()


def source_of(places: Places, gatherer: Gatherer, seconds: float) -> Source:
    """The rows as they are now; parts, and shards that need it, are read for so long at most.

    `InputError` where there is no dataset.
    """
    until = time.monotonic() + seconds
    sizes, strange = _shards(places)
    merged, damaged = _merged_ends(places)
    parts = [
        (int(path.stem.removeprefix("part-")), path)
        for path in sorted(places.index.parent.glob("part-*.jsonl"))
    ]
    if not (sizes or merged is not None or parts or places.claim.exists()):
        raise InputError(
            f"{places.root} holds no dataset", hint="expected data/train-000000.tar and so on"
        )
    unfinished = places.claim.exists() and not places.manifest.exists()
    newer = gatherer.gather(parts, until)
    ends = (merged or {}) | {number: _end(held.rows) for number, held in newer.held.items()}
    faults, stale = _compared(places, ends, sizes)
    if unfinished:  # a shard stands there for a moment before its index does
        stale &= ends.keys()
    found = gatherer.gather(((number, places.shard(number)) for number in sorted(stale)), until)
    for number, held in found.held.items():
        if held.fault:
            faults[number] = Fault(1 << 62, held.fault)
    state = _state(bool(ends), unfinished, bool(stale))
    warnings = [*_told(state, len(stale), newer.left + found.left, faults)]
    warnings += [held.fault for held in newer.held.values() if held.fault]
    warnings += [f"not called as shards are, and not shown: {strange}"] if strange else []
    warnings += [f"the index is damaged: {damaged}"] if damaged else []
    alone = merged is not None and not newer.held and not found.held
    table = None if alone else _joined(places if merged is not None else None, newer, found)
    pending = bool(newer.left + found.left)
    return Source(places, state, table, tuple(warnings), faults, pending)


def _shards(places: Places) -> tuple[dict[int, int], str]:
    """The size of every shard on disk, and the names of tars that are called otherwise."""
    sizes, strange = {}, []
    for name, _, size in _entries(places.data):
        number = number_of(Path(name)) if name.endswith(".tar") else None
        if number is not None:
            sizes[number] = size
        elif name.endswith(".tar"):
            strange.append(name)
    return sizes, ", ".join(sorted(strange)[:_NAMED])


def _entries(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time of change and size of the files in a folder; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    seen = entry.stat()
                except OSError:  # it has just gone, or is a link to nowhere
                    continue
                yield entry.name, seen.st_mtime_ns, seen.st_size
    except OSError:
        return


def _merged_ends(places: Places) -> tuple[dict[int, int] | None, str]:
    """Up to which byte the merged index's rows of each shard reach; else why there is no index."""
    if not places.index.exists():
        return None, ""
    try:
        table = pq.read_table(places.index, columns=["shard", "offset", "size"])
    except (OSError, pa.ArrowException, KeyError) as fault:
        return None, str(fault)
    shards = table["shard"].fill_null(-1).to_numpy()
    ends = pc.add(table["offset"], table["size"]).fill_null(0).to_numpy()
    most: dict[int, int] = {}
    if len(shards):
        starts = np.flatnonzero(np.diff(shards, prepend=shards[0] - 1))
        reached = np.maximum.reduceat(ends, starts).tolist()
        for number, end in zip(shards[starts].tolist(), reached, strict=True):
            most[number] = max(end, most.get(number, 0))
    return most, ""


def _end(rows: pa.Table) -> int:
    return max(pc.add(rows["offset"], rows["size"]).to_pylist(), default=0)


def _compared(
    places: Places, ends: Mapping[int, int], sizes: Mapping[int, int]
) -> tuple[dict[int, Fault], set[int]]:
    """The shards that are damaged, and those whose rows are missing or are not theirs."""
    faults, stale = {}, {number for number in sizes if number not in ends}
    for number, end in ends.items():
        size, name = sizes.get(number), shard_name(number)
        if size is None:
            faults[number] = Fault(0, f"{name} is not there")
        elif size > end + _TRAILER or _remade(places, number, size, end):
            stale.add(number)
        elif size < end:
            faults[number] = Fault(size, f"{name} is cut short, at byte {size:,}")
    return faults, stale


def _remade(places: Places, number: int, size: int, end: int) -> bool:
    """Is a shard that ends too early whole after all, by its completion record?"""
    if size >= end:
        return False
    record = read_record(places, number)
    return record is not None and record.bytes == size


def _state(indexed: bool, unfinished: bool, stale: bool) -> State:
    if unfinished and not stale:
        return "generating"
    if not indexed:
        return "no-index"
    return "stale-index" if stale else "finished"


def _told(state: State, stale: int, left: int, faults: Mapping[int, Fault]) -> Iterator[str]:
    """What a person should know, in sentences."""
    if state == "generating":
        yield "the dataset is being generated, or was stopped: the shards so far are shown"
    elif state == "no-index":
        yield "there is no index: what is shown was read from the shards"
    elif state == "stale-index":
        yield f"the index is not that of {stale} of the shards: they were read instead"
    if left:
        yield f"{left:,} files are still to be read"
    for number in sorted(faults)[:_NAMED]:
        why = faults[number].why
        yield why if why.startswith(shard_name(number)) else f"{shard_name(number)}: {why}"
    if len(faults) > _NAMED:
        yield f"{len(faults) - _NAMED:,} more shards are damaged"


def _joined(merged: Places | None, newer: Gathered, found: Gathered) -> pa.Table:
    """The rows of the merged index, but for shards of which there are truer ones, and those."""
    tables = {number: held.rows for number, held in (newer.held | found.held).items()}
    joined = [tables[number] for number in sorted(tables)]
    if merged is not None:
        known = pq.read_table(merged.index)
        rest = known.filter(pc.invert(pc.is_in(known["shard"], value_set=_int32(tables))))
        joined.append(rest.select([one for one in rest.column_names if one in SCHEMA.names]))
    if not joined:
        return SCHEMA.empty_table()
    whole = pa.concat_tables(joined, promote_options="default")
    return whole.take(pa.array(whole["shard"].to_numpy().argsort(kind="stable")))


def _int32(numbers: Mapping[int, object]) -> pa.Array:
    return pa.array(list(numbers), pa.int32())
