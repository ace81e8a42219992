"""A sample as exporters see it: its boxes, lines, words and clusters with text and pixels.

Coordinates are pixels, x then y, y down; a quad is four corners, clockwise from the text's own top
left. They are the sample's labels divided by their unit, nothing more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.caption.record import Style
from glyphdata.convert.said import Said, said
from glyphdata.draw import encode
from glyphdata.errors import InputError
from glyphdata.scene.scene import Pixels
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import PICTURES

Corners = NDArray[np.float64]
"""4 × 2: the corners of a quad, in pixels."""
Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""


def jpeg(pixels: Pixels) -> bytes:
    """A JPEG of quality 95 without chroma subsampling: small text keeps its colours."""
    return encode.picture(np.ascontiguousarray(pixels), "jpg", 95, "444")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a box's text; its baseline is 2 × 2, start and end."""

    text: str
    quad: Corners
    baseline: Corners


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word of a box's text, on the box's `line`-th line."""

    text: str
    quad: Corners
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A cluster of a box's text: its advance by the height of its line, and its visible ink.

    `value` is its value in the instance mask; 0, and no ink, for a blank.
    """

    text: str
    quad: Corners
    line: int
    word: int | None
    value: int
    ink: Bounds | None


@dataclass(frozen=True)
class Box:
    """One text box: what `json` says of it, and what `layout.json` says where that is there."""

    facts: dict[str, Any]
    _layout: dict[str, Any] | None = field(default=None, repr=False)
    _unit: int = 16

    @property
    def id(self) -> int:
        """Its number among the boxes of the picture."""
        return int(self.facts["id"])

    @property
    def text(self) -> str:
        """What is drawn."""
        return str(self.facts["text"])

    @property
    def language(self) -> str:
        """BCP 47; empty where unknown."""
        return str(self.facts["language"])

    @property
    def level(self) -> str:
        """Word, sentence or paragraph."""
        return str(self.facts["level"])

    @property
    def font_token(self) -> int:
        """The token of its face, or -1 where that is unknown."""
        return int(self.facts["font_token"])

    @property
    def family(self) -> str:
        """The family of its face; empty where unknown."""
        return str(self.facts["face"]["family"])

    @property
    def style(self) -> str:
        """The style of its face; empty where unknown."""
        return str(self.facts["face"]["style"])

    @property
    def font(self) -> str:
        """The family and style of its face; empty where unknown."""
        return f"{self.family} {self.style}".strip()

    @property
    def color_token(self) -> int:
        """The token of its colour, or -1 where that is unknown."""
        return int(self.facts["color_token"])

    @property
    def rgb(self) -> tuple[int, int, int] | None:
        """Its colour, 0 to 255 each; None where unknown."""
        hexed = str(self.facts["color"]).removeprefix("#")
        return (int(hexed[:2], 16), int(hexed[2:4], 16), int(hexed[4:], 16)) if hexed else None

    @property
    def quad(self) -> Corners:
        """Its four corners."""
        return np.array(self.facts["quad"], np.float64).reshape(4, 2)

    @property
    def bounds(self) -> Bounds:
        """Its upright box, not cut at the picture's edge."""
        left, top, right, bottom = self.facts["bbox"]
        return float(left), float(top), float(right), float(bottom)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Its lines, in order; `InputError` without `layout.json`."""
        return tuple(
            Line(self._cut(one), self._px(one["quad"]), self._px(one["baseline"]))
            for one in self._labels["lines"]
        )

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, in logical order; `InputError` without `layout.json`."""
        return tuple(
            Word(self._cut(one), self._px(one["quad"]), int(one["line"]))
            for one in self._labels["words"]
        )

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Its clusters, in logical order; `InputError` without `layout.json`."""
        told = self._labels["clusters"]
        quads = np.array(told["quads"], np.float64).reshape(-1, 4, 2) / self._unit
        inks = np.array(told["ink"], np.float64).reshape(-1, 4) / self._unit
        spans = [(one["start"], one["end"]) for one in self._labels["words"]]
        content, word, found = self.text.encode(), 0, []
        rows = zip(told["start"], told["end"], told["line"], told["mask"], strict=True)
        for at, (start, end, line, value) in enumerate(rows):
            while word < len(spans) and spans[word][1] <= start:
                word += 1
            inside = word < len(spans) and spans[word][0] <= start
            left, top, right, bottom = inks[at].tolist()
            ink = (left, top, right, bottom) if value else None
            text = content[start:end].decode()
            found.append(Cluster(text, quads[at], line, word if inside else None, value, ink))
        return tuple(found)

    @property
    def _labels(self) -> dict[str, Any]:
        if self._layout is None:
            raise InputError(
                "the samples have no layout.json", hint="make them with `outputs.layout: true`"
            )
        return self._layout

    def _cut(self, span: dict[str, Any]) -> str:
        return self.text.encode()[span["start"] : span["end"]].decode()

    def _px(self, numbers: list[int]) -> Corners:
        return np.array(numbers, np.float64).reshape(-1, 2) / self._unit


@dataclass(frozen=True)
class Picture:
    """One sample: its picture as it was encoded, its facts and its boxes in reading order.

    What lies in members that an exporter does not ask for is not read.
    """

    record: Record

    @property
    def key(self) -> str:
        """The sample's key, unique over the dataset; good as a file's name."""
        return self.record.key

    @cached_property
    def facts(self) -> dict[str, Any]:
        """All of `json`."""
        return self.record.facts

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.facts["width"])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.facts["height"])

    @property
    def encoded(self) -> bytes:
        """The picture's file, byte for byte as it lies in the shard."""
        return self.record.picture

    @property
    def extension(self) -> str:
        """`jpg`, `png` or `webp`: what the picture's file is."""
        return next(one for one in PICTURES if one in self.record.members)

    @property
    def file_name(self) -> str:
        """The sample's key with the picture's extension, such as `000000-0017.jpg`."""
        return f"{self.key}.{self.extension}"

    @property
    def sha256(self) -> str:
        """The checksum of the picture's file."""
        return hashlib.sha256(self.encoded).hexdigest()

    @property
    def caption(self) -> str:
        """The caption that a trainer reads by default (`txt`)."""
        return self.record.text

    def said(self, level: int, style: Style = "plain") -> Said:
        """The caption of a level, 1 to 6, or for 0 the `txt`, and where it quotes the texts.

        `InputError` where there is none of that level and style.
        """
        return said(self.record, [box.id for box in self.boxes], level, style)

    @cached_property
    def mask(self) -> NDArray[np.uint16]:
        """Height × width: the `value` of the cluster whose ink a pixel is, 0 for none.

        `InputError` without `mask.png`.
        """
        if "mask.png" not in self.record.members:
            raise InputError(
                "the samples have no mask.png", hint="make them with `outputs.mask: true`"
            )
        return self.record.mask()

    def jpeg(self, size: tuple[int, int] | None = None) -> bytes:
        """Its file where that is a JPEG of `size` (width, height; any for None), or else made one.

        Then of quality 95, without chroma subsampling, averaged over area where it is shrunk.
        """
        size = size or (self.width, self.height)
        if self.extension == "jpg" and size == (self.width, self.height):
            return self.encoded
        pixels = self.record.pixels()
        if size != (self.width, self.height):
            shrunk = size[0] < self.width and size[1] < self.height
            how = cv2.INTER_AREA if shrunk else cv2.INTER_CUBIC
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
        return jpeg(pixels)

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """Its boxes, in reading order."""
        told: list[dict[str, Any]] = self.facts["boxes"]
        if "layout.json" not in self.record.members:
            return tuple(Box(one) for one in told)
        layout = self.record.layout
        by_id = {one["id"]: one for one in layout["boxes"]}
        return tuple(Box(one, by_id.get(one["id"]), int(layout["unit"])) for one in told)
