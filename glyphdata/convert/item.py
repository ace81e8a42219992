"""A picture of other people's, before it is one of our samples: where it lies, what is known of it.

Everything is a plain frozen value that survives JSON. Coordinates are pixels of the picture as it
lies there, x then y; a polygon is its corners, clockwise from the text's own top left where the
source knows that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Polygon = tuple[tuple[float, float], ...]
"""At least three corners; text boxes of ours have four."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes in a file: all of it, or a member of a tar; `size` -1 is up to the end."""

    path: str
    offset: int = 0
    size: int = -1


@dataclass(frozen=True, slots=True)
class Part:
    """A word or a character of a text: what it says, and where."""

    text: str
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class Label:
    """One text in the picture, as far as its source knows it.

    `ignored` is a text that its source says is not to be read (`###`, illegible, invalid); it
    becomes no box, and is counted. `rgb` and `language` are None and empty where unknown.
    """

    text: str
    polygon: Polygon
    language: str = ""
    rgb: tuple[int, int, int] | None = None
    words: tuple[Part, ...] = ()
    characters: tuple[Part, ...] = ()
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One picture: its name in its source (unique there), its bytes, and what is known.

    `captions` are its source's own words, the first before others. `mask` is an instance mask of
    characters as its source has it, `mask_first` the value of the first character. `license` is
    that of the picture, in the source's words.
    """

    name: str
    picture: Stretch
    labels: tuple[Label, ...] = ()
    captions: tuple[str, ...] = ()
    mask: Stretch | None = None
    mask_first: int = 1
    license: str = ""
    watermark: float | None = None
    more: tuple[tuple[str, str], ...] = field(default=())
