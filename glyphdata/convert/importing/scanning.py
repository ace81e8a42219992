"""A long JSON object, read a piece at a time: one list of it, item by item."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from glyphdata.errors import InputError

_PIECE = 1 << 18


def entries(path: Path, name: str) -> Iterator[Any]:
    """The items of the list `name` of one JSON object, one by one; little is held in memory.

    `InputError` where the file is no such object.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from _Scan(file.read).entries(name)
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None
    except (ValueError, RecursionError) as fault:
        raise InputError(
            f"{path} is no JSON object with a list {name!r}: {fault}",
            hint="name the right files with `lists`",
        ) from None


def field(path: Path, name: str) -> Any:
    """The value of a field that stands before the lists of one JSON object; None without it."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return _Scan(file.read).field(name)
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None
    except (ValueError, RecursionError) as fault:
        raise InputError(
            f"{path} is no JSON object: {fault}", hint="name the right files with `lists`"
        ) from None


class _Scan:
    """A JSON object read from its start, a piece at a time; `ValueError` where it is none."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._held = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()

    def entries(self, name: str) -> Iterator[Any]:
        for found in self._names():
            if found == name:
                self._expect("[")
                yield from self._items()
                return
            self._pass_over()
        raise ValueError("it has none")

    def field(self, name: str) -> Any:
        for found in self._names():
            if self._next() in "[{":
                self._pass_over()
            elif found == name:
                return self._value()
            else:
                self._value()
        return None

    def _names(self) -> Iterator[str]:
        self._expect("{")
        while self._next() != "}":
            name = self._value()
            self._expect(":")
            yield str(name)
            if self._next() == ",":
                self._at += 1
            elif self._next() != "}":
                raise ValueError(f"there is no comma before {self._held[self._at :][:20]!r}")

    def _items(self) -> Iterator[Any]:
        while self._next() != "]":
            yield self._value()
            if self._next() == ",":
                self._at += 1
            elif self._next() != "]":
                raise ValueError(f"there is no comma before {self._held[self._at :][:20]!r}")
        self._at += 1

    def _pass_over(self) -> None:
        """A value that is not wanted; of a list or an object only an item at a time is held."""
        opened = self._next()
        if opened == "[":
            self._at += 1
            for _ in self._items():
                pass
        elif opened == "{":
            for _ in self._names():
                self._pass_over()
            self._at += 1
        else:
            self._value()

    def _value(self) -> Any:
        """The value that begins here, whole."""
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            # A number may go on in the next piece.
            if end == len(self._held) and self._more():
                continue
            self._at = end
            return value

    def _next(self) -> str:
        """The next character that is no blank; `ValueError` at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                raise ValueError("it ends too early")

    def _expect(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise ValueError(f"{found!r} stands where {wanted!r} should")
        self._at += 1

    def _more(self) -> bool:
        """Read on; pieces grow with what is held, so that one long value is not read in squares."""
        if self._ended:
            return False
        piece = self._read(max(_PIECE, len(self._held) - self._at))
        self._ended = not piece
        self._held = self._held[self._at :] + piece
        self._at = 0
        return bool(piece)
