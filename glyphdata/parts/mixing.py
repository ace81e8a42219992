"""Colour laid on pixels, and coverage made wider or softer: what the effects have in common.

Whole numbers throughout, or floats that hold whole numbers exactly: the bytes do not depend on the
processor, nor on the order in which it adds.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.color import Color
from glyphdata.scene.scene import Pixels

Alpha = NDArray[np.uint8]
"""How much of each pixel is covered: height × width, 0 to 255."""

Pen = NDArray[np.uint8]
Table = NDArray[np.int64]
Weights = NDArray[np.float32]

BLOCK = 8192
"""About so many pixels are mixed at a time: what is between two steps stays in the cache."""

SOFTEST = 4.0
"""Up to so many pixels of deviation are blurred as they are, more in a smaller copy."""

WIDEST = 8.0
"""Up to so many pixels of radius are grown as they are, more in a smaller copy."""


def mix(pixels: Pixels, colors: Pixels | Color, alpha: Alpha) -> None:
    """Lay colours (one, or h × w × 3) on `pixels` in place as thick as `alpha` says.

    round((dst · (255 - a) + colour · a) / 255), exactly as the drawing kernel does it.
    """
    height, width = alpha.shape
    step = max(BLOCK // max(width, 1), 1)
    for top in range(0, height, step):
        rows = slice(top, top + step)
        inked = np.flatnonzero(alpha[rows].any(axis=0))
        if len(inked):
            here = rows, slice(int(inked[0]), int(inked[-1]) + 1)
            _mix(pixels[here], colors if isinstance(colors, Color) else colors[here], alpha[here])


def _mix(pixels: Pixels, colors: Pixels | Color, alpha: Alpha) -> None:
    """`mix` for a few rows."""
    height, width = alpha.shape
    a = np.asarray(cv2.cvtColor(np.ascontiguousarray(alpha), cv2.COLOR_GRAY2RGB), np.uint16)
    thick = a.reshape(height, 3 * width)
    if isinstance(colors, Color):
        source = np.tile(np.array(colors, np.uint16), width)
    else:
        source = np.ascontiguousarray(colors).reshape(thick.shape).astype(np.uint16)
    mixed = thick * source
    np.subtract(255, thick, out=thick)
    thick *= np.ascontiguousarray(pixels).reshape(thick.shape)
    mixed += thick
    mixed += 128
    mixed += mixed >> 8
    mixed >>= 8
    pixels[:] = mixed.astype(np.uint8).reshape(pixels.shape)


def scaled(alpha: Alpha, share: float) -> Alpha:
    """The coverage times `share` (0 or more), rounded, 255 at most."""
    steps = np.minimum(np.arange(256) * round(share * 256) + 128 >> 8, 255)
    return _looked_up(alpha, steps)


def shifted(alpha: Alpha, right_px: float, down_px: float) -> Alpha:
    """The coverage moved, to a 256th of a pixel; what comes in is 0, what goes out is lost."""
    right, down = math.floor(right_px), math.floor(down_px)
    out = np.zeros_like(alpha)
    height, width = alpha.shape
    across, tall = width - abs(right), height - abs(down)
    if across > 0 and tall > 0:
        x, y, u, v = max(right, 0), max(down, 0), max(-right, 0), max(-down, 0)
        out[y : y + tall, x : x + across] = alpha[v : v + tall, u : u + across]
    rest = [round((far - whole) * 256) for far, whole in ((right_px, right), (down_px, down))]
    if any(rest):
        # Each pixel gets its own share, and its left or upper neighbour's of what moved on.
        across_, down_ = (np.array((one, 256 - one, 0), np.float32) for one in rest)
        out = _weighted(out, across_, down_, cv2.BORDER_CONSTANT)
    return out


def blurred(field: NDArray[np.uint8], sigma_px: float, *, outside: int | None = None) -> Pixels:
    """A Gaussian blur of coverage or pixels (h × w, or h × w × 3) of that deviation in pixels.

    Beyond the edges lies nothing where `outside` is 0, or the field mirrored where it is None.
    """
    shrinks = 0
    while sigma_px > SOFTEST:
        sigma_px, shrinks = sigma_px / 2.0, shrinks + 1
    border = cv2.BORDER_REFLECT_101 if outside is None else cv2.BORDER_CONSTANT
    small = _shrunk(field, shrinks, border)
    weights = _bell(round(sigma_px * 64))
    if len(weights) > 1:
        small = _weighted(small, weights, weights, border)
    return _enlarged(small, shrinks, field.shape) if shrinks else small


def grown(alpha: Alpha, radius_px: float) -> Alpha:
    """The coverage made wider by a round pen of that radius in pixels."""
    shrinks = 0
    while radius_px > WIDEST:
        radius_px, shrinks = radius_px / 2.0, shrinks + 1
    small = _shrunk(alpha, shrinks, cv2.BORDER_CONSTANT)
    core, edge = _pens(round(radius_px * 16))
    out = _looked_up(_dilated(small, core), _ANY) if core.any() else small
    for table, pen in edge:
        out = np.maximum(out, _looked_up(_dilated(small, pen), table))
    if not shrinks:
        return out
    # An edge is one pixel wide in the small copy: made as steep here as it would be in this one.
    steep = ((np.arange(256) - 128) << shrinks) + 128
    out = _looked_up(_enlarged(out, shrinks, alpha.shape), np.clip(steep, 0, 255))
    return np.maximum(out, alpha)


def _shrunk(field: NDArray[np.uint8], times: int, border: int) -> NDArray[np.uint8]:
    """The field at half its size, so many times: each pixel the mean of four.

    It is made longer first, so that its sides can be halved.
    """
    small = np.ascontiguousarray(field)
    height, width = field.shape[:2]
    more = -height % (1 << times), -width % (1 << times)
    if any(more):
        if min(height, width) == 1 and border != cv2.BORDER_CONSTANT:
            border = cv2.BORDER_REPLICATE  # one pixel has nothing to mirror
        small = cv2.copyMakeBorder(small, 0, more[0], 0, more[1], border)  # type: ignore[assignment]
    for _ in range(times):
        small = _resized(small, small.shape[1] // 2, small.shape[0] // 2)
    return small


def _enlarged(small: NDArray[np.uint8], times: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A shrunk field at its old size and shape."""
    whole = _resized(small, small.shape[1] << times, small.shape[0] << times)
    return whole[: shape[0], : shape[1]]


def _resized(field: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    # OpenCV promises this one bit for bit.
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR_EXACT)  # type: ignore[return-value]


def _weighted(
    field: NDArray[np.uint8], across: Weights, down: Weights, border: int
) -> NDArray[np.uint8]:
    """Sums over rows and columns with whole weights that add up to 256, half rounded to even.

    They stay below 2^24, where float32 is exact in whatever order it adds.
    """
    sums = cv2.sepFilter2D(field, cv2.CV_32F, across, down, borderType=border)
    return cv2.convertScaleAbs(sums, alpha=2.0**-16)  # type: ignore[return-value]


def _dilated(alpha: Alpha, pen: NDArray[np.uint8]) -> Alpha:
    """The largest value among the neighbours of each pixel that the pen reaches."""
    return cv2.dilate(alpha, pen)  # type: ignore[return-value]


def _looked_up(field: NDArray[np.uint8], table: NDArray[np.int64]) -> NDArray[np.uint8]:
    return cv2.LUT(field, table.astype(np.uint8))  # type: ignore[return-value]


@lru_cache(maxsize=512)
def _bell(sixtyfourths: int) -> Weights:
    """Weights of a Gaussian that deviates by so many 64ths of a pixel: whole, their sum 256."""
    sigma = sixtyfourths / 64.0
    radius = math.ceil(2.6 * sigma)
    if radius == 0:
        return np.ones(1, np.float32)
    share = [math.exp(-(step * step) / (2.0 * sigma * sigma)) for step in range(radius + 1)]
    total = share[0] + 2.0 * sum(share[1:])
    side = [round(256.0 * one / total) for one in share[1:]]
    return np.array([*side[::-1], 256 - 2 * sum(side), *side], np.float32)


@lru_cache(maxsize=128)
def _pens(sixteenths: int) -> tuple[Pen, tuple[tuple[Table, Pen], ...]]:
    """A round pen of so many 16ths of a pixel: who is covered, and the edge.

    A pixel of coverage a whose neighbour lies d from it covers a + radius - d of that, from 0 to
    1, if it has any ink: for a straight edge this is exact. The edge comes in eighths of a pixel,
    each with the table from a to what is covered.
    """
    radius = sixteenths / 16.0
    reach = math.ceil(radius)
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    distance = np.sqrt(steps * steps + (steps * steps)[:, None])
    more = np.floor((radius - distance) * 8.0 + 0.5).astype(np.int64)
    edge = []
    for step in range(-7, 8):
        if (more == step).any():
            table = np.clip(np.arange(256) + step * 255 // 8, 0, 255)
            table[0] = 0
            edge.append((table, np.ascontiguousarray(more == step).astype(np.uint8)))
    return np.ascontiguousarray(more >= 8).astype(np.uint8), tuple(edge)


_ANY = np.where(np.arange(256) > 0, 255, 0)
