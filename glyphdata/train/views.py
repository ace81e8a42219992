"""Pixels for a step: pictures at the size that a tower sees, strips of boxes, patches covered.

A JPEG is decoded no larger than it has to be (the decoder leaves out what a smaller picture does
not need), and never smaller than what is made of it. Coordinates go by the exact ratio of sizes.
"""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from glyphdata.errors import InputError
from glyphdata.shards.dataset import MAX_PIXELS

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_FINEST = 8  # samples along each side of a strip's pixel
_SOFT = 1.25  # below this ratio two by two neighbours are enough
_LINES = 8  # places in a row of patches where a box's width is measured


def decoded(image: bytes, width: int, height: int, least: tuple[int, int]) -> U8:
    """The picture as u8 [height, width, 3], sRGB, at least `least` (height, width) where it is.

    `width` and `height` are what it must have in full; `InputError` where it has others, or cannot
    be read.
    """
    try:
        if image[:2] == b"\xff\xd8":
            tall, wide, *_ = simplejpeg.decode_jpeg_header(image)
            _check(wide, tall, width, height)
            rows, columns = min(least[0], height), min(least[1], width)
            pixels: U8 = simplejpeg.decode_jpeg(image, "RGB", min_height=rows, min_width=columns)
            return pixels
        with Image.open(io.BytesIO(image), formats=("PNG", "WEBP")) as opened:
            _check(*opened.size, width, height)
            return np.array(opened.convert("RGB"))
    except (ValueError, OSError, UnidentifiedImageError, Image.DecompressionBombError) as fault:
        raise InputError(f"its picture cannot be read: {fault}") from None


def whole(pixels: U8, out: U8) -> None:
    """Put a picture into `out`, u8 [height, width, 3], whatever its shape was."""
    height, width = out.shape[:2]
    if pixels.shape == out.shape:
        out[:] = pixels
        return
    ratio = max(pixels.shape[0] / height, pixels.shape[1] / width)
    how = cv2.INTER_LINEAR if ratio <= _SOFT else cv2.INTER_AREA
    cv2.resize(pixels, (width, height), dst=out, interpolation=how)


def grown(quad: F64, margin: float) -> F64:
    """A quad [4, 2] with `margin` of its height added on every side, along its own edges."""
    height = _side(quad, 0, 3, 1, 2)
    along, down = quad[1] - quad[0] + quad[2] - quad[3], quad[3] - quad[0] + quad[2] - quad[1]
    right, below = (
        edge / length * (margin * height) if (length := math.hypot(*edge)) > 0 else edge * 0.0
        for edge in (along, down)
    )
    moves = (-right - below, right - below, right + below, below - right)
    return np.asarray(quad + np.array(moves), np.float64)


def strip(pixels: U8, quad: F64, out: U8) -> F64:
    """Put what lies in a quad [4, 2] (pixels of `pixels`) upright into `out`, u8 [h, w, 3].

    Where the picture is larger than the strip it is sampled finer and averaged. The map of the
    plane that takes the quad to the strip's corners is returned, [3, 3], in shares of the strip.
    """
    height, width = out.shape[:2]
    across = _finer(_side(quad, 0, 1, 3, 2) / width)
    down = _finer(_side(quad, 0, 3, 1, 2) / height)
    wide, tall = width * across, height * down
    corners = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    # OpenCV's whole numbers are the centres of pixels; ours are their corners.
    there = cv2.getPerspectiveTransform(quad.astype(np.float32) - 0.5, corners - 0.5)
    fine = cv2.warpPerspective(
        pixels, there, (wide, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if across == down == 1:
        out[:] = fine
    else:
        cv2.resize(fine, (width, height), dst=out, interpolation=cv2.INTER_AREA)
    shares = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(quad.astype(np.float32), shares), np.float64)


def moved(there: F64, quad: F64) -> F64:
    """Where a map of the plane [3, 3] takes the corners of a quad [4, 2]."""
    at = np.column_stack((quad, np.ones(4))) @ there.T
    return np.asarray(at[:, :2] / at[:, 2:], np.float64)


def ratio(quad: F64, height: int, width: int) -> float:
    """How many times larger a quad is than a strip, along the side where it is least so."""
    return min(_side(quad, 0, 1, 3, 2) / width, _side(quad, 0, 3, 1, 2) / height)


def cover(quads: F32, rows: int, columns: int) -> F32:
    """How much of each patch each quad covers: f32 [B, rows * columns], each row adds up to 1.

    `quads` [B, 4, 2] are convex, in shares of the view. The area is measured exactly along x and at
    eight places of each row of patches, spread over the part of the row that the quad reaches:
    exact for upright boxes. A quad outside of the view, or without area, owns the patch that is
    nearest to its middle.
    """
    scaled = quads.astype(np.float64) * (columns, rows)
    low, high = scaled[..., 1].min(1), scaled[..., 1].max(1)
    row = np.arange(rows)
    top = np.clip(low[:, None], row, row + 1)
    tall = np.clip(high[:, None], row, row + 1) - top
    y = top[..., None] + tall[..., None] * (np.arange(_LINES) + 0.5) / _LINES
    left, right = _crossed(scaled, y)
    column = np.arange(columns)
    covered = np.minimum(right[..., None], column + 1) - np.maximum(left[..., None], column)
    area = np.clip(covered, 0.0, 1.0).mean(2) * tall[..., None]
    flat = area.reshape(len(quads), rows * columns)
    total = flat.sum(1)
    for lost in np.flatnonzero(~(total > 1e-9)):
        x, y_ = np.nan_to_num(scaled[lost].mean(0))
        flat[lost] = 0.0
        nearest = (int(np.clip(y_, 0, rows - 1)), int(np.clip(x, 0, columns - 1)))
        flat[lost, nearest[0] * columns + nearest[1]] = total[lost] = 1.0
    return np.asarray(flat / total[:, None], np.float32)


def _crossed(quads: F64, y: F64) -> tuple[F64, F64]:
    """Where lines at `y` [B, ...] enter and leave the quads [B, 4, 2]; empty where they miss."""
    left, right = np.full(y.shape, np.inf), np.full(y.shape, -np.inf)
    spread = (slice(None),) + (None,) * (y.ndim - 1)
    for start in range(4):
        (ax, ay), (bx, by) = quads[:, start].T, quads[:, (start + 1) % 4].T
        tall = by - ay
        safe = np.where(tall == 0.0, 1.0, tall)
        share = (y - ay[spread]) / safe[spread]
        hit = (share >= 0.0) & (share <= 1.0) & (tall != 0.0)[spread]
        x = ax[spread] + share * (bx - ax)[spread]
        left = np.where(hit, np.minimum(left, x), left)
        right = np.where(hit, np.maximum(right, x), right)
    empty = right < left
    return np.where(empty, 0.0, left), np.where(empty, 0.0, right)


def _side(quad: F64, a: int, b: int, c: int, d: int) -> float:
    """The mean length of the sides from a to b and from c to d."""
    return (math.hypot(*(quad[b] - quad[a])) + math.hypot(*(quad[d] - quad[c]))) / 2


def _finer(size: float) -> int:
    """How many samples lie in a strip's pixel that spans so many of the picture's."""
    return min(max(math.ceil(size - 0.25), 1), _FINEST)


def _check(wide: int, tall: int, width: int, height: int) -> None:
    if (wide, tall) != (width, height):
        raise ValueError(f"it has {wide} × {tall} pixels where the facts say {width} × {height}")
    if wide * tall > MAX_PIXELS:
        raise ValueError(f"it has over {MAX_PIXELS} pixels")
