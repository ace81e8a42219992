"""Are there as many samples as the dataset says?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson

from glyphdata.review.evidence import Check, DatasetSeen, Finding, ShardSeen
from glyphdata.review.labels import Json
from glyphdata.shards.keys import Places
from glyphdata.shards.record import read_record


@dataclass(slots=True)
class Counts(Check):
    """Records, `sizes.json` and the manifest count the samples that the shards hold."""

    code: ClassVar[str] = "count"

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """A shard whose record counts otherwise."""
        record = read_record(places, shard.number)
        if record is not None and record.samples != len(shard.keys):
            yield self.found(
                shard.path.name, f"it holds {len(shard.keys)} samples, recorded {record.samples}"
            )

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """`sizes.json` and the manifest beside what was counted."""
        held = {shard.path.name: len(shard.keys) for shard in dataset.shards}
        sums = {shard.path.name: shard.sha256 for shard in dataset.shards}
        sizes = _read(dataset.places.sizes)
        if not isinstance(sizes, dict):
            yield self.found("sizes.json", "it is missing or damaged")
        else:
            for name in sorted(held.keys() | sizes.keys()):
                if name not in held:
                    yield self.found(name, "sizes.json has it; it is not there")
                elif name not in sizes:
                    yield self.found(name, "sizes.json does not have it")
                elif held[name] != sizes[name]:
                    yield self.found(
                        name, f"it holds {held[name]} samples, sizes.json {sizes[name]}"
                    )
        manifest = _read(dataset.places.manifest)
        told = _told(manifest)
        if told is None:
            yield self.found("manifest.json", "it is missing or damaged")
        elif told != [(name, held[name], sums[name]) for name in sorted(held)]:
            yield self.found("manifest.json", "its shards are not those that are there")


def _read(path: Path) -> Json | None:
    try:
        value: Json = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return value


def _told(manifest: Json | None) -> list[tuple[Json, Json, Json]] | None:
    """Name, samples and sha256 of each shard as the manifest tells them; None where it does not."""
    shards = manifest.get("shards") if isinstance(manifest, dict) else None
    if not isinstance(shards, list) or not all(isinstance(one, dict) for one in shards):
        return None
    return [(one.get("name"), one.get("samples"), one.get("sha256")) for one in shards]
