"""A wire across every call that changes the disk: it names each, and something happens at one.

The wire is laid in a process of a test's own, around the functions of `os`; nothing in the product
knows of it. What a library writes from C is caught where it goes through a file of `os.fdopen`.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_KINDS = (
    (r"train-\d{6}\.tar", "tar"),
    (r"part-\d{6}\.jsonl", "part"),
    (r"\d{6}\.json", "record"),
    (r"index\.parquet", "index"),
    (r"SHA256SUMS", "sums"),
    (r"sizes\.json", "sizes"),
    (r"README\.md", "card"),
    (r"croissant\.json", "croissant"),
    (r"\d{6}-\d{4}(-\d{2})?\.(jpg|png|webp)", "picture"),
    (r"manifest\.json", "manifest"),
    (r"recipe\.json", "claim"),
    (r"log\.jsonl", "log"),
    (r"hand-\d{6}", "note"),
    (r"lock(-.*)?", "lock"),
)


class Moment(NamedTuple):
    """A call under way: which one it is, counted from 0, what it does to what, and how far it is.

    `when` is before, within (half of the bytes are written) or after.
    """

    number: int
    when: str
    call: str
    of: str

    @property
    def name(self) -> str:
        return f"{self.when} {self.call} of {self.of}"


Trip = Callable[[Moment], None]


def lay(root: Path, trip: Trip) -> None:
    """Have `trip` hear of each call in this process that changes something under `root`."""
    wire = _Wire(root, trip)
    for name in ("write", "writev", "pwrite"):
        setattr(os, name, wire.around_write(name, getattr(os, name)))
    for name in ("fsync", "close", "ftruncate", "fchmod", "unlink", "mkdir", "rmdir", "truncate"):
        setattr(os, name, wire.around(name, getattr(os, name)))
    for name in ("replace", "rename"):
        setattr(os, name, wire.around("rename", getattr(os, name)))
    os.open = wire.around_open(os.open)
    os.fdopen = _fdopen  # type: ignore[assignment]
    _Flushed.wire = wire


def kills_at(name: str, nth: int = 0) -> Trip:
    """Kill this process at the moment of that name, at its `nth` time (from 0)."""
    left = nth

    def trip(moment: Moment) -> None:
        nonlocal left
        if moment.name == name:
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    return trip


def kills_at_number(number: int, when: str) -> Trip:
    """Kill this process before, within or after the call of that number."""

    def trip(moment: Moment) -> None:
        if (moment.number, moment.when) == (number, when):
            os.kill(os.getpid(), signal.SIGKILL)

    return trip


def fails_at(number: int, code: int, calls: frozenset[str], *, lasting: bool) -> Trip:
    """Have the call of that number, among these kinds, fail with an errno.

    If `lasting`, all later ones fail too. A `close` that fails has closed all the same, as the
    kernel's does.
    """
    count = 0

    def trip(moment: Moment) -> None:
        nonlocal count
        if moment.call in calls and moment.when == (
            "after" if moment.call == "close" else "before"
        ):
            count += 1
            if count - 1 == number or (lasting and count - 1 > number):
                raise OSError(code, os.strerror(code))

    return trip


class _Wire:
    def __init__(self, root: Path, trip: Trip) -> None:
        self.root, self.trip, self.count = root, trip, 0

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wired(*args: Any, **kwargs: Any) -> Any:
            of = self.kind(args[-1] if name == "rename" else args[0], kwargs.get("dir_fd"))
            if of is None or (name == "close" and not _written(args[0])):
                return call(*args, **kwargs)
            number = self.begun(name, of)
            done = call(*args, **kwargs)
            self.trip(Moment(number, "after", name, of))
            return done

        return wired

    def around_write(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wired(file: int, what: Any, *more: Any) -> Any:
            of = self.kind(file, None)
            if of is None:
                return call(file, what, *more)
            number = self.begun("write", of)
            content = b"".join(what) if name == "writev" else bytes(what)
            half = len(content) // 2
            place = more[:1]
            first = _one(call, name, file, content[:half], *place)
            self.trip(Moment(number, "within", "write", of))
            place = tuple(at + first for at in place)
            done = first + _one(call, name, file, content[first:], *place)
            self.trip(Moment(number, "after", "write", of))
            return done

        return wired

    def around_open(self, call: Callable[..., int]) -> Callable[..., int]:
        def wired(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
            changes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            of = self.kind(path, kwargs.get("dir_fd")) if changes else None
            if of is None:
                return call(path, flags, *args, **kwargs)
            number = self.begun("open", of)
            file = call(path, flags, *args, **kwargs)
            self.trip(Moment(number, "after", "open", of))
            return file

        return wired

    def begun(self, name: str, of: str) -> int:
        number, self.count = self.count, self.count + 1
        self.trip(Moment(number, "before", name, of))
        return number

    def kind(self, what: Any, folder: int | None) -> str | None:
        """What a path or descriptor is of a dataset; None where it lies elsewhere."""
        try:
            if isinstance(what, int):
                path = Path(f"/proc/self/fd/{what}").readlink()
            elif folder is not None:
                path = Path(f"/proc/self/fd/{folder}").readlink() / what
            else:
                path = Path(what)
        except OSError:
            return None
        if path != self.root and self.root not in path.parents:
            return None
        name = path.name.removesuffix(" (deleted)")
        for pattern, kind in _KINDS:
            if re.fullmatch(pattern + r"(\.\w{8})?", name):
                return kind
        return f"folder {name}" if path != self.root else "folder"


def _written(file: int) -> bool:
    """May it be written through this descriptor? To close any other cannot go wrong."""
    return fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY


def _one(call: Callable[..., int], name: str, file: int, content: bytes, *place: int) -> int:
    return call(file, [content] if name == "writev" else content, *place)


class _Raw(io.FileIO):
    def write(self, content: Any, /) -> int:
        return os.write(self.fileno(), bytes(content))


class _Flushed(io.BufferedWriter):
    """A buffered file whose bytes and flushes run over the wire."""

    wire: _Wire

    def flush(self) -> None:
        of = None if self.closed else self.wire.kind(self.fileno(), None)
        if of is None:
            return super().flush()
        number = self.wire.begun("flush", of)
        super().flush()
        self.wire.trip(Moment(number, "after", "flush", of))
        return None


def _fdopen(file: int, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    if mode == "wb":
        return _Flushed(_Raw(file, mode, closefd=kwargs.get("closefd", True)))
    return open(file, mode, *args, **kwargs)
