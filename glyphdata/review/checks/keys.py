"""Is every sample of a shard its own, in order?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, Finding, ShardSeen
from glyphdata.shards.keys import Key, Places


@dataclass(slots=True)
class KeysInOrder(Check):
    """Keys are well formed, of their shard, and rise; so none comes twice in the dataset."""

    code: ClassVar[str] = "key"

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """Keys that are malformed, of another shard, or out of order."""
        before: Key | None = None
        for text in shard.keys:
            try:
                key = Key.parse(text)
            except InputError as fault:
                yield self.found(text, str(fault))
                continue
            if key.shard != shard.number:
                yield self.found(text, f"it lies in {shard.path.name}")
            if before is not None and key <= before:
                yield self.found(text, "it does not follow the key before it")
            before = key
