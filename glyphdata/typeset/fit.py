"""How large a text may be: greedy lines, and the largest size at which they fit a rectangle."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.typeset import Ints
from glyphdata.typeset.lines import byte_offsets, mandatory_breaks, opportunities
from glyphdata.typeset.measure import widest as widest_line
from glyphdata.typeset.shape import reshaped
from glyphdata.typeset.shaped import Shaped

Lines = tuple[float, list[int]]  # a size, and the last stretch of each line at it

# Sizes closer than this ratio are taken for equal.
_CLOSE = 1.002
# Widths and heights that differ by rounding alone are taken for equal.
_SLACK = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A text broken into lines at a size.

    `line_ends` are byte offsets; `width_px` and `height_px` are snug: the widest line, overhanging
    ink included, and the rows of all lines. `shaped` is the text as these lines need it shaped:
    hand it to `place`.
    """

    size_px: float
    line_ends: tuple[int, ...]
    width_px: float
    height_px: float
    shaped: Shaped


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """The unbreakable stretches of a text, in em along an endless line."""

    ends: Ints  # m: the cluster that each ends before
    fore: list[float]  # m: where a line that starts with it starts, ink included
    aft: list[float]  # m: where a line that ends with it ends, rising
    paragraphs: list[int]  # the number of the first stretch after each paragraph


def fit(
    shaped: Shaped,
    *,
    width_px: float,
    height_px: float,
    size_px: tuple[float, float],
    line_spacing: float,
    max_lines: int | None = None,
) -> Fit | None:
    """The text at the largest size within `size_px` (smallest, largest) at which it fits.

    Lines are broken greedily where the text allows, and stand `line_spacing` times the line height
    apart. None where not even the smallest size fits. The number of lines never falls as the size
    grows, so the sizes that fit are an interval and bisection finds its end, to 0.2 % or better.
    """
    smallest, largest = size_px
    _check(size_px, line_spacing)
    stretches = _stretches(shaped)
    height_em = shaped.line_height_em

    def largest_at(size: float) -> Lines | None:
        lines = _wrap(stretches, width_px / size * _SLACK)
        if lines is None or (max_lines is not None and len(lines) > max_lines):
            return None
        rows = height_em * (1.0 + (len(lines) - 1) * line_spacing)
        if rows * size > height_px * _SLACK:
            return None
        widest = _widest(stretches, lines)
        room = width_px / widest if widest > 0.0 else largest
        return max(min(room, height_px / rows, largest), size), lines

    best = largest_at(largest) or largest_at(smallest)
    if best is None:
        return None
    best = _bisected(largest_at, best, min(largest, height_px / height_em))
    return _settled(shaped, stretches, best, (width_px, height_px, smallest, line_spacing))


def _bisected(attempt: Callable[[float], Lines | None], best: Lines, over: float) -> Lines:
    """The largest size that `attempt` grants between the `best` so far and `over`."""
    while best[0] * _CLOSE < over:
        middle = (best[0] * over) ** 0.5
        found = attempt(middle)
        if found is None:
            over = middle
        else:
            best = found
    return best


def _check(size_px: tuple[float, float], line_spacing: float) -> None:
    smallest, largest = size_px
    if not 0.0 < smallest <= largest or line_spacing <= 0.0:
        raise InputError(
            f"sizes {size_px} at line spacing {line_spacing} make no range",
            hint="give positive sizes, the smaller first, and a positive line spacing",
        )


def _settled(
    shaped: Shaped,
    stretches: _Stretches,
    best: Lines,
    bounds: tuple[float, float, float, float],
) -> Fit | None:
    """The fit with its lines as they will stand: reshaped at unsafe breaks, in visual order."""
    size, lines = best
    width_px, height_px, smallest, line_spacing = bounds
    ends = stretches.ends[lines]
    line_ends = tuple(shaped.starts[ends].tolist())
    widest = _widest(stretches, lines)
    final = reshaped(shaped, line_ends)
    if final is not shaped or shaped.levels is not None:
        ends = np.searchsorted(final.starts, line_ends).astype(np.int32)
        widest = widest_line(final, ends)
    rows = final.line_height_em * (1.0 + (len(lines) - 1) * line_spacing)
    if final is not shaped:  # a break may have undone some kerning
        room = width_px / widest if widest > 0.0 else size
        size = min(size, room, height_px / rows)
        if size * _SLACK < smallest:
            return None
    return Fit(size, line_ends, widest * size, rows * size, final)


def wrap(shaped: Shaped, width_em: float) -> tuple[int, ...]:
    """The byte offsets at which lines no wider than `width_em` end.

    A stretch without a break that is wider stands alone on its line.
    """
    stretches = _stretches(shaped)
    lines = _wrap(stretches, width_em * _SLACK, overfull=True) or []
    return tuple(shaped.starts[stretches.ends[lines]].tolist())


def _stretches(shaped: Shaped) -> _Stretches:
    text, size = shaped.text, len(shaped.wanted.data)
    at = opportunities(text, shaped.wanted.data, shaped.wanted.language)
    forced = [] if text.isprintable() else mandatory_breaks(text, byte_offsets(shaped.wanted.data))
    fore, aft = shaped.left, shaped.right
    if shaped.wanted.direction == "rtl":
        fore, aft = -aft, -fore
    if not at.size and not forced:
        ends = np.array([len(shaped.starts) - 1], np.int32)
        return _Stretches(ends, [float(fore.min(initial=0.0))], [float(aft.max(initial=0.0))], [1])
    ends = np.append(at, size).astype(np.int32)
    if forced:
        ends = np.union1d(ends, np.array(forced, np.int32))
    clusters = ends
    if len(shaped.starts) != size + 1:
        clusters = shaped.starts.searchsorted(ends).astype(np.int32)
        clusters = clusters[shaped.starts[clusters] == ends]
    glyphs = np.zeros(len(clusters), np.int32)
    glyphs[1:] = shaped.first[clusters[:-1]]
    fore = np.minimum(np.minimum.reduceat(fore, glyphs), shaped.along[glyphs])
    aft = np.maximum.accumulate(np.maximum.reduceat(aft, glyphs))
    after = shaped.starts[clusters].searchsorted([*forced, size], "right").tolist()
    return _Stretches(
        clusters,
        np.minimum.accumulate(fore[::-1])[::-1].tolist(),
        np.maximum(aft, 0.0).tolist(),
        sorted(set(after)),
    )


def _wrap(stretches: _Stretches, width: float, overfull: bool = False) -> list[int] | None:
    """The last stretch of each line, greedily; None where one is wider than `width`."""
    fore, aft = stretches.fore, stretches.aft
    out: list[int] = []
    start = 0
    for end in stretches.paragraphs:
        while start < end:
            after = bisect_right(aft, fore[start] + width, start, end)
            if after == start:
                if not overfull:
                    return None
                after += 1
            out.append(after - 1)
            start = after
    return out


def _widest(stretches: _Stretches, lines: list[int]) -> float:
    fore, aft = stretches.fore, stretches.aft
    widest, start = 0.0, 0
    for last in lines:
        width = aft[last] - fore[start]
        if width > widest:
            widest = width
        start = last + 1
    return widest
