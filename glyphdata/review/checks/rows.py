"""Does the index tell of each sample what its facts tell?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyarrow.compute as pc

from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, Finding, ShardSeen, StoredSample
from glyphdata.review.labels import Json
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places

_PLAIN = ("index", "group", "variant", "width", "height", "level", "language")


@dataclass(slots=True)
class RowsAgree(Check):
    """A row of the index has the text, level, tokens and sizes of its sample's facts."""

    code: ClassVar[str] = "row"
    told: dict[str, dict[str, Json]] = field(default_factory=dict)

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Remember what the row should say."""
        if isinstance(sample.facts, dict):
            self.told[sample.key] = _row(sample.facts)
        yield from ()

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """Rows that say otherwise."""
        told, self.told = self.told, {}
        try:
            table = read_index(places, ("key", "shard", *_row({})))
        except (InputError, KeyError):
            return  # the check of the index tells
        if table is None:
            return
        rows: list[dict[str, Any]] = table.filter(
            pc.equal(table["shard"], shard.number)
        ).to_pylist()
        for row in rows:
            for name, value in told.get(row["key"], {}).items():
                if row[name] != value:
                    yield self.found(
                        row["key"],
                        f"its index says {name} {row[name]!r:.60}, its json {value!r:.60}",
                    )


def _row(facts: dict[str, Json]) -> dict[str, Json]:
    """What the index should say of a sample, column by column."""
    listed = facts.get("boxes")
    boxes = [box for box in listed if isinstance(box, dict)] if isinstance(listed, list) else []
    return {name: facts.get(name) for name in _PLAIN} | {
        "text": "\n".join(str(box.get("text")) for box in boxes),
        "boxes": len(boxes),
        "font_tokens": [box.get("font_token") for box in boxes],
        "color_tokens": [box.get("color_token") for box in boxes],
    }
