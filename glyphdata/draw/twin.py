"""The drawing kernel in numpy: slow, and the same bytes as `_kernel.c`.

It is what runs where there is no compiler, and what the compiled kernel is tested against.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.draw.coverage import Coverage, Longs, Window, trace
from glyphdata.faces.outlines import CUBIC, MOVE, USES


def draw(  # noqa: PLR0913, PLR0917 - flat arrays, as the compiled kernel takes them
    canvas: NDArray[np.uint8],
    layer: NDArray[np.uint8] | None,
    mask: NDArray[np.uint8] | NDArray[np.uint16] | None,
    strength: NDArray[np.uint8] | None,
    box_mask: NDArray[np.uint8] | None,
    points: NDArray[np.float32],
    verbs: NDArray[np.uint8],
    starts: NDArray[np.int32],
    rows: NDArray[np.int32],
    matrices: NDArray[np.float64],
    colors: NDArray[np.uint8],
    ids: NDArray[np.uint16],
    boxes: NDArray[np.uint8],
    threshold: int,
    ink: NDArray[np.int32],
    under: Longs,
    held: NDArray[np.uint8],
) -> tuple[int, int]:
    """Draw every glyph, one after another; `glyphdata.draw.kernel.draw` says what that means."""
    _check_targets(canvas, layer, mask, strength, box_mask)
    _check_glyphs(len(rows), (rows, matrices, colors, ids, boxes, ink, held))
    outlines = _checked_outlines(points, verbs, starts)
    _fits("under", under, np.int64, (len(under), 6))
    if not 0 <= threshold <= 255:
        raise ValueError("threshold must be 0 to 255")
    for i, row in enumerate(rows.tolist()):
        box = int(boxes[i])
        outline = _outline(outlines, row)
        if outline is None or box >= len(under):
            raise ValueError(f"glyph {i} has no such outline or box")
        ink[i] = 0
        if not len(outline[0]):
            continue
        traced = trace(*outline, matrices[i], canvas.shape[1], canvas.shape[0], i)
        if traced is None:
            continue
        window, cover = traced
        at = window.region
        # Where a glyph has been is no ground, but ink of ours.
        fresh = cover if mask is None or strength is None else np.where(strength[at] > 0, 0, cover)
        under[box] += _tally(canvas[at], fresh)
        for picture in (canvas, layer):
            if picture is not None:
                _blend(picture[at], cover, colors[i])
        ink[i] = _ink(window, cover)
        if mask is not None and strength is not None:
            won = _claimed(mask[at], strength[at], cover, threshold)
            mask[at][won] = ids[i] & np.iinfo(mask.dtype).max
            strength[at] = np.maximum(strength[at], cover)
            if box_mask is not None:
                box_mask[at][won] = (box + 1) & 0xFF
    held[:] = False if mask is None else [_holds(mask, ids[i], ink[i]) for i in range(len(rows))]
    return _rows_drawn(ink)


def _holds(
    mask: NDArray[np.uint8] | NDArray[np.uint16], number: np.uint16, ink: NDArray[np.int32]
) -> bool:
    """Has the mask that id anywhere in the ink's box?"""
    left, top, right, bottom = ink.tolist()
    return bool((mask[top:bottom, left:right] == number & np.iinfo(mask.dtype).max).any())


def _rows_drawn(ink: NDArray[np.int32]) -> tuple[int, int]:
    """The first row with ink and the one after the last; 0, 0 without any."""
    inked = ink[ink[:, 3] > 0]
    return (int(inked[:, 1].min()), int(inked[:, 3].max())) if len(inked) else (0, 0)


class _Store(NamedTuple):
    points: NDArray[np.float32]
    verbs: NDArray[np.uint8]
    starts: NDArray[np.int32]


def _fits(
    name: str, array: NDArray[np.generic], kind: type[np.generic], shape: tuple[int, ...]
) -> None:
    if array.dtype != kind or array.shape != shape or not array.flags.c_contiguous:
        raise ValueError(f"{name} must be a C-contiguous array of {kind.__name__}, shape {shape}")


def _check_targets(
    canvas: NDArray[np.uint8], *others: NDArray[np.uint8] | NDArray[np.uint16] | None
) -> None:
    size = (canvas.shape[0], canvas.shape[1])
    _fits("canvas", canvas, np.uint8, (*size, 3))
    layer, mask, strength, box_mask = others
    if layer is not None:
        _fits("layer", layer, np.uint8, (*size, 3))
    if mask is not None:
        if strength is None:
            raise ValueError("a mask needs its strength")
        _fits("mask", mask, np.uint8 if mask.dtype == np.uint8 else np.uint16, size)
    for name, array in (("strength", strength), ("box_mask", box_mask)):
        if array is not None:
            _fits(name, array, np.uint8, size)


_PER_GLYPH: tuple[tuple[str, type[np.generic], tuple[int, ...]], ...] = (
    ("rows", np.int32, ()),
    ("matrices", np.float64, (9,)),
    ("colors", np.uint8, (3,)),
    ("ids", np.uint16, ()),
    ("boxes", np.uint8, ()),
    ("ink", np.int32, (4,)),
    ("held", np.uint8, ()),
)


def _check_glyphs(count: int, arrays: tuple[NDArray[Any], ...]) -> None:
    for (name, kind, shape), array in zip(_PER_GLYPH, arrays, strict=True):
        _fits(name, array, kind, (count, *shape))


def _checked_outlines(
    points: NDArray[np.float32], verbs: NDArray[np.uint8], starts: NDArray[np.int32]
) -> _Store:
    _fits("points", points, np.float32, (len(points), 2))
    _fits("verbs", verbs, np.uint8, (len(verbs),))
    _fits("starts", starts, np.int32, (len(starts), 2))
    return _Store(points, verbs, starts)


def _outline(store: _Store, row: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None:
    """Verbs and points (em) of a row; None where there is none, or verbs and points do not fit."""
    if not 0 <= row < len(store.starts) - 1:
        return None
    (verb, point), (verb_end, point_end) = store.starts[row : row + 2].tolist()
    if not (0 <= verb <= verb_end <= len(store.verbs)):
        return None
    if not (0 <= point <= point_end <= len(store.points)):
        return None
    verbs = store.verbs[verb:verb_end]
    if len(verbs) and (verbs[0] != MOVE or verbs.max() > CUBIC):
        return None
    if int(np.array(USES)[verbs].sum()) != point_end - point:
        return None
    return verbs, store.points[point:point_end].astype(np.float64)


def _blend(pixels: NDArray[np.uint8], cover: Coverage, color: NDArray[np.uint8]) -> None:
    """Mix the colour in, `cover` of 255: round((dst · (255 - a) + colour · a) / 255), exactly."""
    a = cover[..., None].astype(np.int32)
    t = pixels * (255 - a) + color * a + 128
    pixels[:] = (t + (t >> 8)) >> 8


def _tally(pixels: NDArray[np.uint8], cover: Coverage) -> Longs:
    """The sums of a, a·R, a·G, a·B, a·luma and a·luma², luma being (77R + 150G + 29B) >> 8."""
    a = cover.astype(np.int64)
    r, g, b = np.moveaxis(pixels.astype(np.int64), -1, 0)
    luma = (77 * r + 150 * g + 29 * b) >> 8
    sums = (a, a * r, a * g, a * b, a * luma, a * luma * luma)
    return np.array([int(v.sum()) for v in sums], np.int64)


def _ink(window: Window, cover: Coverage) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels with any ink; zeros where there is none."""
    columns, rows = np.flatnonzero(cover.any(axis=0)), np.flatnonzero(cover.any(axis=1))
    if not len(rows):
        return 0, 0, 0, 0
    left, top = window.left, window.top
    return (
        left + int(columns[0]),
        top + int(rows[0]),
        left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
    )


def _claimed(
    mask: NDArray[np.uint8] | NDArray[np.uint16],
    strength: NDArray[np.uint8],
    cover: Coverage,
    threshold: int,
) -> NDArray[np.bool_]:
    """The pixels that the glyph takes; where it wins none, its strongest that nobody has."""
    won: NDArray[np.bool_] = (cover >= threshold) & (cover > strength)
    if won.any():
        return won
    free = np.where(mask == 0, cover, 0)
    best = int(free.argmax())
    won.flat[best] = free.flat[best] > 0
    return won
