"""Places in words: the nine cells of a 3 × 3 grid, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from glyphdata.scene.geometry import BBox

Table = Mapping[str, tuple[str, ...]]
"""A canonical name to the phrases that mean it."""

PLACES: Table = MappingProxyType(
    {
        "top-left": (
            "at the top left",
            "in the upper left",
            "in the top left",
            "on the upper left",
            "in the top left corner",
            "in the upper left corner",
            "in the top-left corner",
            "in the upper-left corner",
            "top left",
            "top-left",
            "upper left",
            "upper-left",
        ),
        "top-center": (
            "at the top",
            "at the top center",
            "near the top",
            "in the upper middle",
            "across the top",
            "along the top",
            "at the top in the middle",
            "in the top center",
            "in the upper center",
            "top center",
            "top-center",
            "upper center",
            "upper middle",
            "top middle",
            "top",
        ),
        "top-right": (
            "at the top right",
            "in the upper right",
            "in the top right",
            "on the upper right",
            "in the top right corner",
            "in the upper right corner",
            "in the top-right corner",
            "in the upper-right corner",
            "top right",
            "top-right",
            "upper right",
            "upper-right",
        ),
        "center-left": (
            "on the left",
            "on the left side",
            "at the middle left",
            "at the center left",
            "to the left of center",
            "on the left-hand side",
            "in the middle left",
            "in the center left",
            "on the middle left",
            "middle left",
            "center left",
            "center-left",
            "left side",
            "left of center",
            "left",
        ),
        "center": (
            "in the center",
            "in the middle",
            "at the center",
            "across the middle",
            "across the center",
            "in the centre",
            "at the centre",
            "centrally",
            "center",
            "centre",
            "middle",
        ),
        "center-right": (
            "on the right",
            "on the right side",
            "at the middle right",
            "at the center right",
            "to the right of center",
            "on the right-hand side",
            "in the middle right",
            "in the center right",
            "on the middle right",
            "middle right",
            "center right",
            "center-right",
            "right side",
            "right of center",
            "right",
        ),
        "bottom-left": (
            "at the bottom left",
            "in the lower left",
            "in the bottom left",
            "on the lower left",
            "in the bottom left corner",
            "in the lower left corner",
            "in the bottom-left corner",
            "in the lower-left corner",
            "bottom left",
            "bottom-left",
            "lower left",
            "lower-left",
        ),
        "bottom-center": (
            "at the bottom",
            "at the bottom center",
            "near the bottom",
            "in the lower middle",
            "across the bottom",
            "along the bottom",
            "at the bottom in the middle",
            "in the bottom center",
            "in the lower center",
            "bottom center",
            "bottom-center",
            "lower center",
            "lower middle",
            "bottom middle",
            "bottom",
        ),
        "bottom-right": (
            "at the bottom right",
            "in the lower right",
            "in the bottom right",
            "on the lower right",
            "in the bottom right corner",
            "in the lower right corner",
            "in the bottom-right corner",
            "in the lower-right corner",
            "bottom right",
            "bottom-right",
            "lower right",
            "lower-right",
        ),
    }
)
"""The cells of a 3 × 3 grid over the picture; our captions say the first four phrases."""

CELLS = tuple(PLACES)
"""The nine cells row by row: their index is AnyText's `pos`."""


def place(bbox: BBox, width: int, height: int) -> str:
    """The cell of a 3 × 3 grid that the middle of a box lies in, as a key of `PLACES`."""
    column = min(2, max(0, int(1.5 * (bbox.left + bbox.right) / max(width, 1))))
    row = min(2, max(0, int(1.5 * (bbox.top + bbox.bottom) / max(height, 1))))
    return CELLS[3 * row + column]
