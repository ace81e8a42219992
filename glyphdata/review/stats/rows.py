"""The rows of a dataset's index, a few thousand at a time, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphdata.errors import InputError
from glyphdata.shards.index import SCHEMA, table_of
from glyphdata.shards.keys import Places
from glyphdata.shards.part import read_part

AT_ONCE = 4_000
"""Rows in a batch: of paragraphs a megabyte or two."""

_AGAIN = "run the same `glyphdata generate` again"


@dataclass(frozen=True, slots=True)
class Rows:
    """The merged index, and the parts that are not merged yet, which take its place where both are.

    `columns` are those that every row has, in the order of the index.
    """

    places: Places
    parts: tuple[Path, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, places: Places) -> Rows:
        """`InputError` where there is no dataset, or none with an index."""
        if not places.root.is_dir():
            raise InputError(
                f"there is no folder {places.root}", hint="give the folder of a dataset"
            )
        parts = tuple(sorted(places.index.parent.glob("part-*.jsonl")))
        if places.index.exists():
            with _index(places) as file:
                return cls(places, parts, tuple(file.schema_arrow.names))
        if not parts:
            hint = _AGAIN if places.shards() else "a dataset has index/index.parquet"
            raise InputError(f"{places.root} has no index", hint=hint)
        return cls(places, parts, tuple(SCHEMA.names))

    def batches(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The rows in batches of these columns; `InputError` where a file is damaged."""
        if self.places.index.exists():
            yield from self._merged(columns)
        for part in self.parts:
            if not part.exists():
                raise InputError(
                    f"{self.places.root} was finished while it was read", hint="ask again"
                )
            table = table_of(read_part(part)).select(columns)
            for start in range(0, len(table), AT_ONCE):
                yield table.slice(start, AT_ONCE)

    def _merged(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        newer = pa.array([int(part.stem.removeprefix("part-")) for part in self.parts], pa.int32())
        with _index(self.places) as file:
            try:
                for batch in file.iter_batches(AT_ONCE, columns=[*columns]):
                    table = pa.Table.from_batches([batch])
                    if len(newer):
                        table = table.filter(pc.invert(pc.is_in(table["shard"], value_set=newer)))
                    yield table
                    # Else what is freed is kept for later, and a million rows take 60 MB more.
                    pa.default_memory_pool().release_unused()
            except (OSError, pa.ArrowException) as fault:
                raise _damaged(self.places, fault) from None


def _index(places: Places) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(places.index)
    except (OSError, pa.ArrowException) as fault:
        raise _damaged(places, fault) from None


def _damaged(places: Places, fault: Exception) -> InputError:
    return InputError(f"{places.index} is no sound index: {fault}", hint=_AGAIN)
