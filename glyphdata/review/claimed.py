"""What a dataset says of its own making, for checks to hold against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from glyphdata.review.labels import Json
from glyphdata.shards.keys import Places


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a dataset says of its making; all of it is empty before it is finished.

    `recipe` is the resolved recipe, `registries` name, entries and sha256 of each registry.
    """

    recipe: Mapping[str, Json] = field(default_factory=dict)
    registries: tuple[tuple[str, int, str], ...] = ()

    @classmethod
    def of(cls, places: Places) -> Claimed:
        """What the manifest says, as far as it can be read."""
        try:
            found = orjson.loads(places.manifest.read_bytes())
            registries = tuple(
                (str(one["name"]), int(one["entries"]), str(one["sha256"]))
                for one in found["registries"]
            )
            recipe = found["recipe"]
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return cls()
        return cls(recipe if isinstance(recipe, dict) else {}, registries)

    def value(self, path: str) -> Json | None:
        """What the recipe says at a path such as `colors.min_contrast`; None where nothing."""
        found: Json | None = self.recipe
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found
