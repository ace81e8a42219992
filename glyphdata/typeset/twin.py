"""The arithmetic of typesetting in numpy: slower, and the same numbers as `_setting.c`.

Arrays named `out_*` are filled; every other argument is only read. Lengths are those of `Shaped`:
n glyphs, c clusters, l lines.
"""

from __future__ import annotations

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.scene.typeset import Floats, Ints


def read(
    infos: list[hb.GlyphInfo],
    positions: list[hb.GlyphPosition],
    start: int,
    backwards: int,
    out_glyphs: Ints,
    out_clusters: Ints,
    out_units: Floats,
) -> None:
    """Read HarfBuzz's answer out: glyph ids (n), `start` plus clusters (n), and in font units the
    advance and the offset to the right and up (n × 3); last glyph first where `backwards`.
    """
    step = -1 if backwards else 1
    out_glyphs[::step] = [info.codepoint for info in infos]
    out_clusters[::step] = [start + info.cluster for info in infos]
    out_units[::step, 0] = [position.x_advance for position in positions]
    out_units[::step, 1] = [position.x_offset for position in positions]
    out_units[::step, 2] = [position.y_offset for position in positions]


def gather(  # noqa: PLR0913, PLR0917 - flat arrays, for the sake of C
    units: Floats,
    rows: Ints,
    extents: NDArray[np.float32],
    hangs: NDArray[np.bool_],
    em: float,
    backwards: int,
    ascent: float,
    descent: float,
    out_advances: Floats,
    out_offsets: Floats,
    out_ink: Floats,
    out_along: Floats,
    out_pens: Floats,
    out_left: Floats,
    out_right: Floats,
) -> tuple[float, float]:
    """Where glyphs stand along an endless line (the fields of `Shaped`), from `units` (as `read`
    gives them) times `em`; and the ascent and descent that hold the given ones and all ink.
    """
    boxes = extents[rows].astype(np.float64)
    np.multiply(units[:, 0], em, out=out_advances)
    np.multiply(units[:, 1:], em, out=out_offsets)
    np.add(boxes[:, ::2], out_offsets[:, :1], out=out_ink)
    heights = boxes[:, 1::2] + out_offsets[:, 1:]
    out_along[0] = 0.0
    np.cumsum(out_advances, out=out_along[1:])
    out_pens[:] = -out_along[1:] if backwards else out_along[:-1]
    np.add(out_pens, np.minimum(out_ink[:, 0], 0.0), out=out_left)
    np.add(out_pens, np.maximum(out_ink[:, 1], out_advances), out=out_right)
    out_left[hangs] = np.inf
    out_right[hangs] = -np.inf
    top = heights[:, 1].max(initial=ascent)
    return float(top), float(-heights[:, 0].min(initial=-descent))


def lay(  # noqa: PLR0913, PLR0917
    pens: Floats,
    left: Floats,
    right: Floats,
    advances: Floats,
    offsets: Floats,
    first: Ints,
    ends: Ints,
    edge: Floats,
    size: float,
    width: float,
    share: float,
    clipped: int,
    row: Floats,
    starts: Ints,
    out_pens: Floats,
    out_clusters: Ints,
    out_spans: Floats,
    out_lines: Floats,
) -> None:
    """Lines from em to a frame of `width` pixels at `size` pixels per em.

    Line k ends before cluster `ends[k]` and starts at `edge[k]` (em); `share` of the room it leaves
    goes to its left. Out come the pens (n × 2), the clusters (c × 3: start, end, line) and their
    spans (c × 2, cut off at the frame where `clipped`), and left, right and shift of the lines
    (l × 3). `row` (l × 3) holds the lines' top, baseline and bottom.
    """
    bounds = np.append(0, first[ends])
    low, high = edge, edge
    if len(pens):
        low = np.minimum(np.minimum.reduceat(left, bounds[:-1]), edge)
        high = np.maximum(np.maximum.reduceat(right, bounds[:-1]), edge)
    start, stop = low * size, high * size
    shift = (width - (stop - start)) * share - start
    out_lines[:, 0], out_lines[:, 1], out_lines[:, 2] = start + shift, stop + shift, shift
    number = np.arange(len(ends), dtype=np.int32)
    out_clusters[:, 0], out_clusters[:, 1] = starts[:-1], starts[1:]
    out_clusters[:, 2] = number.repeat(np.diff(ends, prepend=0))
    line = number.repeat(np.diff(bounds))
    out_pens[:, 0] = (pens + offsets[:, 0]) * size + shift[line]
    out_pens[:, 1] = row[line, 1] - offsets[:, 1] * size
    _span(pens * size + shift[line], (pens + advances) * size + shift[line], first, out_spans)
    if clipped:
        np.clip(out_spans, 0.0, width, out=out_spans)


def _span(left: Floats, right: Floats, first: Ints, out_spans: Floats) -> None:
    if len(left):
        out_spans[:, 0] = np.minimum.reduceat(left, first[:-1])
        out_spans[:, 1] = np.maximum.reduceat(right, first[:-1])


def reach(  # noqa: PLR0913, PLR0917
    words: Ints,
    starts: Ints,
    first: Ints,
    ends: Ints,
    left: Floats,
    right: Floats,
    lines: Floats,
    size: float,
    out_words: Ints,
    out_spans: Floats,
) -> int:
    """Where words stand: `words` (w × 2 bytes) lie on lines as `lay` gives them.

    Out come start, end and line ((w + l) × 3) and left and right edge ((w + l) × 2), overhanging
    ink included, of each word, or of each part of one broken over lines; and how many there are.
    """
    parts = _parts(words, starts, ends.tolist())
    if not len(parts):
        return 0
    low, high, line = parts.T
    turns = np.stack((first[low], first[high]), axis=1).ravel()
    # One more glyph, so that the last part may end with the text.
    start = np.minimum.reduceat(np.append(left, np.inf), turns)[::2]
    stop = np.maximum.reduceat(np.append(right, -np.inf), turns)[::2]
    # A joiner or a control after a space hangs with it: there is nothing to see.
    seen = start <= stop
    used = int(np.count_nonzero(seen))
    low, high, line = low[seen], high[seen], line[seen]
    out_words[:used, 0], out_words[:used, 1], out_words[:used, 2] = starts[low], starts[high], line
    out_spans[:used, 0] = start[seen] * size + lines[line, 2]
    out_spans[:used, 1] = stop[seen] * size + lines[line, 2]
    return used


def _parts(words: Ints, starts: Ints, stops: list[int]) -> Ints:
    """First cluster, last cluster (exclusive) and line of each word, or of its part on a line."""
    low = starts[:-1].searchsorted(words[:, 0], "right") - 1
    high = starts.searchsorted(words[:, 1])
    parts: list[tuple[int, int, int]] = []
    line = 0
    for at, end in zip(low.tolist(), high.tolist(), strict=True):
        while at < end:
            while stops[line] <= at:
                line += 1
            stop = min(end, stops[line])
            parts.append((at, stop, line))
            at = stop
    return np.array(parts, np.int32)
