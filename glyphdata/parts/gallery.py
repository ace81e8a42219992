"""Folders of photographs, and the prepared pack that their crops are copied from.

Decoding a photograph costs a hundred times what copying a crop does. So each is decoded once per
size, shrunk until it covers the canvas, and kept as raw RGB in a cache folder that all workers map
into memory. The pack is a pure function of the file's content and of the size asked for: whether it
was there already changes no pixel. It lies in `$GLYPHDATA_CACHE/photos`, else in
`$XDG_CACHE_HOME/glyphdata/photos` (`~/.cache` by default), and may be deleted at any time.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

from glyphdata.errors import InputError, OutputError, Rejection
from glyphdata.parts.photofile import SUFFIXES, Unreadable, decoded
from glyphdata.scene.scene import Canvas, Pixels

MAX_FILE_BYTES = 1 << 28
"""A larger file is no photograph that anybody wants to draw on."""

_HEADER = struct.Struct("<8sII")  # name and version of the form, width, height
_FORM = b"glyphph1"
_OPEN_MAPS = 512


@dataclass(frozen=True, slots=True)
class Gallery:
    """A folder's photographs, `names` sorted and relative to it, written with `/`.

    `listing` tells it from other folders: the digest of its names and file sizes.
    """

    folder: Path
    names: tuple[str, ...]
    listing: str

    def pack(self, name: str, canvas: Canvas, zoom: float) -> Pixels:
        """The photograph, read-only, as it covers the canvas `zoom` times enlarged, or larger.

        `Rejection("photo-unreadable")` where it is no sound JPEG, PNG or WebP of bearable size;
        `OutputError` where the cache cannot be written.
        """
        found = _pack(f"{self.folder}/{name}", canvas.width, canvas.height, zoom)
        if isinstance(found, str):
            raise Rejection(
                "photo-unreadable", f"{name}: {found}", hint="replace or remove the file"
            ).inside(str(self.folder))
        return found


_OPEN: dict[str, Gallery] = {}


def gallery(listing: str) -> Gallery:
    """The gallery of that digest, opened earlier in this process; `InputError` where none was.

    Values that survive JSON name a gallery by its digest, never by a path of this machine.
    """
    found = _OPEN.get(listing)
    if found is None:
        raise InputError(
            f"the photographs of listing {listing} are not open in this process",
            hint="open the recipe they came from first; its folder must be unchanged",
        )
    return found


@lru_cache(maxsize=256)
def opened(folder: str, include: tuple[str, ...] = (), recursive: bool = False) -> Gallery:
    """The photographs of a folder, read once per process; those that match a pattern of `include`.

    Links to files are followed, links to folders are not. `InputError` where the folder cannot be
    read, holds no photograph, or a pattern matches none.
    """
    root = Path(folder)
    try:
        found = sorted(_walked(root, "", recursive))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise InputError(
            f"the folder of photographs cannot be read: {reason}",
            hint="relative paths start at the recipe's folder",
        ).inside(folder) from fault
    if not found:
        raise InputError(
            "no photograph lies here",
            hint=f"photographs end in {', '.join(SUFFIXES)}; `recursive: true` looks deeper",
        ).inside(folder)
    kept = tuple(one for one in found if not include or _matches(one[0], include))
    for pattern in include:
        if not any(_matches(name, (pattern,)) for name, _ in found):
            raise InputError(
                f"no photograph matches {pattern!r}", hint=f"the first one is {found[0][0]!r}"
            ).inside(folder)
    digest = blake2b(repr(kept).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    made = Gallery(root, tuple(name for name, _ in kept), digest)
    _OPEN[digest] = made
    return made


def is_photo(name: str) -> bool:
    """Does a file's name end as a photograph's does?"""
    return name.lower().endswith(SUFFIXES)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Does a pattern match the whole relative name, or the file's own name?"""
    own = name.rpartition("/")[2]
    return any(fnmatchcase(name, one) or fnmatchcase(own, one) for one in patterns)


def _walked(folder: Path, prefix: str, recursive: bool) -> list[tuple[str, int]]:
    """Name and size of each file in the folder whose name ends as a photograph's does."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if recursive:
                    found += _walked(folder / entry.name, f"{prefix}{entry.name}/", recursive)
            elif is_photo(entry.name) and entry.is_file():
                found.append((prefix + entry.name, entry.stat().st_size))
    return found


@lru_cache(maxsize=_OPEN_MAPS)
def _pack(path: str, width: int, height: int, zoom: float) -> Pixels | str:
    """The mapped pack, or why there can be none; the latter is kept too, lest it is tried again."""
    try:
        content = _content(path)
        name = f"{content}-{width}x{height}-{round(zoom * 1000)}.rgb"
        place = cache_folder() / name
        found = _mapped(place)
        if found is None:
            _store(place, decoded(path, width, height, zoom))
            found = _mapped(place)
    except Unreadable as fault:
        return str(fault)
    if found is None:
        raise OutputError(
            "what was written there reads back otherwise", hint="is the disk sound and not full?"
        ).inside(str(place))
    return found


@lru_cache(maxsize=1 << 16)
def _content(path: str) -> str:
    """The digest of a file's bytes, which names its packs."""
    digest = blake2b(digest_size=16)
    try:
        if os.path.getsize(path) > MAX_FILE_BYTES:  # noqa: PTH202 - a text path, as cached
            raise Unreadable(f"the file is over {MAX_FILE_BYTES >> 20} MiB")
        with Path(path).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as fault:
        raise Unreadable(fault.strerror or str(fault)) from fault
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where packs lie."""
    own = os.environ.get("GLYPHDATA_CACHE")
    if own:
        return Path(own) / "photos"
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "glyphdata" / "photos"


def _mapped(place: Path) -> Pixels | None:
    """The pack, mapped into memory; None where there is none, or no whole one."""
    try:
        with place.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEADER.size:
                return None
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None
    form, width, height = _HEADER.unpack_from(pages)
    if form != _FORM or size != _HEADER.size + width * height * 3:
        pages.close()
        return None
    pixels = np.frombuffer(pages, np.uint8, offset=_HEADER.size)
    return pixels.reshape(height, width, 3)


def _store(place: Path, pixels: Pixels) -> None:
    """Write a pack so that it appears whole or not at all, whoever else writes the same one."""
    height, width = pixels.shape[:2]
    draft = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                file.write(_HEADER.pack(_FORM, width, height))
                file.write(pixels.data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as fault:
        raise OutputError(
            f"the cache of photographs cannot be written: {fault.strerror or fault}",
            hint="point GLYPHDATA_CACHE to a folder with room",
        ).inside(str(place.parent)) from fault
