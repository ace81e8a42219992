"""Finding lines without a compiler: slower, and the same numbers as `_setting.c`.

Arrays named `out_*` are filled; every other argument is only read. Stretches are those of
`shaped.Stretches`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Literal

import numpy as np

from glyphdata.scene.typeset import Floats, Ints
from glyphdata.typeset.shaped import along_of, rows_of

Lines = tuple[float, float, list[int]]  # a size, the widest line in em, each line's last stretch

# Sizes closer than this ratio are taken for equal.
_CLOSE = 1.002
# Widths and heights that differ by rounding alone are taken for equal.
_SLACK = 1.0 + 1e-9


def breaks(data: bytes, out_ends: Ints) -> int:
    """How many line ends plain prose allows, now in `out_ends`; -1 to have ICU asked.

    Only compiled code knows a short cut that is shorter.
    """
    return -1


def stretch(  # noqa: PLR0913, PLR0917 - flat arrays, for the sake of C
    glyphs: Floats,
    starts: Ints,
    first: Ints,
    breaks: Ints,
    turns: Ints,
    backwards: int,
    out_ends: Ints,
    out_spans: Floats,
    out_paragraphs: Ints,
) -> tuple[int, int]:
    """The unbreakable stretches of a text and its paragraphs; how many there are of each.

    Lines may end at the bytes `breaks` and must at `turns`, which are among them, and end with the
    text; ends within a cluster are left out. `glyphs` is `flat` of `Shaped`.
    """
    size = int(starts[-1])
    bounds = np.append(breaks[breaks < size], size)
    ends = starts.searchsorted(bounds).astype(np.int32)
    ends = ends[starts[ends] == bounds]
    m = len(ends)
    from_glyph = np.append(0, first[ends[:-1]])
    _, _, fore, aft = rows_of(glyphs)
    if backwards:
        fore, aft = -aft, -fore
    low, high = along_of(glyphs)[from_glyph], np.zeros(m)
    if len(fore):
        low = np.minimum(np.minimum.reduceat(fore, from_glyph), low)
        high = np.maximum.accumulate(np.maximum.reduceat(aft, from_glyph))
    out_ends[:m] = ends
    out_spans[:m, 0] = np.minimum.accumulate(low[::-1])[::-1]
    out_spans[:m, 1] = np.maximum(high, 0.0)
    after = np.append(starts[ends].searchsorted(turns, "right"), m)
    paragraphs = np.unique(after[after > 0])
    out_paragraphs[: len(paragraphs)] = paragraphs
    return m, len(paragraphs)


def largest(  # noqa: PLR0913, PLR0917
    spans: Floats,
    paragraphs: Ints,
    height_em: float,
    spacing: float,
    width: float,
    height: float,
    smallest: float,
    largest: float,
    most: int,
    out_last: Ints,
) -> tuple[float, float, int] | None:
    """The largest size, the widest line in em and the number of lines with which stretches fit a
    rectangle, their last stretches in `out_last`; None where not even `smallest` fits.

    A line is `height_em` high and the next `spacing` times that lower; there are no more than
    `most` where that is not negative.
    """
    fore, aft = spans.T.tolist()
    parted = paragraphs.tolist()

    def attempt(size: float) -> Lines | None:
        lines = _wrap(fore, aft, parted, width / size * _SLACK)
        if lines is None or 0 <= most < len(lines):
            return None
        rows = height_em * (1.0 + (len(lines) - 1) * spacing)
        if rows * size > height * _SLACK:
            return None
        widest = _widest(fore, aft, lines)
        room = width / widest if widest > 0.0 else largest
        return max(min(room, height / rows, largest), size), widest, lines

    best = attempt(largest) or attempt(smallest)
    if best is None:
        return None
    size, widest, lines = _bisected(attempt, best, min(largest, height / height_em))
    out_last[: len(lines)] = lines
    return size, widest, len(lines)


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


def _widest(fore: list[float], aft: list[float], lines: list[int]) -> float:
    starts = (0, *(last + 1 for last in lines))
    return max(0.0, *(aft[last] - fore[start] for start, last in zip(starts, lines, strict=False)))


def widest(
    glyphs: Floats, starts: Ints, first: Ints, backwards: int, line_ends: tuple[int, ...]
) -> float:
    """The width in em of the widest line, overhanging ink included and hanging space not.

    Lines end at the bytes `line_ends`; `glyphs` is `flat` of `Shaped`, exact for these lines.
    """
    if len(glyphs) < 2:
        return 0.0
    ends = starts.searchsorted(line_ends)
    bounds = np.append(0, first[ends[:-1]])
    edge = along_of(glyphs)[bounds]
    edge = -edge if backwards else edge
    _, _, left, right = rows_of(glyphs)
    line_left = np.minimum(np.minimum.reduceat(left, bounds), edge)
    line_right = np.maximum(np.maximum.reduceat(right, bounds), edge)
    return float((line_right - line_left).max())


def fit_prose(  # noqa: PLR0913, PLR0917
    glyphs: Floats,
    starts: Ints,
    first: Ints,
    data: bytes,
    backwards: int,
    height_em: float,
    spacing: float,
    width: float,
    height: float,
    smallest: float,
    largest: float,
    most: int,
) -> tuple[float, float, tuple[int, ...]] | Literal[False] | None:
    """What `breaks`, `stretch` and `largest` find, at one go, with the bytes at which lines end.

    None where not even `smallest` fits, False to have the three asked: only compiled code knows a
    short cut that is shorter.
    """
    return False


def wrap(spans: Floats, paragraphs: Ints, width: float, out_last: Ints) -> int:
    """How many lines of `width` em stretches make, their last stretches now in `out_last`.

    A stretch that is wider stands alone on its line.
    """
    fore, aft = spans.T.tolist()
    lines = _wrap(fore, aft, paragraphs.tolist(), width * _SLACK, overfull=True) or []
    out_last[: len(lines)] = lines
    return len(lines)


def _wrap(
    fore: list[float],
    aft: list[float],
    paragraphs: list[int],
    width: float,
    overfull: bool = False,
) -> list[int] | None:
    """The last stretch of each line, greedily; None where one is wider than `width`."""
    out: list[int] = []
    start = 0
    for end in paragraphs:
        while start < end:
            after = bisect_right(aft, fore[start] + width, start, end)
            if after == start:
                if not overfull:
                    return None
                after += 1
            out.append(after - 1)
            start = after
    return out
