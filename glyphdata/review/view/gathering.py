"""Reading the rows of single shards, each file once: parts of an index, and shards without one."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from glyphdata.errors import InputError
from glyphdata.review.view.scanned import scanned
from glyphdata.shards.index import table_of
from glyphdata.shards.keys import number_of
from glyphdata.shards.part import read_part


class Held(NamedTuple):
    """The rows that a file gave, and what is wrong with it, empty where nothing is."""

    rows: pa.Table
    fault: str


class Gathered(NamedTuple):
    """What some files gave, by shard, and how many of them there was no time for."""

    held: dict[int, Held]
    left: int


@dataclass(slots=True)
class Gatherer:
    """Reads parts and shards, and remembers what they gave as long as they stay as they are."""

    _read: dict[Path, tuple[tuple[int, int], Held]] = field(default_factory=dict)

    def gather(self, files: Iterable[tuple[int, Path]], until: float) -> Gathered:
        """The rows of these files, each of the shard of that number; one at least is read.

        None is begun after the moment `until`, of `time.monotonic`.
        """
        held, left, began = {}, 0, False
        for number, path in files:
            try:
                seen = path.stat()
            except OSError as fault:
                held[number] = Held(table_of([]), f"{path.name} cannot be read: {fault.strerror}")
                continue
            stamp = (seen.st_size, seen.st_mtime_ns)
            known = self._read.get(path)
            if known is not None and known[0] == stamp:
                held[number] = known[1]
            elif began and time.monotonic() > until:
                left += 1
            else:
                began = True
                held[number] = _rows(path)
                self._read[path] = (stamp, held[number])
        return Gathered(held, left)


def _rows(path: Path) -> Held:
    number = number_of(path)
    if number is not None:
        return Held(*scanned(path, number))
    try:
        return Held(table_of(read_part(path)), "")
    except (InputError, pa.ArrowException) as fault:
        return Held(table_of([]), str(fault))
