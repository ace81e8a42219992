"""Has every sample the same members, and does each decode?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.shards.keys import PICTURES


@dataclass(slots=True)
class Members(Check):
    """Every sample has the same members, and each of them decodes to the picture's size."""

    code: ClassVar[str] = "member"
    expected: tuple[str, ...] = ()

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Members that are missing, foreign, broken or of another size."""
        names = tuple(sample.members)
        self.expected = self.expected or names
        if names != self.expected:
            yield self.found(
                sample.key,
                f"it has the members {', '.join(names)}; others have {', '.join(self.expected)}",
            )
        for needed, there in (
            ("json", "json" in names),
            ("txt", "txt" in names),
            (" or ".join(PICTURES), len(set(names) & set(PICTURES)) == 1),
        ):
            if not there:
                yield self.found(sample.key, f"it needs exactly one member {needed}")
        yield from self._decoded(sample)

    def _decoded(self, sample: StoredSample) -> Iterator[Finding]:
        size = sample.size
        for member, plane in (
            (sample.picture_member, sample.pixels),
            ("mask.png", sample.mask),
            ("boxes.png", sample.box_mask),
            ("glyph", sample.glyph),
        ):
            if plane is not None and size is not None and plane.shape[1::-1] != size:
                width, height = plane.shape[1], plane.shape[0]
                yield self.found(
                    sample.key,
                    f"{member} is {width} × {height} px, json says {size[0]} × {size[1]}",
                )
        _ = sample.boxes  # read now, so that a fault in the labels is among those told below
        for member, fault in sample.faults.items():
            yield self.found(sample.key, f"{member}: {fault}")
        try:
            sample.members.get("txt", b"").decode()
        except UnicodeDecodeError:
            yield self.found(sample.key, "txt: it is no UTF-8")
