"""The waist of the toolkit: a `Scene` is everything that was decided about one picture.

A scene is a frozen tree of plain values. Pixels, labels, captions, hard negatives and resume are
functions of it; it survives JSON and back equal (`glyphdata.parts.codec`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.color import Ink
from glyphdata.scene.geometry import BBox, Homography, Quad
from glyphdata.scene.showing import Shown

Pixels = NDArray[np.uint8]
"""A picture as an array: height × width × 3, sRGB, 0 to 255, C-contiguous."""

Level = Literal["word", "sentence", "paragraph"]
Align = Literal["left", "center", "right"]
Direction = Literal["ltr", "rtl", "ttb"]
"""How a text runs; `ttb` is in columns from top to bottom, the first column at the right."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture, in pixels."""

    width: int
    height: int

    @property
    def bbox(self) -> BBox:
        """The whole canvas."""
        return BBox(0.0, 0.0, float(self.width), float(self.height))


class FaceRef(NamedTuple):
    """Which face a text is set in: its token in the registry, and its name for people."""

    token: int
    family: str
    style: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One change made to a text before it was drawn.

    `unit` is `char` or `word`; `position` is the index of the first grapheme or word that changed.
    """

    kind: str
    unit: Literal["char", "word"]
    position: int
    before: str
    after: str


class Backdrop(Protocol):
    """What lies behind the text. Painting draws no random number."""

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` (the canvas's shape). `Rejection` where its source cannot be read."""
        ...

    @property
    def source(self) -> str:
        """The name of the picture it came from; empty for what is made by rule."""
        ...

    @property
    def license(self) -> str:
        """The licence of that picture, as an SPDX identifier where there is one; else empty."""
        ...


class Effect(Protocol):
    """A change of the finished picture that moves nothing."""

    def apply(self, pixels: Pixels) -> None:
        """Change `pixels` in place."""
        ...


@dataclass(slots=True)
class Inking:
    """The ink of one text box on its way onto the picture; box effects change it in place.

    The arrays are the part of the canvas around the box that may be touched: `pixels` (h × w × 3)
    is what lies there so far, `alpha` (h × w, 0 to 255) how much of each pixel the glyphs cover,
    `fill` (h × w × 3) the colour they get. `left` and `top` say where that part begins.
    """

    pixels: Pixels
    alpha: NDArray[np.uint8]
    fill: Pixels
    left: int
    top: int
    ink: Ink
    size_px: float
    place: Homography


class BoxEffect(Protocol):
    """A way of laying the ink of a text box on the picture; it moves no ink."""

    def apply(self, inking: Inking) -> None:
        """Change in place what lies behind the ink, its colours, or how much of it there is."""
        ...


@dataclass(frozen=True, slots=True)
class TextBox:
    """A text set in one face and one ink in one place.

    The box has a frame of its own: the rectangle (0, 0) to (`width_px`, `height_px`), upright, y
    down; `place` maps it onto the canvas. The text is broken into lines at `line_ends`: the UTF-8
    byte offsets in `text` at which each line ends (the last is the length of the text).
    `source_text` is the text before `edits`, `text` is what is drawn, `negatives` are texts nearly
    like it that are not. `letter_spacing_em` stands between neighbouring clusters, `bend_deg` is
    the angle of the arc that the one line of the box runs along, clockwise over a hill if above 0.
    """

    id: int
    level: Level
    text: str
    source_text: str
    language: str
    script: str
    direction: Direction
    face: FaceRef
    ink: Ink
    size_px: float
    align: Align
    angle_deg: float
    width_px: float
    height_px: float
    place: Homography
    line_ends: tuple[int, ...]
    line_spacing: float = 1.0
    letter_spacing_em: float = 0.0
    bend_deg: float = 0.0
    edits: tuple[Edit, ...] = ()
    negatives: tuple[str, ...] = ()
    effects: tuple[BoxEffect, ...] = ()

    @property
    def frame(self) -> BBox:
        """The box in its own frame."""
        return BBox(0.0, 0.0, self.width_px, self.height_px)

    @property
    def quad(self) -> Quad:
        """Where the frame lies on the canvas."""
        return self.place.quad(self.frame)


@dataclass(frozen=True, slots=True)
class Scene(Shown):
    """Everything that was decided about one picture; `boxes` stand in reading order.

    `rejected` holds the reasons for which earlier drafts of this index were given up; the scene is
    the first draft that could be made.
    """

    seed: int
    index: int
    variant: int
    canvas: Canvas
    level: Level
    language: str
    background: Backdrop
    boxes: tuple[TextBox, ...]
    effects: tuple[Effect, ...] = ()
    rejected: tuple[str, ...] = ()
