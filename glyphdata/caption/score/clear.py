"""What a picture shows clearly enough to be asked about.

A colour between two terms, a box on a line of the grid, a size on the border of two classes: people
would disagree, so no question is made of them.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.caption.grammar.colors import BASIC, basic_color
from glyphdata.caption.grammar.vocabulary import size_class
from glyphdata.scene.color import Color, palette
from glyphdata.scene.geometry import BBox

COLOR_MARGIN = 12.0
"""How far in CIELAB (ΔE of CIE 1976) a colour of another term must be."""

GRID_MARGIN = 0.04
"""How far from a line of the 3 × 3 grid the middle of a box must be, as a share of the picture."""

SIZE_MARGIN = 0.15
"""How much larger or smaller a text may be drawn and still be of the same size class."""


@lru_cache(maxsize=16384)
def other_colors(color: Color) -> tuple[str, ...]:
    """The basic terms that a colour cannot be called by: those whose nearest colour of the palette
    is at least `COLOR_MARGIN` away."""
    known, terms = _named()
    away = np.sqrt(np.square(known - _lab([color])).sum(axis=1))
    near = {terms[at] for at in np.flatnonzero(away < COLOR_MARGIN)} | {basic_color(color)}
    return tuple(term for term in BASIC if term not in near)


@lru_cache(maxsize=16384)
def clear_color(color: Color) -> bool:
    """Is there but one basic term for the colour, or is it as good as the term's own colour?"""
    if len(other_colors(color)) == len(BASIC) - 1:
        return True
    own, mine = _lab([palette().by_name[basic_color(color)].color, color])
    return float(np.sqrt(np.square(own - mine).sum())) < COLOR_MARGIN


def clear_place(bbox: BBox, width: int, height: int) -> bool:
    """Does the middle of a box lie well inside a cell of the 3 × 3 grid?"""
    x = (bbox.left + bbox.right) / (2.0 * max(width, 1))
    y = (bbox.top + bbox.bottom) / (2.0 * max(height, 1))
    return all(abs(at - line) >= GRID_MARGIN for at in (x, y) for line in (1 / 3, 2 / 3))


def clear_size(size_px: float, height: int) -> bool:
    """Would a text drawn somewhat larger or smaller be of the same size class?"""
    known = size_class(size_px, height)
    return all(
        size_class(size_px * by, height) == known for by in (1 - SIZE_MARGIN, 1 + SIZE_MARGIN)
    )


@lru_cache(maxsize=1)
def _named() -> tuple[NDArray[np.float64], tuple[str, ...]]:
    colors = [ink.color for ink in palette().inks]
    return _lab(colors), tuple(basic_color(color) for color in colors)


def _lab(colors: list[Color]) -> NDArray[np.float64]:
    """CIELAB of sRGB colours, a row each."""
    shares = np.array([colors], np.float32) / np.float32(255.0)
    return np.asarray(cv2.cvtColor(shares, cv2.COLOR_RGB2LAB)[0], np.float64)
