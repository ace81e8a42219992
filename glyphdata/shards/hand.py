"""Which faces a worker has in hand, noted where its parent finds it after the worker's death."""

from __future__ import annotations

import mmap
import os
import sys
from array import array
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from glyphdata.shards.durable import make_folder, write_all, writing

_BEGUN, _LAID_DOWN, _FIRST = 0, 1, 2  # places in the note; face n has the place _FIRST + n
_FACES = 1000  # so many it has room for until a later one is taken


class Left(NamedTuple):
    """What a dead worker left: the faces that its scene had touched, as tokens.

    `busy` says whether it died while it set or drew text, and not before or after.
    """

    faces: frozenset[int] = frozenset()
    busy: bool = False


class _Numbers(Protocol):
    def __setitem__(self, place: int, value: int, /) -> None: ...


class Hand:
    """Notes the faces that each scene of a task touches.

    The note is a mapped file of numbers: when, by a clock that counts the entries, the scene was
    begun, all was laid down, and each face was last taken. So taking a face is a store in memory.
    """

    def __init__(self, scratch: Path, task: int) -> None:
        """`OutputError` where there can be no such file."""
        make_folder(scratch)
        self._path = _note(scratch, task)
        self._clock = count(1)
        with writing(self._path):
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            self._numbers = self._room(_FIRST + _FACES)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del self._numbers  # and with it the map
        with suppress(OSError):  # the note is of no use any more; what is left is cleared away
            os.close(self._file)
            self._path.unlink(missing_ok=True)

    def begin(self) -> None:
        """Begin with a scene, the hand empty."""
        self._numbers[_BEGUN] = next(self._clock)

    def take(self, token: int) -> None:
        """Take up a face by its token before it is touched; -1 lays all down once drawn."""
        try:
            self._numbers[token + _FIRST] = next(self._clock)
        except IndexError:
            self._numbers = self._room(2 * (token + _FIRST))
            self._numbers[token + _FIRST] = next(self._clock)

    def touched(self) -> frozenset[int]:
        """The tokens of the faces that were ever taken, for drafts that were given up included."""
        times = array("q", os.pread(self._file, os.fstat(self._file).st_size, 0))
        return frozenset(token for token, time in enumerate(times[_FIRST:]) if time)

    def _room(self, places: int) -> _Numbers:
        """The note with so many places, those that are new being zero."""
        with writing(self._path):
            size = os.lseek(self._file, 0, os.SEEK_END)
            # Written, not stretched: a store into a page that a full disk has no block for ends
            # the process.
            write_all(self._file, [bytes(8 * places - size)])
        try:
            return memoryview(mmap.mmap(self._file, 8 * places)).cast("q")
        except OSError:  # some network file systems map nothing
            return _Written(self._file)


class _Written:
    """The numbers in a file without a map, a system call for each."""

    def __init__(self, file: int) -> None:
        self._file = file

    def __setitem__(self, place: int, value: int) -> None:
        os.pwrite(self._file, value.to_bytes(8, sys.byteorder, signed=True), 8 * place)


def left(scratch: Path, task: int) -> Left:
    """What the worker that died over a task had in hand; the note of it is removed."""
    note = _note(scratch, task)
    try:
        content = note.read_bytes()
    except FileNotFoundError:
        return Left()
    with writing(note):
        note.unlink()
    if len(content) < 8 * (_FIRST + _FACES):  # it died before it took anything
        return Left()
    begun, laid_down, *times = array("q", content[: len(content) // 8 * 8])
    faces = frozenset(token for token, time in enumerate(times) if time > begun)
    return Left(faces, any(times[token] > laid_down for token in faces))


def _note(scratch: Path, task: int) -> Path:
    return scratch / f"hand-{task:06d}"
