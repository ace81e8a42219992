"""From an outline to the exact share of every pixel it covers: the numpy twin of `_coverage.h`.

Curves are flattened in IEEE doubles, in the same order of operations as there; points are rounded
to 1/256 pixel; from there on everything is whole numbers, so no order of summing matters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.faces.outlines import CUBIC, LINE, MOVE, QUAD, USES

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]
Coverage = NDArray[np.uint8]

SUB = 256
FULL = 2 * SUB * SUB
_REACH = 268435456.0  # 2^28 steps of 1/256 px: what lies further out is pulled in to here
_FINITE = 1e15
_FOURTH_POWERS = np.arange(1.0, 256.0) ** 4
# 1 / (4 · 7.68)² and (0.75 / 7.68)²: 7.68 steps are 0.03 px, the largest distance between a curve
# and its chords (h² / 8 times the largest second derivative).
_QUAD_FACTOR = 0.0010596381293402778
_CUBIC_FACTOR = 0.0095367431640625


class Window(NamedTuple):
    """The part of the canvas where a glyph may leave ink, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of a picture."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


def _rounded(v: Doubles) -> Longs:
    return np.rint(v).astype(np.int64)


def steps(v: Doubles) -> Longs:
    """The nearest whole number, halves to even, after pulling `v` within reach."""
    return _rounded(np.clip(v, -_REACH, _REACH))


def trace(
    outline: NDArray[np.uint8], em: Doubles, matrix: Doubles, width: int, height: int, glyph: int
) -> tuple[Window, Coverage] | None:
    """Where on the canvas an outline lies, and the share (0 to 255) of each pixel that it covers.

    `glyph` is its number, for errors. None where it lies outside. `ValueError` for a coordinate
    that is not finite, or behind the viewer.
    """
    with np.errstate(all="ignore"):
        m = matrix.copy()
        m[:6] *= SUB
        x = (m[0] * em[:, 0] + m[1] * em[:, 1]) + m[2]
        y = (m[3] * em[:, 0] + m[4] * em[:, 1]) + m[5]
        projective = bool(m[6] != 0.0 or m[7] != 0.0 or m[8] != 1.0)
        w = (m[6] * em[:, 0] + m[7] * em[:, 1]) + m[8] if projective else np.ones(len(em))
        seen = np.stack((x / w, y / w), axis=1)
        if (w <= 1e-9).any():
            raise ValueError(f"glyph {glyph} reaches behind the viewer")
        if not ((np.abs(seen) <= _FINITE).all() and (np.abs(w) <= _FINITE).all()):
            raise ValueError(f"glyph {glyph} has a coordinate that is not finite")
    low, high = steps(seen.min(axis=0)), steps(seen.max(axis=0))
    left, top = (max(int(v - 1) >> 8, 0) for v in low)
    right, bottom = (
        min((int(v + 1) >> 8) + 1, size) for v, size in zip(high, (width, height), strict=True)
    )
    if right <= left or bottom <= top:
        return None
    window = Window(left, top, right - left, bottom - top)
    if not projective:
        x, y = np.clip(x, -_REACH, _REACH), np.clip(y, -_REACH, _REACH)
    chords = _flattened(outline, np.stack((x, y, w), axis=1), projective)
    chords -= np.array([left, top, left, top]) * SUB
    return window, _cover(chords, window.width, window.height)


def _flattened(outline: NDArray[np.uint8], points: Doubles, projective: bool) -> Longs:
    """Every chord of the outline as x0, y0, x1, y1 in steps, those that close contours included."""
    ends = np.cumsum(np.array(USES)[outline]) - 1
    moves = np.flatnonzero(outline == MOVE)
    homes = ends[moves]
    finals = np.append(ends[moves[1:] - 1], ends[-1])
    parts = [_quantised(points[[finals, homes]].swapaxes(0, 1), projective)]
    lines = ends[outline == LINE]
    parts.append(_quantised(points[np.stack((lines - 1, lines), axis=1)], projective))
    for verb, degree in ((QUAD, 2), (CUBIC, 3)):
        last = ends[outline == verb]
        if len(last):
            control = points[last[:, None] + np.arange(-degree, 1)]
            parts.append(_curves(control, projective))
    return np.concatenate(parts)


def _quantised(chords: Doubles, projective: bool) -> Longs:
    """Chords n × 2 × (x, y, w) as whole steps, n × 4."""
    flat = steps(chords[..., :2] / chords[..., 2:]) if projective else _rounded(chords[..., :2])
    return flat.reshape(-1, 4)


def _curves(control: Doubles, projective: bool) -> Longs:
    """The chords of n Bézier curves of one degree; `control` is n × (degree + 1) × (x, y, w)."""
    seen = control[..., :2] / control[..., 2:] if projective else control[..., :2]
    second = (seen[:, :-2] - 2.0 * seen[:, 1:-1]) + seen[:, 2:]
    bend = (second[..., 0] * second[..., 0] + second[..., 1] * second[..., 1]).max(axis=1)
    bend *= _QUAD_FACTOR if control.shape[1] == 3 else _CUBIC_FACTOR
    pieces = np.searchsorted(_FOURTH_POWERS, bend) + 1  # the least n with n⁴ >= bend
    curve = np.repeat(np.arange(len(pieces)), pieces)
    k = np.arange(len(curve)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (1.0 / pieces)[curve]
    chords = np.stack((_at(control[curve], k * step), _at(control[curve], (k + 1) * step)), axis=1)
    chords[k == 0, 0] = control[:, 0]
    chords[k + 1 == pieces[curve], 1] = control[:, -1]
    return _quantised(chords, projective)


def _at(control: Doubles, parameter: Doubles) -> Doubles:
    """The point of each curve at its parameter, by Horner's scheme."""
    t = parameter[:, None]
    p, q, r = control[:, 0], control[:, 1], control[:, 2]
    if control.shape[1] == 3:
        out: Doubles = (((p - 2.0 * q) + r) * t + 2.0 * (q - p)) * t + p
        return out
    a = (control[:, 3] - p) + 3.0 * (q - r)
    cubic: Doubles = ((a * t + 3.0 * ((p - 2.0 * q) + r)) * t + 3.0 * (q - p)) * t + p
    return cubic


def _counted(first: Longs, last: Longs) -> tuple[Longs, Longs]:
    """For each range first..last (inclusive, maybe empty): which range, and which number in it."""
    count = np.maximum(last - first + 1, 0)
    which = np.repeat(np.arange(len(count)), count)
    return which, first[which] + np.arange(len(which)) - (np.cumsum(count) - count)[which]


def _cover(chords: Longs, width: int, height: int) -> Coverage:
    """The share of each pixel inside: signed areas of all chords, summed along the rows."""
    chords = chords[chords[:, 1] != chords[:, 3]]
    sign = np.where(chords[:, 1] > chords[:, 3], -1, 1)
    x0, y0, x1, y1 = np.where(sign[:, None] < 0, chords[:, [2, 3, 0, 1]], chords).T
    which, row = _counted(np.maximum(y0 >> 8, 0), np.minimum((y1 - 1) >> 8, height - 1))
    slope = ((x1 - x0) / (y1 - y0))[which]
    x0, y0, x1, y1 = x0[which], y0[which], x1[which], y1[which]
    y, below = np.maximum(y0, row * SUB), np.minimum(y1, (row + 1) * SUB)
    x = np.where(y == y0, x0, x0 + _rounded((y - y0) * slope))
    at = np.where(below == y1, x1, x0 + _rounded((below - y0) * slope))
    area = np.zeros((height, width + 1), np.int64)
    _add_spans(area, row, np.minimum(x, at), np.maximum(x, at), sign[which] * (below - y))
    # 32 bits that wrap around, as in C; only thousands of overlapping contours get there.
    total = np.cumsum(area[:, :width], axis=1).astype(np.int32).astype(np.int64)
    share = np.minimum(np.abs(total), FULL)
    return ((share * 255 + FULL // 2) >> 17).astype(np.uint8)


def _add_spans(area: Longs, row: Longs, left: Longs, right: Longs, rise: Longs) -> None:
    """Add the parts of rows between left <= right that rise by `rise` to the cells they cross."""
    last = (right - (right > left)) >> 8
    slope = rise / np.maximum(right - left, 1)
    outside = left < 0  # what lies left of the canvas counts in full from its edge on
    clipped = np.where(last < 0, rise, _rounded((0 - left) * slope))
    np.add.at(area[:, 0], row[outside], clipped[outside] * (2 * SUB))
    which, c = _counted(np.maximum(left >> 8, 0), np.minimum(last, area.shape[1] - 2))
    row, left, right, rise, slope = (v[which] for v in (row, left, right, rise, slope))
    x, end = np.maximum(left, c * SUB), np.minimum(right, (c + 1) * SUB)
    done = np.where(x == left, 0, _rounded((x - left) * slope))
    d = np.where(end == right, rise, _rounded((end - left) * slope)) - done
    s = x + end - 2 * SUB * c
    np.add.at(area, (row, c), d * (2 * SUB - s))
    np.add.at(area, (row, c + 1), d * s)
