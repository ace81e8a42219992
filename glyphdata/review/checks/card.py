"""Does the dataset card tell of this dataset?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.errors import RecipeError
from glyphdata.recipe.document import parse
from glyphdata.review.evidence import Check, DatasetSeen, Finding
from glyphdata.review.labels import Json


@dataclass(slots=True)
class CardAgrees(Check):
    """`README.md` has front matter that `datasets` reads: a feature for every member, the tars."""

    code: ClassVar[str] = "card"

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """A card that is missing, broken, or tells of other members, shards or counts."""
        try:
            text = dataset.places.card.read_text("utf-8")
            front = parse(text.split("---\n", 2)[1].encode())
        except (OSError, UnicodeDecodeError, IndexError, RecipeError):
            yield self.found("README.md", "it is missing, or has no front matter")
            return
        for fault in _faults(front, text, dataset):
            yield self.found("README.md", fault)


def _faults(front: Json, text: str, dataset: DatasetSeen) -> Iterator[str]:
    features = _at(front, "dataset_info", "features")
    named = (
        {str(one.get("name")) for one in features if isinstance(one, dict)}
        if isinstance(features, list)
        else set()
    )
    members = {one for shard in dataset.shards for one in shard.members}
    named -= {"__key__", "__url__"}  # what `datasets` adds to every sample
    if members != named:
        odd = ", ".join(sorted(str(one) for one in members ^ named))
        yield f"its features and the samples' members differ in {odd}"
    configs = front.get("configs") if isinstance(front, dict) else None
    files = _at(configs[0] if isinstance(configs, list) and configs else None, "data_files")
    path = (
        files[0].get("path")
        if isinstance(files, list) and files and isinstance(files[0], dict)
        else None
    )
    if path != "data/train-*.tar":
        yield f"its files are {path!r}, not data/train-*.tar"
    samples = sum(len(shard.keys) for shard in dataset.shards)
    if not re.search(rf"^{samples} (synthetic )?pictures", text, re.MULTILINE):
        yield f"it does not tell of {samples} pictures"


def _at(value: Json, *names: str) -> Json | None:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
