"""The list of a source's pictures: made once before an import, read by all its workers.

It lies in a folder of its own, named by its checksum: `items.jsonl`, a line per picture; `places`,
where each line begins (whole numbers of 64 bits); `listing.json`, what the list as a whole says.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import orjson

from glyphdata.convert.item import Item, Stretch, item_of
from glyphdata.errors import InputError
from glyphdata.shards.durable import make_folder, sync_folder, writing

PREFIX = "listing-"
"""How the name of a list's folder begins."""

_TOLD_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture of the list: the bytes that it has, -1 where it is not there, and what it is.

    `kind` is `jpg`, `png`, `webp`, or empty for anything else, as its first bytes tell.
    """

    item: Item
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in its folder: how many pictures, the checksum of all that is said of them.

    `kinds` are the picture formats that occur; `captioned` and `masked` tell whether any picture
    has captions, or an instance mask.
    """

    folder: Path
    count: int
    sha256: str
    kinds: tuple[str, ...]
    captioned: bool
    masked: bool


def listed(
    items: Iterable[Item],
    root: Path,
    parent: Path,
    limit: int | None = None,
    tell: Callable[[int], None] | None = None,
) -> Listing:
    """Write the list of these pictures, whose files lie in `root`, into a folder of `parent`.

    `tell` hears now and then how many there are. Memory holds eight bytes a picture, and no more.
    `InputError` where two pictures have one name, or there is none.
    """
    make_folder(parent)
    growing = parent / f"{PREFIX}{os.getpid()}.part"
    try:
        found = _grown(islice(items, limit), root, growing, tell)
        final = parent / f"{PREFIX}{found.sha256[:16]}"
        with writing(final):
            if final.exists():
                shutil.rmtree(growing)  # the same, to the byte: its name is its checksum
            else:
                growing.replace(final)
                sync_folder(parent)
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    return Listing(final, *(getattr(found, name) for name in _TOLD))


_TOLD = ("count", "sha256", "kinds", "captioned", "masked")


def _grown(
    items: Iterator[Item], root: Path, folder: Path, tell: Callable[[int], None] | None
) -> Listing:
    with writing(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    sha, names = hashlib.sha256(), array("Q")
    kinds: set[str] = set()
    captioned = masked = False
    at = count = 0
    with writing(folder), (folder / "items.jsonl").open("wb") as lines:
        with (folder / "places").open("wb") as places:
            for item in items:
                size, kind = _probed(root, item.picture) if not item.fault else (-1, "")
                line = orjson.dumps(Entry(item, size, kind), option=orjson.OPT_APPEND_NEWLINE)
                lines.write(line)
                places.write(at.to_bytes(8, "little"))
                sha.update(line)
                names.append(_short(item.name))
                kinds |= {kind} if kind else set()
                captioned |= bool(item.captions)
                masked |= item.mask is not None
                at, count = at + len(line), count + 1
                if tell is not None and count % _TOLD_EVERY == 0:
                    tell(count)
            places.write(at.to_bytes(8, "little"))
            os.fsync(places.fileno())
        os.fsync(lines.fileno())
    found = Listing(folder, count, sha.hexdigest(), tuple(sorted(kinds)), captioned, masked)
    _check(found, names)
    told = {**asdict(found), "folder": ""}
    with writing(folder):
        (folder / "listing.json").write_bytes(orjson.dumps(told))
    return found


def _check(found: Listing, names: array[int]) -> None:
    """`InputError` for an empty list, or naming the first picture that comes twice."""
    if not found.count:
        raise InputError("the source has no pictures", hint="is it of the format that you named?")
    hashes = np.sort(np.frombuffer(names, np.uint64))
    twice = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    if not twice:
        return
    seen: set[str] = set()
    with (found.folder / "items.jsonl").open("rb") as lines:
        for line in lines:
            name = orjson.loads(line)["item"]["name"]
            if name in seen:
                raise InputError(
                    f"the source has two pictures {name!r}", hint="rename or remove one of them"
                )
            if _short(name) in twice:
                seen.add(name)


def _short(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _probed(root: Path, picture: Stretch) -> tuple[int, str]:
    """How many bytes a picture has, -1 where it is not there, and what it is."""
    try:
        with (root / picture.path).open("rb") as file:
            file.seek(picture.offset)
            head = file.read(16 if picture.size < 0 else min(16, picture.size))
            whole = os.fstat(file.fileno()).st_size
    except OSError:
        return -1, ""
    size = whole - picture.offset if picture.size < 0 else picture.size
    return (size, kind_of(head)) if picture.offset + size <= whole else (-1, "")


def kind_of(head: bytes) -> str:
    """What a picture's first bytes say that it is: `jpg`, `png`, `webp`, or empty."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else ""


class Reader:
    """The entries of a list by number; its files close with it."""

    def __init__(self, listing: Listing) -> None:
        """`InputError` where the list is no longer there."""
        try:
            self._places = np.memmap(listing.folder / "places", np.dtype("<u8"), "r")
            self._file = os.open(listing.folder / "items.jsonl", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, ValueError) as fault:
            raise InputError(
                f"the list of pictures is gone: {fault}", hint="run the same command again"
            ) from None
        weakref.finalize(self, os.close, self._file)

    def __getitem__(self, number: int) -> Entry:
        start, end = int(self._places[number]), int(self._places[number + 1])
        told = orjson.loads(os.pread(self._file, end - start, start))
        return Entry(item_of(told["item"]), told["size"], told["kind"])


def cleared(parent: Path, but: Path | None = None) -> None:
    """Remove the lists in `parent`, but for one."""
    for folder in sorted(parent.glob(f"{PREFIX}*")):
        if folder != but:
            shutil.rmtree(folder, ignore_errors=True)
