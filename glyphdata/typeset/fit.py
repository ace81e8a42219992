"""How large a text may be: greedy lines, and the largest size at which they fit a rectangle."""

from __future__ import annotations

from typing import Literal, NamedTuple, NoReturn

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.typeset import Ints
from glyphdata.typeset import setting
from glyphdata.typeset.lines import byte_offsets, mandatory_breaks, may_be_prose, opportunities
from glyphdata.typeset.measure import standing
from glyphdata.typeset.shape import reshaped
from glyphdata.typeset.shaped import Shaped, Stretches

# Widths and heights that differ by rounding alone are taken for equal.
_SLACK = 1.0 + 1e-9
_NOWHERE = np.zeros(0, np.int32)


class Fit(NamedTuple):
    """A text broken into lines at a size.

    `line_ends` are byte offsets; `width_px` and `height_px` are snug: the widest line, overhanging
    ink included, and the rows of all lines; of columns, all of them and the longest. `shaped` is
    the text as these lines need it shaped: hand it to `place`.
    """

    size_px: float
    line_ends: tuple[int, ...]
    width_px: float
    height_px: float
    shaped: Shaped


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
    apart; so are columns, as long as the height. None where not even the smallest size fits.
    The number of lines never falls as the size grows, so the sizes that fit are an interval and
    bisection finds its end, to 0.2 % or better.
    """
    smallest, largest = size_px
    if not 0.0 < smallest <= largest or line_spacing <= 0.0:
        _refuse(size_px, line_spacing)
    if shaped.wanted.direction == "ttb":
        found = _fit(shaped, height_px, width_px, size_px, line_spacing, max_lines)
        return found and found._replace(width_px=found.height_px, height_px=found.width_px)
    return _fit(shaped, width_px, height_px, size_px, line_spacing, max_lines)


def _fit(
    shaped: Shaped,
    width_px: float,
    height_px: float,
    size_px: tuple[float, float],
    line_spacing: float,
    max_lines: int | None,
) -> Fit | None:
    """`fit` of lines, or of columns in the frame that is turned to hold them as lines."""
    best = _best(shaped, width_px, height_px, size_px, line_spacing, max_lines)
    if best is None:
        return None
    size, widest, line_ends = best
    lines = len(line_ends)
    if lines == 1 and shaped.levels is None:
        return Fit(size, line_ends, widest * size, shaped.line_height_em * size, shaped)
    final = reshaped(shaped, line_ends)
    if final is not shaped or shaped.levels is not None:
        widest = _widest(final, line_ends)
    rows = final.line_height_em * (1.0 + (lines - 1) * line_spacing)
    if final is not shaped:  # a break may have undone some kerning
        room = width_px / widest if widest > 0.0 else size
        size = min(size, room, height_px / rows)
        if size * _SLACK < size_px[0]:
            return None
    return Fit(size, line_ends, widest * size, rows * size, final)


def _best(
    shaped: Shaped,
    width_px: float,
    height_px: float,
    sizes: tuple[float, float],
    line_spacing: float,
    max_lines: int | None,
) -> tuple[float, float, tuple[int, ...]] | None:
    """The largest size, the widest line in em and the bytes at which the lines end."""
    wanted, most = shaped.wanted, -1 if max_lines is None else max_lines
    if may_be_prose(wanted.text, wanted.language):
        found: tuple[float, float, tuple[int, ...]] | Literal[False] | None = setting.fit_prose(
            shaped.flat, shaped.starts, shaped.first, wanted.data, int(wanted.direction == "rtl"),
            shaped.line_height_em, line_spacing, width_px, height_px, *sizes, most,
        )  # fmt: skip
        if found is not False:
            return found
    stretches = _stretches(shaped)
    last = np.empty(len(stretches.ends), np.int32)
    best = setting.largest(
        stretches.spans, stretches.paragraphs, shaped.line_height_em, line_spacing,
        width_px, height_px, *sizes, most, last,
    )  # fmt: skip
    if best is None:
        return None
    size, widest, lines = best
    return size, widest, _line_ends(shaped, stretches, last, lines)


def _widest(shaped: Shaped, line_ends: tuple[int, ...]) -> float:
    flat, backwards = shaped.flat, int(shaped.wanted.direction == "rtl")
    if shaped.levels is not None:
        flat = standing(shaped, np.searchsorted(shaped.starts, line_ends).astype(np.int32))
    return float(setting.widest(flat, shaped.starts, shaped.first, backwards, line_ends))


def _refuse(size_px: tuple[float, float], line_spacing: float) -> NoReturn:
    raise InputError(
        f"sizes {size_px} at line spacing {line_spacing} make no range",
        hint="give positive sizes, the smaller first, and a positive line spacing",
    )


def wrap(shaped: Shaped, width_em: float) -> tuple[int, ...]:
    """The byte offsets at which lines no wider than `width_em` end.

    A stretch without a break that is wider stands alone on its line.
    """
    stretches = _stretches(shaped)
    last = np.empty(len(stretches.ends), np.int32)
    lines = setting.wrap(stretches.spans, stretches.paragraphs, width_em, last)
    return _line_ends(shaped, stretches, last, lines)


def _line_ends(shaped: Shaped, stretches: Stretches, last: Ints, lines: int) -> tuple[int, ...]:
    """The bytes at which lines end whose last stretches are the first `lines` of `last`."""
    if lines == 1:
        return (len(shaped.wanted.data),)
    return tuple(shaped.starts[stretches.ends[last[:lines]]].tolist())


def _stretches(shaped: Shaped) -> Stretches:
    known = shaped.known.stretches
    if known is None:
        known = shaped.known.stretches = _stretched(shaped)
    return known


def _stretched(shaped: Shaped) -> Stretches:
    wanted = shaped.wanted
    breaks = opportunities(wanted.text, wanted.data, wanted.language)
    turns = _NOWHERE
    if not wanted.text.isprintable():
        turns = np.array(mandatory_breaks(wanted.text, byte_offsets(wanted.data)), np.int32)
        breaks = np.union1d(breaks, turns)
    most = len(breaks) + 1
    ends, spans = np.empty(most, np.int32), np.empty((most, 2))
    paragraphs = np.empty(len(turns) + 1, np.int32)
    count, parted = setting.stretch(
        shaped.flat, shaped.starts, shaped.first, breaks, turns,
        int(wanted.direction == "rtl"), ends, spans, paragraphs,
    )  # fmt: skip
    if count < most:
        ends, spans = ends[:count], spans[:count]
    return Stretches(ends, spans, paragraphs[:parted] if parted < len(paragraphs) else paragraphs)
