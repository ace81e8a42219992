"""Is every group whole: an original, then each of its variants?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from glyphdata.errors import InputError
from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, Finding, ShardSeen
from glyphdata.shards.keys import Key, Places


@dataclass(slots=True)
class GroupsWhole(Check):
    """Each scene has all the variants that the recipe asks for, the original first."""

    code: ClassVar[str] = "group"
    variants: int | None = None

    def begin(self, dataset: Claimed) -> None:
        """How many variants a scene has."""
        asked = dataset.value("variants")
        if isinstance(asked, dict) and isinstance(asked.get("count"), int):
            self.variants = asked["count"] if asked.get("rendered") else 0

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """Groups that lack members, or have them out of order."""
        if self.variants is None:
            return
        wanted = list(range(self.variants + 1))
        for place, keys in groupby(_parsed(shard.keys), key=lambda key: key.place):
            found = [key.variant for key in keys]
            if found != wanted:
                told = f"{len(found)} of {len(wanted)} pictures"
                lacking = sorted(set(wanted) - set(found))
                named = f", without {', '.join(map(str, lacking[:8]))}" if lacking else ""
                yield self.found(f"{shard.number:06d}-{place:04d}", f"its group has {told}{named}")


def _parsed(keys: tuple[str, ...]) -> Iterator[Key]:
    """The keys that are keys; others are the check of keys' matter."""
    for text in keys:
        try:
            yield Key.parse(text)
        except InputError:
            continue
