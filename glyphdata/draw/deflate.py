"""The numpy twin of `_deflate.h`: a zlib stream of PNG rows that depends on the pixels alone.

A greedy matcher that knows two distances only (the pixel before, the byte above) and one dynamic
Huffman block (RFC 1950, 1951): for masks, smaller than zlib's fastest level, and the same bytes on
every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_SHORTEST, _LONGEST, _END = 3, 258, 256
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


class Code(NamedTuple):
    """A symbol of an alphabet and the plain bits that follow it."""

    symbol: int
    extra_bits: int
    extra: int


class Writer:
    """Bits, the lowest first."""

    def __init__(self) -> None:
        self.out = bytearray()
        self._held = 0
        self._bits = 0

    def put(self, value: int, bits: int) -> None:
        """Append the lowest `bits` bits of `value`."""
        self._held |= value << self._bits
        self._bits += bits
        whole = self._bits >> 3
        self.out += (self._held & ((1 << (8 * whole)) - 1)).to_bytes(whole, "little")
        self._held >>= 8 * whole
        self._bits &= 7

    def finish(self) -> None:
        """Fill the last byte up with zeros."""
        self.put(0, -self._bits % 8)


def png_rows(array: NDArray[np.uint8] | NDArray[np.uint16]) -> Bytes:
    """The rows of a PNG, h × (1 + bytes): a filter byte 0, then the samples, high byte first."""
    height = array.shape[0]
    samples = np.ascontiguousarray(array.astype(array.dtype.newbyteorder(">"))).view(np.uint8)
    rows = np.zeros((height, 1 + samples.size // height), np.uint8)
    rows[:, 1:] = samples.reshape(height, -1)
    return rows


def deflate(array: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """The zlib stream of a picture's PNG rows, uint8 or uint16 h × w or uint8 h × w × 3.

    `ValueError` for any other array, and an empty one.
    """
    known = (array.ndim == 2 and array.dtype in (np.uint8, np.uint16)) or (
        array.ndim == 3 and array.dtype == np.uint8 and array.shape[2] == 3
    )
    if not (known and array.size):
        raise ValueError("a picture must be uint8 or uint16 (h, w) or uint8 (h, w, 3), not empty")
    return deflate_rows(png_rows(array), 3 if array.ndim == 3 else array.itemsize)


def deflate_rows(rows: Bytes, pixel: int) -> bytes:
    """The zlib stream of rows with their filter bytes, `pixel` bytes to the pixel."""
    if rows.ndim != 2 or rows.dtype != np.uint8 or not 1 <= pixel <= min(3, rows.shape[1] - 1):
        raise ValueError("rows must be uint8 (h, 1 + bytes), with 1 to 3 bytes to the pixel")
    raw: Bytes = np.ascontiguousarray(rows).reshape(-1)
    above = rows.shape[1] if rows.shape[1] <= 32768 else 4
    tokens = list(_tokens(raw, pixel, rows.shape[1]))
    near_code, above_code = _distance(pixel), _distance(above)
    counts = [0] * 286
    counts[_END] = 1
    for symbol, length, _ in tokens:
        counts[_length(length).symbol if length else symbol] += 1
    lengths = code_lengths(counts, 15)
    codes = _codes(lengths)
    distances = [0] * (above_code.symbol + 1)
    distances[near_code.symbol] = distances[above_code.symbol] = 1
    writer = Writer()
    _put_header(writer, lengths, distances)
    for symbol, length, up in tokens:
        if not length:
            writer.put(codes[symbol], lengths[symbol])
            continue
        code, distance = _length(length), above_code if up else near_code
        writer.put(codes[code.symbol], lengths[code.symbol])
        writer.put(code.extra, code.extra_bits)
        writer.put(int(up), 1)
        writer.put(distance.extra, distance.extra_bits)
    writer.put(codes[_END], lengths[_END])
    writer.finish()
    return b"\x78\x01" + bytes(writer.out) + zlib.adler32(raw.tobytes()).to_bytes(4, "big")


def _runs_of_equals(raw: Bytes, distance: int) -> list[int]:
    """For each byte, how many from there on equal the one `distance` before them."""
    differs = np.ones(len(raw), np.bool_)
    if distance < len(raw):
        differs[distance:] = raw[distance:] != raw[:-distance]
    places = np.where(differs, np.arange(len(raw)), len(raw))
    following = np.minimum.accumulate(places[::-1])[::-1]
    runs: list[int] = np.minimum(following - np.arange(len(raw)), _LONGEST).tolist()
    return runs


def _tokens(raw: Bytes, near: int, above: int) -> Iterator[tuple[int, int, bool]]:
    """(byte, 0, False) for a literal, else (byte, length, is it the byte above?)."""
    left = _runs_of_equals(raw, near)
    up = _runs_of_equals(raw, above if above <= 32768 else len(raw))
    values = raw.tolist()
    i = 0
    while i < len(values):
        best = max(left[i], up[i])
        if best < _SHORTEST:
            yield values[i], 0, False
            i += 1
        else:
            yield values[i], best, up[i] > left[i]
            i += best


def _length(length: int) -> Code:
    v = length - _SHORTEST
    if length == _LONGEST:
        return Code(285, 0, 0)
    if v < 4:
        return Code(257 + v, 0, 0)
    h = v.bit_length() - 1
    return Code(257 + 4 * (h - 1) + (v >> (h - 2) & 3), h - 2, v & ((1 << (h - 2)) - 1))


def _distance(distance: int) -> Code:
    v = distance - 1
    if v < 2:
        return Code(v, 0, 0)
    h = v.bit_length() - 1
    return Code(2 * h + (v >> (h - 1) & 1), h - 1, v & ((1 << (h - 1)) - 1))


def code_lengths(counts: Sequence[int], limit: int) -> list[int]:
    """Code lengths of at most `limit` bits, 0 for what does not occur; at least two must occur.

    Huffman's tree; where it is too deep, once more with the counts halved. Of equal weights the
    lower symbol goes first, and a leaf before a branch.
    """
    counts = list(counts)
    while True:
        lengths = _tree(counts)
        if max(lengths) <= limit:
            return lengths
        counts = [(count + 1) // 2 for count in counts]


def _tree(counts: Sequence[int]) -> list[int]:
    leaves = sorted((count, symbol) for symbol, count in enumerate(counts) if count)
    weight = [count for count, _ in leaves]
    used, leaf, branch = len(leaves), 0, len(leaves)
    parent = [0] * (2 * used)
    while len(weight) < 2 * used - 1:
        made, total = len(weight), 0
        for _ in range(2):
            if leaf < used and (branch == made or weight[leaf] <= weight[branch]):
                child, leaf = leaf, leaf + 1
            else:
                child, branch = branch, branch + 1
            parent[child] = made
            total += weight[child]
        weight.append(total)
    depth = [0] * len(weight)
    for i in range(len(weight) - 2, -1, -1):
        depth[i] = depth[parent[i]] + 1
    lengths = [0] * len(counts)
    for (_, symbol), bits in zip(leaves, depth, strict=False):
        lengths[symbol] = bits
    return lengths


def _codes(lengths: Sequence[int]) -> list[int]:
    """Canonical codes (RFC 1951, 3.2.2), bit-reversed as the stream wants them."""
    codes = [0] * len(lengths)
    following = 0
    for bits in range(1, 16):
        following <<= 1
        for symbol, length in enumerate(lengths):
            if length == bits:
                codes[symbol] = int(format(following, f"0{bits}b")[::-1], 2)
                following += 1
    return codes


def _run_lengths(lengths: Sequence[int]) -> Iterator[Code]:
    """Both alphabets' code lengths, run-length coded: 16 repeats the last, 17 and 18 are zeros."""
    for value, group in groupby(lengths):
        run = len(list(group))
        if value:
            yield Code(value, 0, 0)
            run -= 1
        while run >= 3:
            take = min(run, 6 if value else 138)
            if value:
                yield Code(16, 2, take - 3)
            else:
                yield Code(17, 3, take - 3) if take < 11 else Code(18, 7, take - 11)
            run -= take
        yield from [Code(value, 0, 0)] * run


def _put_header(writer: Writer, lengths: Sequence[int], distances: Sequence[int]) -> None:
    shown = max(symbol for symbol, bits in enumerate(lengths) if bits) + 1
    runs = list(_run_lengths([*lengths[:shown], *distances]))
    counts = [0] * len(_ORDER)
    for run in runs:
        counts[run.symbol] += 1
    inner = code_lengths(counts, 7)
    codes = _codes(inner)
    used = max(4, *(place + 1 for place, symbol in enumerate(_ORDER) if inner[symbol]))
    writer.put(5, 3)  # the last block, dynamic
    writer.put(shown - 257, 5)
    writer.put(len(distances) - 1, 5)
    writer.put(used - 4, 4)
    for symbol in _ORDER[:used]:
        writer.put(inner[symbol], 3)
    for run in runs:
        writer.put(codes[run.symbol], inner[run.symbol])
        writer.put(run.extra, run.extra_bits)
