"""From the outlines that others draw around a text to a quad of ours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.sample import UNIT

Corners = NDArray[np.float64]
"""n × 2: corners in pixels, y down."""

_LONG = 1.3  # a text of some letters whose outline is so much longer than wide runs along it
_THIN = 0.25  # a quad of less, in square pixels, shows nothing


def turned(points: Corners, orientation: int, width: int, height: int) -> Corners:
    """Points of a stored picture where they are once it is turned upright.

    `orientation` is the EXIF tag, 1 to 8; width and height are those of the stored picture.
    """
    x, y = points[:, 0], points[:, 1]
    across, down = width - x, height - y
    columns = {
        2: (across, y),
        3: (across, down),
        4: (x, down),
        5: (y, x),
        6: (down, x),
        7: (down, across),
        8: (y, across),
    }.get(orientation, (x, y))
    return np.stack(columns, axis=1)


def area(corners: Corners) -> float:
    """In square pixels; above 0 where the corners go clockwise (the shoelace formula, y down)."""
    x, y = corners[:, 0], corners[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def quad_of(polygon: Corners, text: str, *, ordered: bool) -> Corners | None:
    """The quad of a text with this outline: 4 × 2, clockwise from the text's own top left.

    Four corners stay as they are; of any other number the smallest rectangle around them is taken.
    The reading direction is the outline's, where it is `ordered`; else along the longer side, from
    left to right. None for an outline without area.
    """
    if len(polygon) == 4:
        quad = polygon if area(polygon) >= 0 else polygon[[0, 3, 2, 1]]
        if abs(area(quad)) < _THIN:
            return None
        return quad if ordered else _directed(quad, None, text)
    box = cv2.boxPoints(cv2.minAreaRect(polygon.astype(np.float32))).astype(np.float64)
    if abs(area(box)) < _THIN:
        return None
    box = box if area(box) > 0 else box[::-1]
    return _directed(box, _along(polygon) if ordered else None, text)


def within(quad: Corners, width: int, height: int) -> Corners | None:
    """The quad with its corners moved onto the canvas, in 1/16 px; None where nothing is left."""
    moved = np.clip(quad, 0, (width, height))
    rounded = np.rint(moved * UNIT) / UNIT
    return rounded if area(rounded) >= _THIN else None


def _along(polygon: Corners) -> Corners:
    """The direction from an outline's beginning to its end: down the top edge, back the bottom."""
    half = len(polygon) // 2
    start = (polygon[0] + polygon[-1]) / 2
    end = (polygon[half - 1] + polygon[half]) / 2
    direction: Corners = end - start
    return direction


def _directed(quad: Corners, along: Corners | None, text: str) -> Corners:
    """The clockwise quad, begun at the corner from which the text runs `along`, or to the right."""
    edges = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    first, second = lengths[0] + lengths[2], lengths[1] + lengths[3]
    starts = np.arange(4)
    if len(text.strip()) > 2 and max(first, second) > _LONG * min(first, second):
        starts = starts[::2] if first > second else starts[1::2]
    wanted = np.array((1.0, 1e-6)) if along is None else along
    scores = edges[starts] @ wanted / np.maximum(lengths[starts], 1e-9)
    return np.roll(quad, -int(starts[int(scores.argmax())]), axis=0)
