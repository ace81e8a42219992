"""Which samples a person has flagged, and why: a file that only grows, one JSON object a line."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Collection
from pathlib import Path

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.shards.durable import write_all, writing
from glyphdata.shards.keylist import read_keys
from glyphdata.shards.keys import Places

_HINT = "give a file of flags or keys"

MOST = 500
"""How many characters of a reason are kept."""


def flags_of(places: Places) -> Path:
    """Where a dataset's flags lie unless another file is given."""
    return places.state / "flags.jsonl"


def read_flags(path: Path) -> dict[str, str]:
    """The flagged samples by key, each with its reason, in the order in which they were flagged.

    None where there is no such file. A last line without an end was cut off while it was written
    and says nothing. `InputError` names any other line that is no flag.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise InputError(
            f"the flags cannot be read: {fault.strerror}", hint="give another file with --flags"
        ).inside(str(path)) from None
    flags: dict[str, str] = {}
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        if not line.strip():
            continue
        try:
            found = orjson.loads(line)
            key, reason = found["key"], found["reason"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            key = reason = None
        if not isinstance(key, str) or not isinstance(reason, str):
            raise InputError("no flag stands there", hint="mend the line, or remove it").inside(
                f"{path}, line {number}"
            )
        flags.pop(key, None)  # flagged anew, it is the latest
        if reason:
            flags[key] = reason
    return flags


def keys_in(path: Path) -> Collection[str]:
    """The keys in a list of keys, or the flagged ones where it is a file of flags (`.jsonl`).

    `InputError` where there is no such file, or none of either kind.
    """
    if "\0" in str(path):
        raise InputError(f"no file is called {str(path)!r}", hint=_HINT)
    if path.suffix != ".jsonl":
        return read_keys(path)
    if not path.exists():  # to the viewer, a file of flags that is not there is one without flags
        raise InputError(f"there is no file {path}", hint=_HINT)
    return read_flags(path)


class Flags:
    """The flags of one dataset: added to line by line, and read anew when others add to them.

    Where the file cannot be written, nothing is kept and `writable` is false. Several threads may
    use it at once, and several processes the same file.
    """

    def __init__(self, path: Path) -> None:
        """`InputError` where the file is there and damaged."""
        self.path = path
        self.writable = _writable(path)
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._flags: dict[str, str] = {}
        self._renew()

    def all(self) -> dict[str, str]:
        """Every flag that stands, by key; `InputError` where the file has been damaged since."""
        with self._lock:
            self._renew()
            return dict(self._flags)

    def reason(self, key: str) -> str | None:
        """Why a sample is flagged; None where it is not."""
        return self.all().get(key)

    def put(self, key: str, reason: str) -> None:
        """Flag a sample, or take the flag back with an empty reason.

        Once this returns the flag outlasts a loss of power. `OutputError` where flags cannot be
        kept.
        """
        if not self.writable:
            raise OutputError(
                "flags cannot be kept here", hint="give a file that can be written with --flags"
            )
        told = " ".join(reason.split())[:MOST]
        with self._lock:
            self._renew()
            if self._flags.get(key, "") != told:
                _append(self.path, orjson.dumps({"key": key, "reason": told}) + b"\n")
                self._renew()

    def _renew(self) -> None:
        try:
            seen = self.path.stat()
            stamp = (seen.st_size, seen.st_mtime_ns)
        except OSError:
            stamp = None
        if stamp != self._stamp or stamp is None:
            self._flags = read_flags(self.path)
            self._stamp = stamp


def _writable(path: Path) -> bool:
    """May the file be written, or be made where it is not there yet?"""
    if path.exists():
        return path.is_file() and os.access(path, os.W_OK)
    return path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)


def _append(path: Path, line: bytes) -> None:
    """Add a line durably; what a crash left of an unfinished one before it is cut off first."""
    with writing(path):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = _whole(file)
            os.truncate(file, end)
            os.lseek(file, end, os.SEEK_SET)
            write_all(file, [line])
            os.fsync(file)
        finally:
            os.close(file)


def _whole(file: int) -> int:
    """How many bytes of a file are whole lines."""
    end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - 4096)
        at = os.pread(file, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0
