"""Reading tars that may be hostile: regular members, honest sizes, plain names, no code run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from glyphdata.errors import InputError
from glyphdata.shards.mirror import told
from glyphdata.shards.stretches import Stretches
from glyphdata.shards.ustar import BLOCK

MAX_MEMBER = 1 << 30
"""The largest member that is read, in bytes."""

RUNNABLE = frozenset(
    {"pkl", "pickle", "pyd", "pth", "pt", "npy", "npz", "dill", "joblib", "cloudpickle", "ckpt"}
    | {"pyc", "so", "dll", "exe", "sh"}
)
"""Parts of an extension that mark what may run code when it is read; such members are refused."""

_NAME = re.compile(r"[^\x00-\x1f\x7f\\]+")
_HARMLESS_PAX = frozenset({"mtime", "atime", "ctime", "comment", "uname", "gname", "uid", "gid"})
_MAX_PAX = 1 << 16

Read = Callable[[int, int], bytes]
"""Bytes from an offset on: at most as many as asked for, fewer at the end."""


class Member(NamedTuple):
    """One file in a tar: its sample's key, its extension, where its header and content start."""

    key: str
    extension: str
    header: int
    content: int
    size: int

    @property
    def end(self) -> int:
        """Where the next header stands."""
        return self.content + self.size + -self.size % BLOCK


def open_tar(path: Path) -> Iterator[Member]:
    """The members of the tar at `path`, checked one by one.

    `InputError` names the member and the fault: a link or a device, a name that leads outside, a
    size that lies, a checksum that is wrong, content that could run code, a sample that comes
    twice, a missing end.
    """
    try:
        file = Stretches(path)
    except OSError as fault:
        raise InputError(f"cannot read {told(path)}: {fault.strerror}") from fault
    with file:
        yield from walk(file, path)


def walk(file: Stretches, path: Path) -> Iterator[Member]:
    """As `open_tar`, of a tar that is open; `path` is what it is called in messages."""
    try:
        yield from members(file.read, file.size)
    except OSError as fault:
        raise InputError(f"cannot read {told(path)}: {fault.strerror}") from fault
    except InputError as fault:
        raise fault.inside(told(path)) from None


def members(read: Read, size: int, *, whole: bool = True) -> Iterator[Member]:
    """The members of a tar of `size` bytes; with `whole` false it is a stretch without an end."""
    at, key = 0, ""
    seen: set[str] = set()
    extensions: set[str] = set()
    while True:
        if at == size and not whole:
            return
        block = read(at, BLOCK)
        if len(block) < BLOCK:
            raise InputError(
                "the tar is cut short", hint="it lacks its end; make or fetch it again"
            )
        if block.count(0) == BLOCK:
            _check_end(read, at, size)
            return
        member = _parsed(block, at, size)
        if member is None:
            at = _passed_over(block, read, at, size)
            continue
        if member.key != key:
            if member.key in seen:
                raise InputError(f"sample {member.key!r} comes twice")
            seen.add(member.key)
            key, extensions = member.key, set()
        if member.extension in extensions:
            raise InputError(f"sample {key!r} has two members {member.extension!r}")
        extensions.add(member.extension)
        yield member
        at = member.end


def sample(blob: bytes, key: str) -> dict[str, bytes]:
    """The members of one sample's stretch of a tar, by extension; `InputError` for another's."""
    found = {}
    for member in members(lambda at, count: blob[at : at + count], len(blob), whole=False):
        if member.key != key:
            raise InputError(
                f"the index names {key!r} where the shard has {member.key!r}",
                hint="the index belongs to other shards",
            )
        found[member.extension] = blob[member.content : member.content + member.size]
    return found


def _check_end(read: Read, at: int, size: int) -> None:
    if size - at < 2 * BLOCK:
        raise InputError("the tar is cut short", hint="it lacks its end; make or fetch it again")
    while at < size:
        block = read(at, 1 << 16)
        if not block or block.count(0) != len(block):
            raise InputError(f"something stands behind the end of the tar, at byte {at}")
        at += len(block)


def _number(field: bytes, what: str) -> int:
    digits = field.strip(b" \0")
    if not re.fullmatch(rb"[0-7]+", digits):
        raise InputError(f"a header's {what} is no octal number")
    return int(digits, 8)


def _sized(block: bytes, at: int, size: int) -> int:
    """The length of the content behind a sound header; `InputError` where the header is not."""
    if block[257:262] != b"ustar":
        raise InputError(f"no tar header at byte {at}")
    if _number(block[148:156], "checksum") != sum(block) - sum(block[148:156]) + 256:
        raise InputError(f"the header at byte {at} is damaged")
    length = _number(block[124:136], "size")
    if length > MAX_MEMBER:
        raise InputError(f"the member at byte {at} claims {length} bytes, over {MAX_MEMBER}")
    if at + BLOCK + length + -length % BLOCK > size:
        raise InputError(f"the member at byte {at} claims more bytes than the tar has")
    return length


def _parsed(block: bytes, at: int, size: int) -> Member | None:
    """The regular member whose header `block` is; None for a folder or a PAX record."""
    length = _sized(block, at, size)
    kind = block[156:157]
    if kind in (b"x", b"5"):
        return None
    name = _name(block)
    if kind not in (b"0", b"\0"):
        raise InputError(
            f"member {name!r} is no regular file", hint="links, devices and the like are refused"
        )
    base, dot, extension = name.rpartition("/")[2].partition(".")
    if not (base and dot and extension):
        raise InputError(f"member {name!r} has no key or no extension")
    parts = extension.lower().split(".")
    if not RUNNABLE.isdisjoint(parts):
        raise InputError(f"member {name!r} could run code when it is read")
    folder = name.rpartition("/")[0]
    return Member(f"{folder}/{base}" if folder else base, extension, at, at + BLOCK, length)


def _name(block: bytes) -> str:
    field, prefix = block[:100].partition(b"\0")[0], block[345:500].partition(b"\0")[0]
    if block[257:263] != b"ustar\0":
        prefix = b""  # GNU's older header keeps times there
    raw = prefix + b"/" + field if prefix else field
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"member name {raw!r} is not UTF-8") from None
    parts = name.removeprefix("./").split("/")
    if not _NAME.fullmatch(name) or ".." in parts or name.startswith("/"):
        raise InputError(f"member name {name!r} leads outside or hides something")
    return "/".join(parts)


def _passed_over(block: bytes, read: Read, at: int, size: int) -> int:
    """Where the header behind a folder's or a harmless PAX record's content stands."""
    length = _sized(block, at, size)
    if block[156:157] == b"5":
        _name(block)
        if length:
            raise InputError(f"a folder at byte {at} claims content")
        return at + BLOCK
    if length > _MAX_PAX:
        raise InputError(f"the PAX record at byte {at} is over {_MAX_PAX} bytes")
    rest = read(at + BLOCK, length)
    while rest:
        digits, _, _ = rest.partition(b" ")
        if not digits.isdigit() or not len(digits) + 1 < int(digits) <= len(rest):
            raise InputError(f"the PAX record at byte {at} is damaged")
        word = rest[len(digits) + 1 : int(digits)].partition(b"=")[0].decode("utf-8", "replace")
        if word not in _HARMLESS_PAX:
            raise InputError(f"the PAX record at byte {at} changes a member's {word!r}")
        rest = rest[int(digits) :]
    return at + BLOCK + length + -length % BLOCK
