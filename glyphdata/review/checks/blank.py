"""Has every cluster that should be seen any ink?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.faces.coverage import may_be_blank, needs_no_glyph
from glyphdata.review.evidence import Check, Finding, StoredSample


@dataclass(slots=True)
class Inked(Check):
    """Every cluster but white space and controls has ink: none was drawn as nothing."""

    code: ClassVar[str] = "blank-cluster"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Clusters without ink that are no blanks."""
        if sample.boxes is None or sample.texts is None:
            return
        boxes = zip(sample.texts, sample.boxes, sample.imported, strict=False)
        for number, (text, box, imported) in enumerate(boxes):
            if imported:
                continue  # not every mask of others shows every letter
            for start, end, _, value in box.clusters[box.clusters[:, 3] == 0].tolist():
                shown = text[start:end].decode("utf-8", "replace")
                if value == 0 and not all(map(_blank, map(ord, shown))):
                    yield self.found(sample.key, f"box {number}: {shown!r} was drawn without ink")


def _blank(code: int) -> bool:
    return may_be_blank(code) or needs_no_glyph(code)
