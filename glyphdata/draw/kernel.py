"""The drawing kernel: compiled where the build had a compiler, else numpy; the bytes are the same.

`COMPILED` says which is at work; GLYPHDATA_KERNEL=twin in the environment asks for numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glyphdata.compiled import compiled
from glyphdata.draw import deflate as _deflate
from glyphdata.draw import twin
from glyphdata.faces.outlines import Outlines

_MODULE = compiled("glyphdata.draw._kernel")
COMPILED: bool = _MODULE is not None
"""Is the compiled kernel at work?"""

_draw = twin.draw if _MODULE is None else _MODULE.draw


def draw(  # noqa: PLR0913, PLR0917 - flat arrays, for the sake of C
    canvas: NDArray[np.uint8],
    layer: NDArray[np.uint8] | None,
    mask: NDArray[np.uint8] | NDArray[np.uint16] | None,
    strength: NDArray[np.uint8] | None,
    box_mask: NDArray[np.uint8] | None,
    outlines: Outlines,
    rows: NDArray[np.int32],
    matrices: NDArray[np.float64],
    colors: NDArray[np.uint8],
    ids: NDArray[np.uint16],
    boxes: NDArray[np.uint8],
    threshold: int,
    ink: NDArray[np.int32],
    under: NDArray[np.int64],
    held: NDArray[np.uint8],
) -> tuple[int, int]:
    """Draw n glyphs, each in one pass over everything that is made of it.

    Glyph g is outline `rows[g]` of `outlines`, taken from em (y up) to pixels (y down) by
    `matrices[g]` (n × 9, row by row; divided through where the last row is not 0, 0, 1). The exact
    share a of every pixel that it covers, 0 to 255, mixes `colors[g]` (n × 3) into `canvas` and
    into `layer` (both h × w × 3). Of `mask` (h × w) it takes with `ids[g]` the pixels where a is at
    least `threshold` and more than `strength` (h × w, the largest a so far), and with
    `boxes[g] + 1` the same ones of `box_mask` (h × w); a glyph that wins none takes the strongest
    of its pixels that nobody has.

    Out come `ink` (n × 4: left, top, right, bottom of its pixels with a > 0 on the canvas; zeros
    without) and, added to row `boxes[g]` of `under`, the sums of a, a·R, a·G, a·B, a·luma and
    a·luma² of what lay there before (pixels where a glyph has been left out), luma being
    (77R + 150G + 29B) >> 8; and `held` (n), 1 where the mask has the glyph's id somewhere in its
    ink once all are drawn, else 0. All arrays are C-contiguous.
    Returned are the first row with ink and the one after the last; 0, 0 without any.

    `ValueError` for arrays that do not fit each other, and for a glyph with a coordinate that is
    not finite or lies behind the viewer; the glyphs before it are then drawn.
    """
    drawn: tuple[int, int] = _draw(
        canvas, layer, mask, strength, box_mask,
        outlines.points, outlines.verbs, outlines.starts,
        rows, matrices, colors, ids, boxes, threshold, ink, under, held,
    )  # fmt: skip
    return drawn


def deflate(array: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """The zlib stream of a picture's PNG rows (filter byte 0; 16 bits with the high byte first).

    `array` is C-contiguous, h × w of uint8 or uint16, or h × w × 3 of uint8, and not empty;
    `ValueError` for any other. The bytes depend on the pixels alone.
    """
    if _MODULE is not None:
        stream: bytes = _MODULE.deflate(array)
        return stream
    return _deflate.deflate(array)


def deflate_rows(rows: NDArray[np.uint8], pixel: int) -> bytes:
    """The zlib stream of filtered PNG rows, h × (1 + bytes), `pixel` bytes to the pixel."""
    if _MODULE is not None:
        stream: bytes = _MODULE.deflate_rows(rows, pixel)
        return stream
    return _deflate.deflate_rows(rows, pixel)
