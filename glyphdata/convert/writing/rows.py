"""A picture as a row of a table: its caption, its size, and its texts as columns of lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.units import Size, bounds_of, units

Level = Annotated[int, Field(ge=0, le=6)]
"""Which caption is told: the plain one of a level, or for 0 the sample's `txt`."""


def texts_of(picture: Picture, size: Size) -> dict[str, list[object]]:
    """The texts of a picture by field, one value for each text in every list.

    `bbox` is left, top, width and height, `quad` eight numbers, both in pixels; `color` is
    `#rrggbb`, `font` the family and style, both empty where unknown.
    """
    told = list(units(picture, size))
    return {
        "text": [one.text for one in told],
        "bbox": [list(bounds_of(one.quad)) for one in told],
        "quad": [one.quad.ravel().tolist() for one in told],
        "language": [one.box.language for one in told],
        "color": [str(one.box.facts["color"]) for one in told],
        "font": [one.box.font for one in told],
    }


def caption_of(picture: Picture, level: Level) -> str:
    """A caption of a picture; `InputError` where there is none of that level."""
    return picture.said(level).text if level else picture.caption
