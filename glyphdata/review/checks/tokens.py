"""Is every font and colour token one that there is?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.review.claimed import Claimed
from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.review.labels import Json
from glyphdata.scene.color import palette


@dataclass(slots=True)
class TokensKnown(Check):
    """Tokens are of the registries that the dataset names; a colour is the one of its token."""

    code: ClassVar[str] = "token"
    faces: int = 1 << 62

    def begin(self, dataset: Claimed) -> None:
        """How many faces the registry had."""
        self.faces = max((entries for _, entries, _ in dataset.registries), default=self.faces)

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Tokens beyond their registry, and colours that are not their token's."""
        boxes = sample.facts.get("boxes") if isinstance(sample.facts, dict) else None
        for number, box in enumerate(boxes if isinstance(boxes, list) else ()):
            if isinstance(box, dict):
                for fault in self._faults(box):
                    yield self.found(sample.key, f"box {number}: {fault}")

    def _faults(self, box: dict[str, Json]) -> Iterator[str]:
        font, ink, face = box.get("font_token"), box.get("color_token"), box.get("face")
        unknown = font == -1 and isinstance(face, dict) and not face.get("family")
        if isinstance(font, int) and not (unknown or 0 <= font < self.faces):
            yield f"there is no <font-{font}> among {self.faces}"
        if isinstance(face, dict) and face.get("token") != font:
            yield f"its face is <font-{face.get('token')}>, its font token {font}"
        inks = palette().inks
        # A colour that is not known has no token, nor has one that is none of the palette's.
        if not isinstance(ink, int) or (unknown and ink == -1):
            return
        if not 0 <= ink < len(inks):
            yield f"there is no <color-{ink}> among {len(inks)}"
        elif box.get("color") != inks[ink].color.hex:
            yield f"its colour is {box.get('color')}, that of <color-{ink}> {inks[ink].color.hex}"
