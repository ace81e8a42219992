"""Are the facts of every sample there, each of its type?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.review.labels import Json

PICTURE: dict[str, type] = {
    "key": str,
    "index": int,
    "group": str,
    "variant": int,
    "seed": int,
    "recipe": str,
    "width": int,
    "height": int,
    "level": str,
    "language": str,
    "prompt": str,
    "background": dict,
    "boxes": list,
    "pwatermark": float,
    "effects": list,
    "original_width": int,
    "original_height": int,
}
"""The fields of `json` that every sample has."""

BACKGROUND: dict[str, type] = {"kind": str, "name": str, "license": str, "color": str}
"""The fields of its background."""

BOX: dict[str, type] = {
    "id": int,
    "level": str,
    "text": str,
    "source_text": str,
    "language": str,
    "script": str,
    "direction": str,
    "face": dict,
    "font_token": int,
    "color": str,
    "color_token": int,
    "size_px": float,
    "align": str,
    "angle_deg": float,
    "bend_deg": float,
    "letter_spacing_em": float,
    "quad": list,
    "bbox": list,
    "lines": int,
    "words": int,
    "clusters": int,
    "contrast": float,
    "noise": float,
    "signal": float,
    "effects": list,
    "edits": list,
    "negatives": list,
}
"""The fields of each of its boxes."""


@dataclass(slots=True)
class Facts(Check):
    """Every `json` has the promised fields, of their types, and the same ones as the others."""

    code: ClassVar[str] = "facts"
    shapes: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Fields that are missing, of another type, or only there in some samples."""
        if sample.facts is None:
            return
        for fault in self._faults(sample.facts):
            yield self.found(sample.key, fault)
        if isinstance(sample.facts, dict) and sample.facts.get("key") != sample.key:
            yield self.found(sample.key, f"its json belongs to {sample.facts.get('key')!r}")

    def _faults(self, facts: Json) -> Iterator[str]:
        yield from self._object("json", "json", facts, PICTURE)
        if not isinstance(facts, dict):
            return
        yield from self._object("background", "background", facts.get("background"), BACKGROUND)
        boxes = facts.get("boxes")
        for number, box in enumerate(boxes if isinstance(boxes, list) else ()):
            at = f"boxes.{number}"
            yield from self._object("boxes", at, box, BOX)
            if isinstance(box, dict):
                for name, count in (("quad", 8), ("bbox", 4)):
                    if not _floats(box.get(name), count):
                        yield f"{at}.{name} is not {count} floats"

    def _object(
        self, shape: str, at: str, value: Json, fields: Mapping[str, type]
    ) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for name, kind in fields.items():
            if name not in value:
                yield f"{at} has no field {name!r}"
            elif type(value[name]) is not kind:
                yield f"{at}.{name} is {type(value[name]).__name__}, not {kind.__name__}"
        known = self.shapes.setdefault(shape, frozenset(value))
        if value.keys() != known:
            odd = ", ".join(sorted(known ^ value.keys()))
            yield f"{at} differs from other samples in the fields {odd}"


def _floats(value: Json, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(type(number) is float for number in value)
    )
