"""The arithmetic of typesetting in numpy: slower, and the same numbers as `_setting.c`.

How lines are found stands in `twin_lines`. Arrays named `out_*` are filled; every other argument is
only read. Lengths are those of `Shaped`: n glyphs, c clusters, l lines.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.scene.typeset import Floats, Ints
from glyphdata.typeset.shaped import along_of, pairs_of, rows_of, set_edges

_UNSAFE = hb.GlyphFlags.UNSAFE_TO_BREAK


def read(
    infos: list[hb.GlyphInfo],
    positions: list[hb.GlyphPosition],
    start: int,
    backwards: int,
    out_glyphs: Ints,
    out_clusters: Ints,
    out_units: Floats,
) -> int:
    """Read HarfBuzz's answer out: glyph ids (n), `start` plus clusters (n), and in font units the
    advance and the offset to the right and up (n × 3); last glyph first where `backwards`.

    How many glyphs are number 0, the missing glyph, is returned.
    """
    step = -1 if backwards else 1
    out_glyphs[::step] = [info.codepoint for info in infos]
    out_clusters[::step] = [start + info.cluster for info in infos]
    out_units[::step, 0] = [position.x_advance for position in positions]
    out_units[::step, 1] = [position.x_offset for position in positions]
    out_units[::step, 2] = [position.y_offset for position in positions]
    return len(infos) - int(np.count_nonzero(out_glyphs))


def plain(
    data: bytes,
    found: Ints,
    rows: Ints,
    inked: NDArray[np.bool_],
    out_starts: Ints,
    out_hangs: NDArray[np.bool_],
) -> bool:
    """Has each character of the UTF-8 `data` one glyph, its own by HarfBuzz's clusters `found`, and
    each glyph ink, by its row, unless it is a space?

    Then out come the byte at which each starts, then the length (n + 1), and which have no ink.
    """
    cells = np.frombuffer(data, np.uint8)
    starts = np.flatnonzero((cells & 0xC0) != 0x80)
    if len(starts) != len(found) or (starts != found).any():
        return False
    out_starts[:-1], out_starts[-1] = starts, len(data)
    np.logical_not(inked[rows], out=out_hangs)
    return bool((cells[starts][out_hangs] == 32).all())


def set_plainly(  # noqa: PLR0913, PLR0917
    parts: list[tuple[int, list[hb.GlyphInfo], list[hb.GlyphPosition]]],
    data: bytes,
    known: Ints,
    inked: NDArray[np.bool_],
    extents: NDArray[np.float32],
    em: float,
    backwards: int,
    ascent: float,
    descent: float,
    out_glyphs: Ints,
    out_starts: Ints,
    out_hangs: NDArray[np.bool_],
    out_flat: Floats,
) -> tuple[float, float] | None:
    """What `read`, `plain` and `gather` find, at one go; None to have them asked.

    `parts` are HarfBuzz's answers, each with the byte it begins at; `known` has the row of each
    glyph of the face. Only compiled code knows a short cut that is shorter.
    """
    return None


def unsafe(
    infos: list[hb.GlyphInfo], starts: Ints, first: Ints, ends: tuple[int, ...]
) -> list[int]:
    """Those of the bytes `ends`, in order, at which the glyphs may not be parted.

    HarfBuzz says so of the glyph that comes after (UNSAFE_TO_BREAK).
    """
    inner = [end for end in ends if 0 < end <= starts[-2:].min()]
    glyphs = first[starts.searchsorted(inner)].tolist() if inner else ()
    return [end for end, at in zip(inner, glyphs, strict=True) if _UNSAFE in infos[at].flags]


def gather(  # noqa: PLR0913, PLR0917 - flat arrays, for the sake of C
    units: Floats,
    rows: Ints,
    extents: NDArray[np.float32],
    hangs: NDArray[np.bool_],
    em: float,
    backwards: int,
    ascent: float,
    descent: float,
    out_glyphs: Floats,
) -> tuple[float, float]:
    """Where glyphs stand along an endless line (`flat` of `Shaped`), from `units` (as `read`
    gives them) times `em`; and the ascent and descent that hold the given ones and all ink.
    """
    out_along = along_of(out_glyphs)
    out_advances, out_pens, _, _ = rows_of(out_glyphs)
    out_offsets, out_ink = pairs_of(out_glyphs)
    boxes = extents[rows].astype(np.float64)
    np.multiply(units[:, 0], em, out=out_advances)
    np.multiply(units[:, 1:], em, out=out_offsets)
    np.add(boxes[:, ::2], out_offsets[:, :1], out=out_ink)
    heights = boxes[:, 1::2] + out_offsets[:, 1:]
    out_along[0] = 0.0
    np.cumsum(out_advances, out=out_along[1:])
    out_pens[:] = -out_along[1:] if backwards else out_along[:-1]
    set_edges(out_glyphs, hangs, mixed=False)
    top = heights[:, 1].max(initial=ascent)
    return float(top), float(-heights[:, 0].min(initial=-descent))


def place(  # noqa: PLR0913, PLR0917
    glyphs: Floats,
    starts: Ints,
    first: Ints,
    hangs: NDArray[np.bool_],
    data: bytes,
    words: Ints | None,
    line_ends: tuple[int, ...],
    size: float,
    across: tuple[float, float],
    tall: tuple[float, float],
    spacing: float,
    backwards: int,
    out_pens: Floats,
    out_clusters: Ints,
    out_spans: Floats,
    out_lines: Ints,
    out_line_spans: Floats,
    out_rows: Floats,
    out_words: Ints,
    out_word_spans: Floats,
) -> int:
    """The arrays of `SetBox` from `glyphs` (`flat` of `Shaped`) at `size` pixels per em.

    Lines end at the bytes `line_ends`; `across` is the frame's width and the share of a line's room
    that goes to its left, `tall` ascent and descent in em. `words` (w × 2 bytes; None: stretches of
    `data` between spaces) count once on each line; their number, or -1 for unfit ends, is returned.
    """
    ends = _ends_of(starts, line_ends)
    if ends is None:
        return -1
    _set_rows(tall[0] * size, (tall[0] + tall[1]) * size, spacing, out_rows)
    shifts = _lay(glyphs, first, ends, size, across, backwards, out_line_spans)
    _set_tables(starts, ends, out_clusters, out_lines)
    line = np.arange(len(ends)).repeat(np.diff(first[ends], prepend=0))
    _span(glyphs, first, size, shifts[line], out_rows[line, 1], out_pens, out_spans)
    if hangs.any():
        np.clip(out_spans, 0.0, across[0], out=out_spans)
    parts = _parts(_between_spaces(data) if words is None else words, starts, ends.tolist())
    return _reach(glyphs, starts, first, parts, size, shifts, out_words, out_word_spans)


def _set_tables(starts: Ints, ends: Ints, out_clusters: Ints, out_lines: Ints) -> None:
    out_lines[:, 0], out_lines[:, 1] = starts[np.append(0, ends[:-1])], starts[ends]
    out_clusters[:, 0], out_clusters[:, 1] = starts[:-1], starts[1:]
    out_clusters[:, 2] = np.arange(len(ends)).repeat(np.diff(ends, prepend=0))


def _set_rows(ascent: float, height: float, spacing: float, out_rows: Floats) -> None:
    out_rows[:, 0] = np.arange(len(out_rows)) * (height * spacing)
    out_rows[:, 1] = out_rows[:, 0] + ascent
    out_rows[:, 2] = out_rows[:, 0] + height


def _span(
    glyphs: Floats,
    first: Ints,
    size: float,
    shift: Floats,
    baseline: Floats,
    out_pens: Floats,
    out_spans: Floats,
) -> None:
    """Where pens and clusters stand, by the shift and the baseline of each glyph's line."""
    advances, pens, _, _ = rows_of(glyphs)
    offsets = pairs_of(glyphs)[0]
    out_pens[:, 0] = (pens + offsets[:, 0]) * size + shift
    out_pens[:, 1] = baseline - offsets[:, 1] * size
    if len(pens):
        left, right = pens * size + shift, (pens + advances) * size + shift
        out_spans[:, 0] = np.minimum.reduceat(left, first[:-1])
        out_spans[:, 1] = np.maximum.reduceat(right, first[:-1])


def _ends_of(starts: Ints, line_ends: tuple[int, ...]) -> Ints | None:
    """The clusters that lines end before, or None where their bytes are at fault."""
    size = int(starts[-1])
    rising = all(a < b for a, b in pairwise((0 if size else -1, *line_ends)))
    if not line_ends or line_ends[-1] != size or not rising:
        return None
    ends = starts.searchsorted(line_ends).astype(np.int32)
    return ends if tuple(starts[ends].tolist()) == line_ends else None


def _lay(
    glyphs: Floats,
    first: Ints,
    ends: Ints,
    size: float,
    across: tuple[float, float],
    backwards: int,
    out_line_spans: Floats,
) -> Floats:
    """How far each line is shifted; and where it reaches."""
    bounds = np.append(0, first[ends])
    edge = np.append(0.0, along_of(glyphs)[bounds[1:-1]])
    low = high = -edge if backwards else edge
    if len(glyphs) > 1:
        _, _, left, right = rows_of(glyphs)
        low = np.minimum(np.minimum.reduceat(left, bounds[:-1]), low)
        high = np.maximum(np.maximum.reduceat(right, bounds[:-1]), high)
    start, stop = low * size, high * size
    shifts: Floats = (across[0] - (stop - start)) * across[1] - start
    out_line_spans[:, 0], out_line_spans[:, 1] = start + shifts, stop + shifts
    return shifts


def _between_spaces(data: bytes) -> Ints:
    inside = np.zeros(len(data) + 2, np.int8)
    inside[1:-1] = np.frombuffer(data, np.uint8) != 32
    return np.flatnonzero(inside[1:] != inside[:-1]).astype(np.int32).reshape(-1, 2)


def _reach(
    glyphs: Floats,
    starts: Ints,
    first: Ints,
    parts: Ints,
    size: float,
    shifts: Floats,
    out_words: Ints,
    out_spans: Floats,
) -> int:
    if not len(parts):
        return 0
    low, high, line = parts.T
    _, _, left, right = rows_of(glyphs)
    turns = np.stack((first[low], first[high]), axis=1).ravel()
    # One more glyph, so that the last part may end with the text.
    start = np.minimum.reduceat(np.append(left, np.inf), turns)[::2]
    stop = np.maximum.reduceat(np.append(right, -np.inf), turns)[::2]
    # A joiner or a control after a space hangs with it: there is nothing to see.
    seen = start <= stop
    used = int(np.count_nonzero(seen))
    low, high, line = low[seen], high[seen], line[seen]
    out_words[:used, 0], out_words[:used, 1], out_words[:used, 2] = starts[low], starts[high], line
    out_spans[:used, 0] = start[seen] * size + shifts[line]
    out_spans[:used, 1] = stop[seen] * size + shifts[line]
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
