"""Does the face of every box have what it writes?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.errors import GlyphdataError
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, Finding, StoredSample


@dataclass(slots=True)
class Covered(Check):
    """The registered face of a box covers its text; asked where its registry is the one here."""

    code: ClassVar[str] = "not-covered"
    catalogue: Catalogue | None = None

    def begin(self, dataset: Claimed) -> None:
        """Find the registry here, and whether it is the dataset's."""
        try:
            here = load()
            same = all(
                here.digest(entries).sha256 == sha256 for _, entries, sha256 in dataset.registries
            )
        except GlyphdataError:
            return
        self.catalogue = here if same and dataset.registries else None

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Characters that the registry says the face does not have."""
        catalogue = self.catalogue
        boxes = sample.facts.get("boxes") if isinstance(sample.facts, dict) else None
        if catalogue is None or not isinstance(boxes, list):
            return
        for number, box in enumerate(boxes):
            text, token = (
                (box.get("text"), box.get("font_token")) if isinstance(box, dict) else ("", 0)
            )
            if not isinstance(text, str) or not isinstance(token, int):
                continue
            if not 0 <= token < len(catalogue) or catalogue.covering(text) >> token & 1:
                continue  # a token that there is not is another check's
            lacking = catalogue.missing(text, 1 << token)
            yield self.found(sample.key, f"box {number}: {catalogue[token].key} has no {lacking!r}")
