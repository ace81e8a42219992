"""Does `croissant.json` tell of these shards?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import orjson

from glyphdata.review.evidence import Check, DatasetSeen, Finding
from glyphdata.review.labels import Json

_NAME = "croissant.json"


@dataclass(slots=True)
class CroissantAgrees(Check):
    """`croissant.json`, where there is one, names the shards with their checksums."""

    code: ClassVar[str] = "croissant"

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """A file that is broken, or tells of other shards; of many it names only their pattern."""
        try:
            told = orjson.loads(dataset.places.croissant.read_bytes())
        except FileNotFoundError:
            return  # no reader of ours needs it
        except (OSError, orjson.JSONDecodeError):
            yield self.found(_NAME, "it cannot be read")
            return
        files = told.get("distribution") if isinstance(told, dict) else None
        if not isinstance(files, list):
            yield self.found(_NAME, "it tells of no files")
            return
        named = dict(_tars(files))
        if not named and any(one.get("@id") == "shards" for one in files if isinstance(one, dict)):
            return
        for shard in dataset.shards:
            if named.pop(f"data/{shard.path.name}", None) != shard.sha256:
                yield self.found(_NAME, f"it does not tell of {shard.path.name} as it is")
        for name in sorted(named):
            yield self.found(_NAME, f"it tells of {name}, which is not there")


def _tars(files: list[Json]) -> Iterator[tuple[str, Json]]:
    for one in files:
        if isinstance(one, dict) and one.get("encodingFormat") == "application/x-tar":
            url = one.get("contentUrl")
            if isinstance(url, str):
                yield url, one.get("sha256")
