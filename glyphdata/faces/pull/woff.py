"""Web fonts, unpacked with bounds: what HarfBuzz reads, out of a WOFF 2.0 file."""

from __future__ import annotations

import struct
from io import BytesIO

from fontTools.ttLib import TTFont

from glyphdata.faces.pull.fault import Unfetched

LARGEST = 64 << 20
LARGEST_RATIO = 30
"""What a web font may unpack to, in bytes and times its size; real ones unpack to 2 to 5 times."""

_HEADER = struct.Struct(">4s4sLHHLLHH20x")  # WOFF File Format 2.0, section 4.1
_ANY_TAG = 63
_GLYF, _LOCA = 10, 11  # known table tags, section 4.1
_CHUNK = 1 << 20


def sfnt_of(data: bytes) -> bytes:
    """The plain OpenType font in a WOFF 2.0 file, the same bytes for the same file.

    `Unfetched` (an `InputError`) for what is none (`not-woff2`), is cut off (`damaged`) or unpacks
    to more than 64 MB or 30 times its size (`swells`), in its header's words or in truth.
    """
    start, size, packed = _announced(data)
    _unpack(data[start : start + packed], size)
    plain = BytesIO()
    try:
        font = TTFont(BytesIO(data), recalcTimestamp=False, recalcBBoxes=False)
        font.flavor = None
        font.save(plain, reorderTables=False)
    # On a file that lies about its tables, fontTools raises a dozen kinds of error; all mean this.
    except Exception as fault:
        raise Unfetched(
            "damaged", f"is damaged: {type(fault).__name__}: {fault}", hint="fetch it again"
        ) from fault
    return plain.getvalue()


def _announced(data: bytes) -> tuple[int, int, int]:
    """Where the packed tables start, what they unpack to, and how long they are."""
    try:
        head = _HEADER.unpack_from(data)
        if head[0] != b"wOF2" or head[1] == b"ttcf":
            raise Unfetched("not-woff2", "is no WOFF 2.0 font", hint="give a .woff2 file")
        start, kept, plain = _directory(data, head[3])
    except (struct.error, IndexError):
        raise Unfetched("damaged", "is cut off", hint="fetch it again") from None
    sfnt_size, packed = head[5], head[6]
    largest = min(LARGEST, LARGEST_RATIO * len(data))
    if max(sfnt_size, kept, plain) > largest:
        ratio = max(sfnt_size, kept, plain) / len(data)
        raise Unfetched(
            "swells", f"unpacks to {ratio:.0f} times its size", hint=f"at most {LARGEST_RATIO}"
        )
    if start + packed > len(data):
        raise Unfetched("damaged", "is cut off", hint="fetch it again")
    return start, kept, packed


def _directory(data: bytes, tables: int) -> tuple[int, int, int]:
    """Where the table directory ends; bytes of all tables as packed (transformed), and plain."""
    at, kept, plain = _HEADER.size, 0, 0
    for _ in range(tables):
        flags = data[at]
        known, version = flags & 63, flags >> 6
        at += 5 if known == _ANY_TAG else 1
        size, at = _base128(data, at)
        plain += size
        # Only glyf and loca are transformed by default: there, version 3 says that they are not.
        if (version != 3) if known in (_GLYF, _LOCA) else (version != 0):
            size, at = _base128(data, at)
        kept += size
    return at, kept, plain


def _base128(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to five bytes, seven bits each (section 4.1), and where it ends."""
    value = 0
    for place in range(at, at + 5):
        value = value << 7 | data[place] & 127
        if data[place] < 128:
            return value, place + 1
    raise Unfetched("damaged", "has a number of over five bytes", hint="fetch it again")


def _unpack(packed: bytes, size: int) -> None:
    """See that the stream unpacks to `size` bytes, giving up at the first one more."""
    try:
        import brotli
    except ImportError:
        raise Unfetched(
            "no-brotli", "web fonts need brotli to be unpacked", hint="pip install 'brotli>=1.2'"
        ) from None
    stream = brotli.Decompressor()
    if not hasattr(stream, "can_accept_more_data"):
        raise Unfetched(
            "no-brotli", "this brotli knows no bounds", hint="pip install 'brotli>=1.2'"
        )
    total = 0
    try:
        chunk = stream.process(packed, output_buffer_limit=_CHUNK)
        while chunk or not stream.is_finished():
            total += len(chunk)
            if total > size or (not chunk and stream.can_accept_more_data()):
                break
            chunk = stream.process(b"", output_buffer_limit=_CHUNK)
    except brotli.error as fault:
        raise Unfetched("damaged", f"is damaged: {fault}", hint="fetch it again") from fault
    if total > size:
        raise Unfetched(
            "swells", f"unpacks to more than the {size} bytes it states", hint="do not trust it"
        )
    if total < size:
        raise Unfetched("damaged", "is cut off", hint="fetch it again")
