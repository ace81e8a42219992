"""The glyphs of a picture's boxes as the drawing kernel takes them: arrays, a row per glyph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.compiled import compiled
from glyphdata.scene.geometry import Homography
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, Ints, SetBox

_MODULE = compiled("glyphdata.draw._labels")
_flat = np.ascontiguousarray


class Glyphs(NamedTuple):
    """Arrays over the n glyphs of all boxes; `glyphdata.draw.kernel.draw` says what they mean."""

    boxes: NDArray[np.uint8]  # n
    ids: NDArray[np.uint16]  # n
    rows: Ints  # n
    matrices: Floats  # n × 9
    colors: NDArray[np.uint8]  # n × 3

    @classmethod
    def room(cls, count: int) -> Glyphs:
        """Arrays for so many glyphs; what they hold is to be written."""
        return cls(
            np.empty(count, np.uint8),
            np.empty(count, np.uint16),
            np.empty(count, np.int32),
            np.empty((count, 9)),
            np.empty((count, 3), np.uint8),
        )


def gather(
    placed: SetBox, box: TextBox, rows: Ints, *, number: int, first_id: int, out: Glyphs, start: int
) -> None:
    """Write the glyphs of box `number` of the picture into `out`, from its glyph `start` on.

    `rows` (n) are their outlines, `first_id` the mask's value for the box's first cluster.
    """
    if _MODULE is None or placed.moved is not None:
        fill_glyphs(placed, box, rows, number=number, first_id=first_id, out=out, start=start)
        return
    _MODULE.gather(
        box.place,
        placed.size_px,
        box.ink.color,
        _flat(placed.pens),
        _flat(placed.glyph_clusters),
        rows,
        number,
        first_id,
        start,
        *out,
    )


def fill_glyphs(
    placed: SetBox, box: TextBox, rows: Ints, *, number: int, first_id: int, out: Glyphs, start: int
) -> None:
    """`gather` in numpy: the same sums in the same order; and that of glyphs that are moved."""
    here = slice(start, start + len(rows))
    out.boxes[here] = number
    out.ids[here] = placed.glyph_clusters + first_id
    out.rows[here] = rows
    out.colors[here] = box.ink.color
    size = placed.size_px
    a, b, c, d, e, f, g, h, i = box.place
    maps = out.matrices[here]
    if placed.moved is not None:
        maps[:] = _turned(placed.moved.glyphs, size, box.place)
        return
    x, y = placed.pens[:, 0], placed.pens[:, 1]
    maps[:] = (a * size, -b * size, 0.0, d * size, -e * size, 0.0, g * size, -h * size, 0.0)
    maps[:, 2] = a * x + b * y + c
    maps[:, 5] = d * x + e * y + f
    maps[:, 8] = g * x + h * y + i


def _turned(moves: Floats, size_px: float, place: Homography) -> Floats:
    """The matrices of glyphs (n × 9) that are each turned and moved, then placed."""
    cos, sin, x, y = moves.T
    zero, one = np.zeros(len(x)), np.ones(len(x))
    rigid = (
        (size_px * cos, size_px * sin, x),
        (size_px * sin, -size_px * cos, y),
        (zero, zero, one),
    )
    across, down, weight = (
        [p * u + q * v + r * w for u, v, w in zip(*rigid, strict=True)]
        for p, q, r in (place[:3], place[3:6], place[6:])
    )
    return np.stack((*across, *down, *weight), axis=1)
