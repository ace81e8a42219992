"""What leaves the factory: pixels with their exact labels.

Coordinates are whole numbers in units of 1/16 pixel, x then y; a quad is eight of them, clockwise
from the text's own top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.color import Color
from glyphdata.scene.scene import Pixels, Scene
from glyphdata.scene.showing import Shown
from glyphdata.scene.typeset import Ints

UNIT = 16
"""How many units of a label's coordinate make a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class BoxLabels:
    """The labels of one text box.

    `contrast` is the WCAG ratio of the box's ink to what lay behind it, averaged under the ink;
    `noise` the standard deviation of the luma (0 to 255) of what lay there, `signal` how many of
    those lie between the luma of the ink and of the mean ground, 99 at most. What effects painted
    behind the ink is part of that ground, and ink with an effect of its own is as it is seen.
    """

    quad: Ints  # 8
    lines: Ints  # l × 2: start, end (UTF-8 byte offsets)
    line_quads: Ints  # l × 8
    baselines: Ints  # l × 4: start and end of the baseline
    words: Ints  # w × 3: start, end, line
    word_quads: Ints  # w × 8
    clusters: Ints  # c × 4: start, end, line, value in the mask (0 without ink)
    cluster_quads: Ints  # c × 8: advance × line height
    ink: Ints  # c × 4: left, top, right, bottom of the visible ink; all 0 without
    contrast: float
    noise: float
    signal: float


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """The labels of a picture, box by box in reading order."""

    boxes: tuple[BoxLabels, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sample(Shown):
    """One drawn picture.

    The arrays belong to the painter that made them and are good until it draws again; copy what
    you keep.
    """

    scene: Scene
    pixels: Pixels = field(repr=False)
    annotation: Annotation = field(repr=False)
    # height × width: v is the v-th cluster
    mask: NDArray[np.uint8] | NDArray[np.uint16] = field(repr=False)
    # height × width: v > 0 is the box with id v - 1
    box_mask: NDArray[np.uint8] | None = field(repr=False)
    layer: Pixels | None = field(repr=False)  # the same ink on black
    ground: Color  # the mean of the background


@dataclass(frozen=True, slots=True)
class Captions:
    """What is said of a picture: the trainer's line (`text`) and every level, fine to coarse."""

    text: str
    levels: tuple[str, ...] = ()
