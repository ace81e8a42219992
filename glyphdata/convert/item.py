"""A picture of other people's, before it is one of our samples: where it lies, what is known of it.

Everything is a plain frozen value that survives JSON. Coordinates are pixels of the picture as it
lies there, x then y; a polygon is its corners, in the order that its source has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Polygon = tuple[tuple[float, float], ...]
"""At least three corners; text boxes of ours have four."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes in a file: all of it, or a member of a tar; `size` -1 is up to the end.

    `path` is relative to the folder of the source, so that a source may move.
    """

    path: str
    offset: int = 0
    size: int = -1


@dataclass(frozen=True, slots=True)
class Part:
    """A word or a character of a text: what it says, where, and its value in the item's mask.

    `value` is 0 for what the mask does not show.
    """

    text: str
    polygon: Polygon
    value: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """One text in the picture, as far as its source knows it.

    `ignored` is a text that its source says is not to be read (`###`, illegible, invalid); it
    becomes no box, and is counted. `rgb` and `language` are None and empty where unknown.
    `ordered` tells that the polygon begins at the text's own top left and goes around clockwise;
    without it the reading direction is told from the polygon's shape.
    """

    text: str
    polygon: Polygon
    language: str = ""
    rgb: tuple[int, int, int] | None = None
    words: tuple[Part, ...] = ()
    characters: tuple[Part, ...] = ()
    ignored: bool = False
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One picture: its name in its source (unique there), its bytes, and what is known.

    `captions` are its source's own words, the first before others. `mask` is an instance mask of
    characters as its source has it: a picture whose values are those of the characters' parts.
    `space` is the side of the square that the labels' coordinates are told in, however large the
    picture is; 0 where they are the picture's own pixels. `license` is that of the picture, in the
    source's words. `fault` says why an entry of the source cannot be used; the picture is then left
    out and named.
    """

    name: str
    picture: Stretch
    labels: tuple[Label, ...] = ()
    captions: tuple[str, ...] = ()
    mask: Stretch | None = None
    space: int = 0
    license: str = ""
    watermark: float | None = None
    fault: str = ""


def item_of(told: Mapping[str, Any]) -> Item:
    """The item whose fields as JSON holds them are `told`."""
    mask = told["mask"]
    return Item(
        name=told["name"],
        picture=Stretch(**told["picture"]),
        labels=tuple(_label(one) for one in told["labels"]),
        captions=tuple(told["captions"]),
        mask=None if mask is None else Stretch(**mask),
        space=told["space"],
        license=told["license"],
        watermark=told["watermark"],
        fault=told["fault"],
    )


def _label(told: Mapping[str, Any]) -> Label:
    rgb = told["rgb"]
    return Label(
        text=told["text"],
        polygon=_polygon(told["polygon"]),
        language=told["language"],
        rgb=None if rgb is None else (rgb[0], rgb[1], rgb[2]),
        words=tuple(_part(one) for one in told["words"]),
        characters=tuple(_part(one) for one in told["characters"]),
        ignored=told["ignored"],
        ordered=told["ordered"],
    )


def _part(told: Mapping[str, Any]) -> Part:
    return Part(told["text"], _polygon(told["polygon"]), told["value"])


def _polygon(corners: list[list[float]]) -> Polygon:
    return tuple((x, y) for x, y in corners)
