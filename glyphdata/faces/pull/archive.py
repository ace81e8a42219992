"""Reading wheels, zips and npm tarballs of unknown making, their fonts and licences alone.

Nothing is written by name here, and no byte is given out before the whole archive has been found
sound: names that leave the folder, links, devices and archives that swell are refused.
"""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from glyphdata.faces.pull.fault import Unfetched

LARGEST_MEMBER = 64 << 20
LARGEST_TOTAL = 512 << 20
LARGEST_RATIO = 200
MOST_MEMBERS = 16_384
_SMALL = 1 << 20  # bytes that any archive may unpack to, whatever the ratio: zeros pack well
_FONTS = (".ttf", ".otf", ".ttc", ".otc", ".woff2")
_LICENSES = ("LICENSE", "LICENCE", "OFL", "UFL", "COPYING", "COPYRIGHT")
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, ValueError, OSError),
)


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """The fonts, licences and `metadata.json` of an archive, as (name, bytes) in its own order.

    `Unfetched`, an `InputError`, names the fault: `not-an-archive`, `damaged`, `path-escape`,
    `link`, `device`, `encrypted`, `twice`, `too-many`, `too-large` (64 MB a member, 512 MB in all)
    or `swells` (past 200 to 1).
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head[:2] == b"\x1f\x8b":
            yield from _tar(path)
        elif head[:2] == b"PK":
            yield from _zip(path)
        else:
            raise Unfetched("not-an-archive", "is no archive", hint="give a zip, wheel or .tgz")
    except Unfetched as fault:
        raise fault.inside(path.name) from None
    except _BROKEN as fault:
        broken = Unfetched("damaged", f"is damaged: {fault}", hint="fetch the archive again")
        raise broken.inside(path.name) from fault


def wanted(name: str) -> bool:
    """Is a member of this name a font, a licence or what a package says of its family?"""
    plain = PurePosixPath(name).name
    # macOS puts a file's attributes beside it, under its own name.
    if plain.startswith("._"):
        return False
    lower = plain.lower()
    return lower.endswith(_FONTS) or plain.upper().startswith(_LICENSES) or lower == "metadata.json"


class _Ledger:
    """What was seen of an archive so far: its names, and how many bytes they unpack to."""

    def __init__(self, packed: int) -> None:
        self.names: set[str] = set()
        self.limit = min(LARGEST_TOTAL, max(_SMALL, LARGEST_RATIO * packed))
        self.total = 0

    def enter(self, name: str, size: int) -> None:
        shown = name[:80]
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name:
            raise Unfetched("path-escape", f"{shown!r} leads out of it", hint="do not trust it")
        plain = str(PurePosixPath(name))
        if plain in self.names:
            raise Unfetched("twice", f"holds {shown!r} twice", hint="do not trust it")
        self.names.add(plain)
        if len(self.names) > MOST_MEMBERS:
            raise Unfetched("too-many", f"has over {MOST_MEMBERS} members", hint="split it")
        if size > LARGEST_MEMBER:
            raise _too_large(f"{shown!r} has {size} bytes", LARGEST_MEMBER)
        self.total += size
        if self.total > self.limit:
            raise _swollen(self.limit)


def _too_large(what: str, most: int) -> Unfetched:
    return Unfetched("too-large", what, hint=f"at most {most} bytes")


def _swollen(limit: int) -> Unfetched:
    if limit == LARGEST_TOTAL:
        return _too_large("unpacks to more than 512 MB", limit)
    return Unfetched("swells", f"unpacks to over {LARGEST_RATIO} times its size", hint="split it")


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        ledger = _Ledger(path.stat().st_size)
        for entry in archive.infolist():
            ledger.enter(entry.filename, entry.file_size)
            mode = stat.S_IFMT(entry.external_attr >> 16)
            if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _irregular(entry.filename, stat.S_ISLNK(mode))
            if entry.flag_bits & 1:
                raise Unfetched("encrypted", f"{entry.filename!r} is encrypted", hint="unlock it")
        for entry in archive.infolist():
            if not entry.is_dir() and wanted(entry.filename):
                with archive.open(entry) as member:
                    yield entry.filename, _exactly(member.read, entry.file_size, entry.filename)


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    ledger = _Ledger(path.stat().st_size)
    for entry, _ in _entries(path, ledger.limit):
        ledger.enter(entry.name, entry.size)
        if not (entry.isreg() or entry.isdir()):
            raise _irregular(entry.name, entry.issym() or entry.islnk())
    for entry, archive in _entries(path, ledger.limit):
        if entry.isreg() and wanted(entry.name):
            member = archive.extractfile(entry)
            if member is not None:
                yield entry.name, _exactly(member.read, entry.size, entry.name)


def _entries(path: Path, limit: int) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    with gzip.open(path) as unpacked:
        # Each member is padded to 512 bytes and has a header; tar ends in up to 10 kB of zeros.
        source = _Bounded(unpacked, limit + 2048 * MOST_MEMBERS)
        with tarfile.open(fileobj=source, mode="r:") as archive:
            for entry in archive:
                yield entry, archive


def _irregular(name: str, link: bool) -> Unfetched:
    kind = "link" if link else "device"
    return Unfetched(kind, f"{name[:80]!r} is a {kind}, no file", hint="do not trust it")


def _exactly(read: Callable[[int], bytes], size: int, name: str) -> bytes:
    data = read(size + 1)
    if len(data) != size:
        raise Unfetched("damaged", f"{name[:80]!r} has not its {size} bytes", hint="fetch it again")
    return data


class _Bounded(io.RawIOBase):
    """An unpacking stream that neither gives more than `limit` bytes nor any at one gulp.

    What a tar archive says of its headers' sizes is not to be believed either.
    """

    def __init__(self, unpacked: BinaryIO | gzip.GzipFile, limit: int) -> None:
        self._unpacked = unpacked
        self._limit = limit

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= LARGEST_MEMBER + 512:
            raise _too_large(f"asks for {size} bytes at once", LARGEST_MEMBER)
        self._check(self.tell() + size)
        return self._unpacked.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._check(offset)
        return self._unpacked.seek(offset, whence)

    def tell(self) -> int:
        return self._unpacked.tell()

    def _check(self, end: int) -> None:
        if end > self._limit:
            raise _swollen(LARGEST_TOTAL if self._limit > LARGEST_TOTAL else 0)
