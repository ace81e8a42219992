"""Small files that claim, or hold, a thousand million pixels or bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

SIDE = 31_623
"""Pixels across and down: 10⁹ of them, 3 GB of RGB."""


def zeros(count: int) -> bytes:
    """So many zeros as a zlib stream (RFC 1950), put together from one megabyte's."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rest = packer.compress(bytes(count % (1 << 20))) + packer.flush()
    sums = struct.pack(">HH", count % 65521, 1)  # Adler-32 of zeros
    return b"\x78\xda" + megabyte * (count >> 20) + rest + sums


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">L", len(content))
        + kind
        + content
        + struct.pack(">L", zlib.crc32(kind + content))
    )


def png(side: int = SIDE, *, whole: bool = True) -> bytes:
    """A grey PNG; `whole` ones hold all their rows, others claim them and stop."""
    head = struct.pack(">LLBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = zeros(side * (side + 1) if whole else side + 1)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def jpeg(side: int = SIDE) -> bytes:
    """A JPEG whose frame claims `side` × `side` pixels, and whose scan holds 64."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def webp(side: int = 16_383) -> bytes:
    """A lossless WebP that claims the most that the format can: 268 million pixels."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "WEBP", lossless=True)
    data = bytearray(out.getvalue())
    at = data.index(b"VP8L") + 9
    bits = int.from_bytes(data[at : at + 4], "little") >> 28 << 28
    data[at : at + 4] = (bits | (side - 1) << 14 | (side - 1)).to_bytes(4, "little")
    return bytes(data)


def texts(kind: bytes = b"zTXt", megabytes: int = 512) -> bytes:
    """A PNG of 1 × 1 pixel with compressed words beside it that unpack to so much."""
    packed = zeros(megabytes << 20)
    words = b"Comment\0\0" + packed if kind == b"zTXt" else b"icc\0\0" + packed
    head = struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = (
        _chunk(b"IHDR", head),
        _chunk(kind, words),
        _chunk(b"IDAT", zlib.compress(bytes(2))),
        _chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def archive(path: Path, members: int, megabytes: int) -> Path:
    """A wheel of so many fonts that unpack to so much each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for number in range(members):
            out.writestr(f"pkg/{number}.ttf", bytes(megabytes << 20))
    return path
