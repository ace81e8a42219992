"""The groups of a source: which there are, which are meant, and their samples, read as one stretch.

The index is copied into a file without a name that is mapped into memory, so that a row of any
group is at hand and nothing of it is held.
"""

from __future__ import annotations

import mmap
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.where import Where
from glyphdata.shards import tarread
from glyphdata.shards.dataset import Record
from glyphdata.shards.durable import writing
from glyphdata.shards.index import GROUP, SCHEMA
from glyphdata.shards.keys import Places
from glyphdata.shards.mirror import told
from glyphdata.shards.stretches import Stretches

_OPEN_AT_ONCE = 64
_FAULTS = (OSError, ValueError, TypeError, KeyError, OverflowError, pa.ArrowException)
_AGAIN = "make the dataset again"
_PLACED = ("key", "shard", "index", "offset", "size")

Row = dict[str, Any]
Mask = NDArray[np.bool_]


class Groups:
    """All groups of a source in the order of its shards, each an original and its variants."""

    def __init__(self, places: Places) -> None:
        """`InputError` where the index is damaged or not in the order of the shards, `OutputError`
        where there is no room to map it.
        """
        self._places = places
        try:
            self._rows = _mapped(places)
            shards, indices, offsets = (
                self._rows[name].to_numpy() for name in ("shard", "index", "offset")
            )
        except _FAULTS as fault:
            raise InputError(f"{places.index} is no sound index: {fault}", hint=_AGAIN) from None
        same = shards[1:] == shards[:-1]
        if (shards[1:] < shards[:-1]).any() or (same & (offsets[1:] <= offsets[:-1])).any():
            raise InputError(f"{places.index} is not in the order of its shards", hint=_AGAIN)
        begins = np.flatnonzero(~(same & (indices[1:] == indices[:-1]))) + 1
        self._firsts = np.concatenate([[0], begins, [len(shards)]]).astype(np.int64)
        pa.default_memory_pool().release_unused()  # a worker lives long after this
        self._files: OrderedDict[int, Stretches] = OrderedDict()

    def __len__(self) -> int:
        return len(self._firsts) - 1 if len(self._rows) else 0

    @property
    def samples(self) -> int:
        """How many samples the groups have together."""
        return len(self._rows)

    @property
    def variants(self) -> int:
        """How many variants the groups with the most have."""
        return int(pc.max(self._rows["variant"]).as_py() or 0)

    def chosen(
        self, where: Where, only: Collection[str] | None, exclude: Collection[str]
    ) -> NDArray[np.int64]:
        """The numbers of the groups that are meant, rising.

        All samples of such a group meet `where`, one at least is among `only`, none among
        `exclude`.
        """
        meant = np.ones(len(self), np.bool_)
        if not len(self):
            return np.flatnonzero(meant)
        if where.terms:
            met = where.mask(self._rows).to_numpy(zero_copy_only=False)
            meant &= np.logical_and.reduceat(met, self._firsts[:-1])
        if only is not None:
            meant &= np.logical_or.reduceat(self._listed(only), self._firsts[:-1])
        if exclude:
            meant &= ~np.logical_or.reduceat(self._listed(exclude), self._firsts[:-1])
        return np.flatnonzero(meant)

    def rows(self, group: int) -> list[Row]:
        """The rows of a group, the original's first."""
        first, end = self._firsts[group : group + 2].tolist()
        found: list[Row] = self._rows.slice(first, end - first).to_pylist()
        return found

    def records(self, rows: Sequence[Row]) -> list[Record]:
        """The samples of these rows, which are those of a group, read as one stretch of a shard.

        `InputError` where the shard has others there, or is damaged.
        """
        shard, start = rows[0]["shard"], rows[0]["offset"]
        size = rows[-1]["offset"] + rows[-1]["size"] - start
        path = self._places.shard(shard)
        try:
            blob = self._file(shard).read(start, size)
        except OSError as fault:
            raise InputError(f"cannot read {told(path)}: {fault.strerror}") from None
        if len(blob) != size:
            raise InputError(f"{told(path)} is cut short", hint=_AGAIN)
        try:
            found = dict(_samples(blob))
        except InputError as fault:
            raise fault.inside(told(path)) from None
        if list(found) != [row["key"] for row in rows]:
            raise InputError(
                f"{told(path)} has other samples than the index says, such as {next(iter(found))!r}"
                f" for {rows[0]['key']!r}",
                hint=_AGAIN,
            )
        return [Record(key, members) for key, members in found.items()]

    def close(self) -> None:
        """Close the shards that are open; they are opened again when they are read."""
        while self._files:
            self._files.popitem()[1].close()

    def first_boxed(self) -> int | None:
        """The first group whose original has boxes; None where none has."""
        boxed = np.flatnonzero(pc.fill_null(self._rows["boxes"], 0).to_numpy())
        return int(np.searchsorted(self._firsts, boxed[0], "right")) - 1 if len(boxed) else None

    def strangers(self, keys: Collection[str]) -> list[str]:
        """Those of the keys that are no sample's."""
        asked = pa.array(list(dict.fromkeys(keys)), pa.string())
        found: list[str] = asked.filter(pc.invert(pc.is_in(asked, self._rows["key"]))).to_pylist()
        return found

    def _listed(self, keys: Collection[str]) -> Mask:
        asked = pa.array(list(dict.fromkeys(keys)), pa.string())
        found: Mask = pc.is_in(self._rows["key"], asked).to_numpy()
        return found

    def _file(self, shard: int) -> Stretches:
        """The shard's open file; the ones used last stay open."""
        file = self._files.pop(shard, None) or Stretches(self._places.shard(shard), ahead=0)
        self._files[shard] = file
        if len(self._files) > _OPEN_AT_ONCE:
            self._files.popitem(last=False)[1].close()
        return file


def _samples(blob: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The samples in a stretch of a tar, in order."""
    key, found = "", dict[str, bytes]()
    read = lambda at, count: blob[at : at + count]  # noqa: E731 - what a tar is read with
    for member in tarread.members(read, len(blob), whole=False):
        if member.key != key and key:
            yield key, found
            found = {}
        key = member.key
        found[member.extension] = blob[member.content : member.content + member.size]
    if key:
        yield key, found


def _mapped(places: Places) -> pa.Table:
    """The index with every column there is today, mapped from a file without a name.

    `OutputError` where there is no room for the file.
    """
    with writing(Path(gettempdir())), TemporaryFile() as file:
        with pa.ipc.new_file(pa.PythonFile(file, "w"), SCHEMA) as after:
            for batch in _batches(places):
                after.write_batch(batch)
        file.flush()
        # The map lives on without the file, for as long as a table looks into it.
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.ipc.open_file(pa.py_buffer(held)).read_all()


def _batches(places: Places) -> Iterator[pa.RecordBatch]:
    """The rows of the index, some at a time; `ValueError` where it cannot be read."""
    try:
        with pq.ParquetFile(places.index) as file:
            for batch in file.iter_batches(GROUP, use_threads=False):
                yield _whole(batch)
    except OSError as fault:
        raise ValueError(str(fault)) from None


def _whole(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows with every column; one that they were written without is null."""
    there = set(batch.schema.names)
    for name in _PLACED:
        if name not in there or batch[name].null_count:
            raise KeyError(f"a row has no {name}")
    columns = [
        batch[one.name].cast(one.type) if one.name in there else pa.nulls(len(batch), one.type)
        for one in SCHEMA
    ]
    return pa.record_batch(columns, schema=SCHEMA)


def fields(row: Mapping[str, Any]) -> Row:
    """What a row says of its sample, less where that stands."""
    gone = {"key", "shard", "offset", "size", "picture_offset", "picture_size"}
    return {name: value for name, value in row.items() if name not in gone}
