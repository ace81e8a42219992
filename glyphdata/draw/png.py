"""A PNG container of our own (PNG specification, third edition): IHDR, one IDAT, IEND.

Everything goes through the kernel's deflate, so the bytes depend on the pixels alone.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from glyphdata.draw import kernel
from glyphdata.errors import OutputError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2
_SUB, _UP, _PAETH = 1, 2, 4
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def encode(array: NDArray[np.uint8] | NDArray[np.uint16], *, filtered: bool = False) -> bytes:
    """The PNG file of a grey (uint8 or uint16, h × w) or RGB picture (uint8, h × w × 3).

    `filtered` is for photographs and the like: it takes longer, and a third off their size; masks
    and glyph layers are smaller without. `OutputError` for an array that no PNG of ours holds.
    """
    if not _storable(array):
        raise OutputError(
            f"no PNG holds an array of {array.dtype} with shape {array.shape}",
            hint="uint8 or uint16 (h, w), or uint8 (h, w, 3), not empty",
        )
    kind = _GREY if array.ndim == 2 else _RGB
    height, width = array.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8 * array.itemsize, kind, 0, 0, 0)
    if not array.flags.c_contiguous:
        array = array.copy()
    stream = _filtered(array) if filtered else kernel.deflate(array)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", stream), _END))


def _storable(array: NDArray[np.uint8] | NDArray[np.uint16]) -> bool:
    if array.size == 0:
        return False
    if array.ndim == 2:
        return array.dtype in (np.uint8, np.uint16)
    return array.ndim == 3 and array.shape[2] == 3 and array.dtype == np.uint8


def _chunk(name: bytes, data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Length, name, data and CRC-32 of name and data."""
    check = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)), name, data, struct.pack(">I", check)


def _filtered(array: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    pixel = array.itemsize * (3 if array.ndim == 3 else 1)
    samples = np.ascontiguousarray(array.astype(array.dtype.newbyteorder(">"))).view(np.uint8)
    return kernel.deflate_rows(_best_rows(samples.reshape(len(array), -1), pixel), pixel)


def _best_rows(samples: NDArray[np.uint8], pixel: int) -> NDArray[np.uint8]:
    """Each row under that of three filters whose bytes, taken as signed, sum to the least.

    The rule is the PNG specification's own advice (12.7, filter selection).
    """
    left, above = np.zeros_like(samples), np.zeros_like(samples)
    left[:, pixel:] = samples[:, :-pixel]
    above[1:] = samples[:-1]
    tried = {
        _SUB: samples - left,
        _UP: samples - above,
        _PAETH: samples - _paeth(left, above, pixel),
    }
    sums = [np.abs(rows.view(np.int8).astype(np.int16)).sum(axis=1) for rows in tried.values()]
    best = np.argmin(sums, axis=0)
    out = np.empty((len(samples), samples.shape[1] + 1), np.uint8)
    for place, (number, rows) in enumerate(tried.items()):
        out[best == place, 0] = number
        out[best == place, 1:] = rows[best == place]
    return out


def _paeth(left: NDArray[np.uint8], above: NDArray[np.uint8], pixel: int) -> NDArray[np.uint8]:
    """Of left, above and above-left the one nearest to left + above - above-left (PNG, 9.4)."""
    corner = np.zeros_like(left)
    corner[:, pixel:] = above[:, :-pixel]
    a, b, c = (v.astype(np.int16) for v in (left, above, corner))
    to_a, to_b, to_c = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where((to_a <= to_b) & (to_a <= to_c), left, np.where(to_b <= to_c, above, corner))
    return nearest.astype(np.uint8)
