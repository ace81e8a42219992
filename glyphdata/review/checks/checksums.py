"""Are the shards the bytes that were written?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.review.evidence import Check, DatasetSeen, Finding, ShardSeen
from glyphdata.shards.keys import Places
from glyphdata.shards.record import read_record


@dataclass(slots=True)
class Checksums(Check):
    """Every shard has the sha256 that its completion record and `SHA256SUMS` give."""

    code: ClassVar[str] = "checksum"

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """A shard without a sound record, or with other bytes."""
        record = read_record(places, shard.number)
        if record is None:
            yield self.found(shard.path.name, "it has no sound completion record")
        elif (record.bytes, record.sha256) != (shard.bytes, shard.sha256):
            yield self.found(shard.path.name, "its bytes are not those that were recorded")

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """Shards that `SHA256SUMS` lacks, has twice, has otherwise, or has alone."""
        try:
            lines = dataset.places.sums.read_text("ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            yield self.found("SHA256SUMS", "it is missing or damaged; is the dataset finished?")
            return
        listed = dict(line.split("  ", 1)[::-1] for line in lines if "  " in line)
        if len(listed) != len(lines):
            yield self.found("SHA256SUMS", "a line is damaged or comes twice")
        for shard in dataset.shards:
            if listed.pop(f"data/{shard.path.name}", None) != shard.sha256:
                yield self.found(shard.path.name, "its sha256 is not that of SHA256SUMS")
        for name in sorted(listed):
            yield self.found(name.removeprefix("data/"), "SHA256SUMS has it; it is not there")
