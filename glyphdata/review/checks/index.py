"""Does the index point at every sample?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, DatasetSeen, Finding, ShardSeen
from glyphdata.shards.index import read_index

_COLUMNS = ("key", "shard", "offset", "size", "picture_offset", "picture_size")


@dataclass(slots=True)
class IndexAgrees(Check):
    """The index has one row per sample, which names its key, its place and its size."""

    code: ClassVar[str] = "index"

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """Rows that are missing, stray, or point elsewhere."""
        try:
            table = read_index(dataset.places, _COLUMNS)
        except InputError as fault:
            yield self.found("index.parquet", str(fault))
            return
        if table is None:
            yield self.found("index.parquet", "it is missing")
            return
        numbers = table["shard"].to_numpy()
        places = np.stack([table[name].to_numpy() for name in _COLUMNS[2:]], axis=1)
        stray = np.setdiff1d(numbers, [shard.number for shard in dataset.shards])
        for number in stray.tolist():
            yield self.found("index.parquet", f"it has rows of shard {number}, which is not there")
        for shard in dataset.shards:
            start, stop = np.searchsorted(numbers, [shard.number, shard.number + 1]).tolist()
            keys = table["key"].slice(start, stop - start).to_pylist()
            if keys != list(shard.keys):
                yield self.found(shard.path.name, "the index names other keys than it holds")
            elif (places[start:stop] != _places(shard)).any():
                yield self.found(
                    shard.path.name, "the index points at other bytes than its samples"
                )


def _places(shard: ShardSeen) -> NDArray[np.int64]:
    """Where the samples of a shard and their pictures stand, as the index has it."""
    pictures = np.array(shard.pictures, np.int64).reshape(-1, 2)
    return np.column_stack((shard.offsets, shard.sizes, pictures)).astype(np.int64)
