"""Files of JSON objects, one a line, in which an object is found by name.

Only a checksum and an offset of each line are in memory, 16 bytes in all: files of batches have
millions of lines, and those of requests hold the pictures.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from glyphdata.errors import InputError

Entry: TypeAlias = Mapping[str, object]

_NAMED = 5


class Lines:
    """The lines of a file, by the name that `name` gives each; of several of one name the last.

    `name` raises `ValueError` for an object that is none of its kind. `InputError` where the file
    cannot be read or has bad lines, which are all counted and the first five named.
    """

    def __init__(self, path: Path, name: Callable[[Entry], str]) -> None:
        self.path, self._name = path, name
        try:
            with path.open("rb") as file:
                sums, offsets = _indexed(path, file, name)
            self._file = path.open("rb")
        except OSError as fault:
            raise InputError(
                f"cannot be read: {fault.strerror}", hint="name a file of JSON lines"
            ).inside(str(path)) from fault
        order = np.argsort(sums, kind="stable")
        self._sums, self._offsets = sums[order], offsets[order]

    def __len__(self) -> int:
        return len(self._sums)

    def find(self, name: str) -> Entry | None:
        """The object of this name, read from the file; None where there is none."""
        wanted = np.uint64(_sum(name))
        first = int(np.searchsorted(self._sums, wanted, "left"))
        for place in range(int(np.searchsorted(self._sums, wanted, "right")) - 1, first - 1, -1):
            self._file.seek(int(self._offsets[place]))
            try:
                entry = _entry(self._file.readline())
                if self._name(entry) == name:
                    return entry
            except ValueError as fault:
                raise InputError(
                    f"was changed while it was read: {fault}", hint="run again"
                ).inside(str(self.path)) from None
        return None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _indexed(
    path: Path, file: BinaryIO, name: Callable[[Entry], str]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The checksums of the names in a file, and the offsets of their lines."""
    sums, offsets, bad, at = array("Q"), array("Q"), _Bad(path), 0
    for number, line in enumerate(file, start=1):
        try:
            if line.strip():
                sums.append(_sum(name(_entry(line))))
                offsets.append(at)
        except ValueError as fault:
            bad.add(number, str(fault))
        at += len(line)
    bad.raised()
    return np.frombuffer(sums, dtype=np.uint64), np.frombuffer(offsets, dtype=np.uint64)


class _Bad:
    """Lines that are not what they should be; the first few are kept for the message."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: list[str] = []
        self._count = 0

    def add(self, number: int, why: str) -> None:
        self._count += 1
        if len(self._first) < _NAMED:
            self._first.append(f"line {number}: {why}")

    def raised(self) -> None:
        if self._count:
            more = self._count - len(self._first)
            rest = f"; and {more} more lines" if more else ""
            raise InputError(
                "; ".join(self._first) + rest, hint="mend or remove these lines"
            ).inside(str(self._path))


def texted(entry: Entry, field: str) -> str:
    """A field that must hold a text; `ValueError` naming it where it does not."""
    value = entry.get(field)
    if not isinstance(value, str):
        raise ValueError(f"{field!r} is missing" if value is None else f"{field!r} is no text")
    return value


def _entry(line: bytes) -> Entry:
    try:
        entry = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        raise ValueError(f"no JSON: {fault.msg}") from None
    if not isinstance(entry, dict):
        raise ValueError("no JSON object")
    return entry


def _sum(name: str) -> int:
    named = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "little")
