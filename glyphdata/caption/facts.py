"""What is true of a picture, as captions, checks and questions need it.

Read from a sample's `json` member, so that a dataset can be captioned long after it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox

_UNKNOWN = Color(128, 128, 128)


@dataclass(frozen=True, slots=True)
class TextFact:
    """One text box: what it says, how it looks, where it stands (`bbox`, pixels, y down).

    `category` (sans, serif, mono, display, handwriting), `weight` (1 to 1000) and `italic` are the
    face's; they are "", 400 and False where the face is not registered here. `bend_deg` is the
    angle of the arc that the text runs along, over a hill if above 0; 0 where that is not recorded.
    Of texts that were not drawn here family, style and `color_name` may be empty: they are unknown,
    and `color` then means nothing.
    """

    id: int
    text: str
    level: str
    language: str
    script: str
    direction: str
    family: str
    style: str
    category: str
    weight: int
    italic: bool
    font_token: int
    color: Color
    color_name: str
    color_token: int
    size_px: float
    align: str
    angle_deg: float
    bbox: BBox
    lines: int
    contrast: float
    effects: tuple[str, ...]
    bend_deg: float = 0.0

    @property
    def inked(self) -> bool:
        """Is its colour known?"""
        return self.color_name != ""

    @property
    def faced(self) -> bool:
        """Is its face known, by name or by token?"""
        return self.family != "" or self.font_token >= 0


@dataclass(frozen=True, slots=True)
class Facts:
    """One picture; `texts` stand in reading order. `ground` is the mean colour behind the texts."""

    key: str
    width: int
    height: int
    level: str
    language: str
    prompt: str
    background: str
    source: str
    ground: Color
    texts: tuple[TextFact, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any], catalogue: Catalogue) -> Facts:
        """The facts of a sample's `json`; `InputError` where it lacks one."""
        try:
            return cls(
                key=record["key"],
                width=record["width"],
                height=record["height"],
                level=record["level"],
                language=record["language"],
                prompt=record["prompt"],
                background=record["background"]["kind"],
                source=record["background"]["name"],
                ground=Color.parse(record["background"]["color"]),
                texts=tuple(_text(box, catalogue) for box in record["boxes"]),
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise InputError(
                f"the sample's json is not ours: {type(fault).__name__} {fault}",
                hint="caption datasets that `glyphdata generate` made",
            ) from None


def _text(box: Mapping[str, Any], catalogue: Catalogue) -> TextFact:
    token = box["font_token"]
    face = catalogue[token] if 0 <= token < len(catalogue) else None
    known = face is not None and face.family == box["face"]["family"]
    return TextFact(
        id=box["id"],
        text=box["text"],
        level=box["level"],
        language=box["language"],
        script=box["script"],
        direction=box["direction"],
        family=box["face"]["family"],
        style=box["face"]["style"],
        category=face.category if face is not None and known else "",
        weight=face.weight if face is not None and known else 400,
        italic=face.italic if face is not None and known else False,
        font_token=token,
        color=Color.parse(box["color"]) if box["color_name"] else _UNKNOWN,
        color_name=box["color_name"],
        color_token=box["color_token"],
        size_px=box["size_px"],
        align=box["align"],
        angle_deg=box["angle_deg"],
        bbox=BBox(*box["bbox"]),
        lines=box["lines"],
        contrast=box["contrast"],
        effects=tuple(box["effects"]),
        bend_deg=box.get("bend_deg", 0.0),
    )
