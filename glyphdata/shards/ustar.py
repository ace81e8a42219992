"""Writing tar files: plain USTAR (POSIX.1-1988), the same bytes for the same members everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from glyphdata.errors import OutputError
from glyphdata.shards.durable import write_all

BLOCK = 512
END = bytes(2 * BLOCK)
"""What a tar ends with: two blocks of zeros."""

_LONGEST_NAME = 100
_LARGEST = 8**11 - 1

# Every member has the same mode, owner, time and kind. The checksum counts its own eight bytes as
# spaces, and is the sum of all the header's bytes.
_NUL = b"\x00"
_OWNER = _NUL.join((b"0000644", b"0000000", b"0000000", b""))
_TIME = b"00000000000" + _NUL
_MAGIC = b"ustar\x0000"
_REST = (b"0" + bytes(100) + _MAGIC).ljust(BLOCK - 156, _NUL)
_FIXED_SUM = sum(_OWNER) + sum(_TIME) + 8 * ord(" ") + sum(_REST)
_PADS = tuple(bytes(-size % BLOCK) for size in range(BLOCK))


def header(name: str, size: int) -> bytes:
    """The 512 bytes before a regular file of `size` bytes; the name is ASCII, at most 100 long."""
    try:
        called = name.encode("ascii")
    except UnicodeEncodeError:
        raise OutputError(f"member {name!r} is not ASCII") from None
    if len(called) > _LONGEST_NAME or not 0 <= size <= _LARGEST:
        raise OutputError(f"member {name!r} of {size} bytes does not fit in a USTAR header")
    length = b"%011o\0" % size
    checksum = _FIXED_SUM + sum(called) + sum(length)
    return b"".join((called.ljust(100, b"\0"), _OWNER, length, _TIME, b"%06o\0 " % checksum, _REST))


@lru_cache(maxsize=64)
def _suffixes(extensions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f".{extension}" for extension in extensions)


class UstarWriter:
    """A tar that grows in an open file: members stand in the order given, nothing is read back.

    `size` is the number of bytes so far, `sha256()` their checksum.
    """

    __slots__ = ("_file", "_sum", "size")

    def __init__(self, descriptor: int) -> None:
        self._file = descriptor
        self._sum = hashlib.sha256()
        self.size = 0

    def add(self, key: str, extensions: tuple[str, ...], contents: Sequence[bytes]) -> list[int]:
        """Append a sample, member by member; where each member's first byte of content stands."""
        pieces: list[bytes] = []
        offsets = []
        at = self.size
        for suffix, content in zip(_suffixes(extensions), contents, strict=True):
            size = len(content)
            pad = _PADS[size % BLOCK]
            pieces += (header(key + suffix, size), content, pad)
            at += BLOCK
            offsets.append(at)
            at += size + len(pad)
        self._append(pieces)
        return offsets

    def end(self) -> None:
        """Write the two blocks of zeros that end a tar."""
        self._append([END])

    def sha256(self) -> str:
        """The checksum of all bytes written, in hexadecimal."""
        return self._sum.hexdigest()

    def _append(self, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            self._sum.update(piece)
        write_all(self._file, pieces)
        self.size += sum(map(len, pieces))
