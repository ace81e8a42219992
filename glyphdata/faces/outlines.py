"""The outlines of every glyph in use, in em units, kept for all the faces of a process.

A glyph is fetched once and is then a row of flat arrays, which the drawing kernel reads as they
are. What is kept are outlines, not bitmaps: any size and any map of the plane draws from the same
row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.errors import InputError

MOVE, LINE, QUAD, CUBIC = range(4)
USES = (1, 1, 2, 3)
"""How many points each verb takes."""

_USES = np.array(USES)

Scalar = TypeVar("Scalar", bound=np.generic)

_UNKNOWN = -1
_UNKNOWN_BYTES = np.int32(_UNKNOWN).tobytes()
_FARTHEST_EM = 1e6
_BYTES_PER_ROW = 25


class Outlines:
    """Glyph outlines as flat arrays, one row per glyph.

    Row r has the verbs `verbs[starts[r, 0] : starts[r + 1, 0]]` (0 move, 1 line, 2 quadratic,
    3 cubic) and the points `points[starts[r, 1] : starts[r + 1, 1]]` (em, y up); a contour closes
    itself. `extents[r]` is x_min, y_min, x_max, y_max of the curves themselves in em, zeros for a
    glyph without ink, and `inked[r]` says whether there is any. `cap_bytes` is the size from which
    `trim` empties the store.
    """

    def __init__(self, cap_bytes: int = 64 * 1024 * 1024) -> None:
        self.cap_bytes = cap_bytes
        self._pen = _Pen()
        self._empty()

    def _empty(self) -> None:
        self._rows: dict[int, NDArray[np.int32]] = {}
        self._points = np.empty((4096, 2), np.float32)
        self._verbs = np.empty(4096, np.uint8)
        self._starts = np.zeros((256, 2), np.int32)
        self._extents = np.empty((256, 4), np.float32)
        self._inked = np.empty(256, np.bool_)
        self._count = 0
        self._index_bytes = 0
        self._show()

    def _show(self) -> None:
        verbs, points = (int(v) for v in self._starts[self._count])
        self.points: NDArray[np.float32] = self._points[:points]
        self.verbs: NDArray[np.uint8] = self._verbs[:verbs]
        self.starts: NDArray[np.int32] = self._starts[: self._count + 1]
        self.extents: NDArray[np.float32] = self._extents[: self._count]
        self.inked: NDArray[np.bool_] = self._inked[: self._count]

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """How many bytes the outlines take that are kept now."""
        rows = _BYTES_PER_ROW * self._count + self._index_bytes
        return self.points.nbytes + self.verbs.nbytes + rows

    def known(self, token: int) -> NDArray[np.int32] | None:
        """The row of each glyph of the face, -1 where it has none yet; None for a new face."""
        return self._rows.get(token)

    def rows(
        self, token: int, font: hb.Font, upem: int, glyphs: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The row of each glyph of the face `token`; the same shape as `glyphs`.

        `font` is scaled to `upem` units per em, its variations set; the same token must always come
        with the same font. Rows hold until `trim` empties the store. `InputError` for a glyph the
        face does not have, or one whose outline is not finite.
        """
        known = self._rows.get(token)
        if known is None:
            known = np.full(max(font.face.glyph_count, 1), _UNKNOWN, np.int32)
            self._rows[token] = known
            self._index_bytes += known.nbytes
        try:
            found = known.take(glyphs)
        except IndexError:
            raise InputError(
                f"face {token} has {len(known)} glyphs, not one numbered {int(glyphs.max())}",
                hint="the text was shaped with another font than it is drawn with",
            ) from None
        # Looking for the bytes of -1 first costs a tenth of a minimum over a word's few glyphs.
        if _UNKNOWN_BYTES in found.tobytes() and found.min() < 0:
            try:
                for glyph in dict.fromkeys(glyphs[found < 0].tolist()):
                    known[glyph] = self._fetch(token, font, upem, glyph)
            finally:  # what was fetched before a fault has its row
                self._show()
            found = known[glyphs]
        return found

    def trim(self) -> bool:
        """Empty the store if it has outgrown its cap; every row given out is void where it had."""
        if self.nbytes <= self.cap_bytes:
            return False
        self._empty()
        return True

    def _fetch(self, token: int, font: hb.Font, upem: int, glyph: int) -> int:
        drawn, flat = self._pen.outline(font, glyph)
        verbs = np.array(drawn, np.uint8)
        points = np.array(flat, np.float64).reshape(-1, 2) / upem
        if not np.abs(points).max(initial=0.0) <= _FARTHEST_EM:
            raise InputError(
                f"face {token}: the outline of glyph {glyph} has coordinates out of all proportion",
                hint="retire the face; its file is broken",
            )
        row = self._count
        verb, point = (int(v) for v in self._starts[row])
        self._grow(verb + len(verbs), point + len(points))
        self._points[point : point + len(points)] = points
        self._verbs[verb : verb + len(verbs)] = verbs
        self._starts[row + 1] = verb + len(verbs), point + len(points)
        box = extrema(verbs, points)
        self._extents[row] = box
        self._inked[row] = box[0] < box[2] and box[1] < box[3]
        self._count += 1
        return row

    def _grow(self, verbs: int, points: int) -> None:
        self._points = _roomier(self._points, points)
        self._verbs = _roomier(self._verbs, verbs)
        self._starts = _roomier(self._starts, self._count + 2)
        self._extents = _roomier(self._extents, self._count + 1)
        self._inked = _roomier(self._inked, self._count + 1)


class _Pen:
    """Collects what HarfBuzz draws: verbs, and points laid end to end in font units."""

    def __init__(self) -> None:
        self._funcs = hb.DrawFuncs()
        self._funcs.set_move_to_func(self._move)
        self._funcs.set_line_to_func(self._line)
        self._funcs.set_quadratic_to_func(self._quad)
        self._funcs.set_cubic_to_func(self._cubic)
        self._funcs.set_close_path_func(self._close)
        self._verbs: list[int] = []
        self._flat: list[float] = []

    def outline(self, font: hb.Font, glyph: int) -> tuple[list[int], list[float]]:
        self._verbs, self._flat = [], []
        font.draw_glyph(glyph, self._funcs, None)
        return self._verbs, self._flat

    def _move(self, x: float, y: float, _: object) -> None:
        self._verbs.append(MOVE)
        self._flat += (x, y)

    def _line(self, x: float, y: float, _: object) -> None:
        self._verbs.append(LINE)
        self._flat += (x, y)

    def _quad(self, x1: float, y1: float, x: float, y: float, _: object) -> None:
        self._verbs.append(QUAD)
        self._flat += (x1, y1, x, y)

    def _cubic(
        self, x1: float, y1: float, x2: float, y2: float, x: float, y: float, _: object
    ) -> None:
        self._verbs.append(CUBIC)
        self._flat += (x1, y1, x2, y2, x, y)

    def _close(self, _: object) -> None:
        """Contours close themselves."""


def extrema(
    verbs: NDArray[np.uint8], points: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """x_min, y_min, x_max, y_max that the curves themselves reach; zeros without any.

    `points` (n × 2, any unit) are those of the verbs laid end to end. Only a curve with a control
    point beyond every curve's ends can reach further than they do.
    """
    if len(verbs) == 0:
        return 0.0, 0.0, 0.0, 0.0
    ends = np.cumsum(_USES[verbs]) - 1
    on = points[ends]
    low, high = on.min(axis=0), on.max(axis=0)
    beyond = np.flatnonzero(((points < low) | (points > high)).any(axis=1))
    (x_min, y_min), (x_max, y_max) = low.tolist(), high.tolist()
    for curve in np.unique(np.searchsorted(ends, beyond)).tolist():
        xs, ys = points[ends[curve - 1] : ends[curve] + 1].T.tolist()
        across, upward = _turns(xs), _turns(ys)
        x_min, x_max = min(x_min, *across), max(x_max, *across)
        y_min, y_max = min(y_min, *upward), max(y_max, *upward)
    return x_min, y_min, x_max, y_max


def _turns(curve: Sequence[float]) -> list[float]:
    """Where one coordinate of a Bézier curve starts, and where it turns back between its ends."""
    if len(curve) == 3:
        p, q, r = curve
        roots = _roots(0.0, p - 2.0 * q + r, q - p)
        return [p, *(p + t * (2.0 * (q - p) + t * (p - 2.0 * q + r)) for t in roots)]
    p, q, r, s = curve
    a, b, c = s - p + 3.0 * (q - r), 3.0 * (p - 2.0 * q + r), 3.0 * (q - p)
    return [p, *(p + t * (c + t * (b + t * a)) for t in _roots(3.0 * a, 2.0 * b, c))]


def _roots(a: float, b: float, c: float) -> list[float]:
    """Where a·t² + b·t + c is zero for 0 < t < 1, by the quadratic formula that cancels nothing."""
    found = []
    square = b * b - 4.0 * a * c
    if square >= 0.0:
        half = -0.5 * (b + math.copysign(math.sqrt(square), b))
        found = [half / a] if a else []
        found += [c / half] if half else []
    return [t for t in found if 0.0 < t < 1.0]


def _roomier(array: NDArray[Scalar], length: int) -> NDArray[Scalar]:
    """The same array, or a copy at least twice as long if `length` items do not fit."""
    if length <= len(array):
        return array
    grown = np.empty((max(length, 2 * len(array)), *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
