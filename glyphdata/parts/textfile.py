"""Texts in files, by number: any row of a file of any size, without holding the file.

A scan notes where every 16th record starts; a row is then one `pread` of its block. Records end at
a line feed, or in CSV at one outside quotes (RFC 4180, section 2). Parquet is first copied row by
row into JSON lines under the cache folder, because a Parquet page cannot be read in the middle.
"""

from __future__ import annotations

import csv
import os
import re
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from glyphdata.errors import InputError, Rejection
from glyphdata.parts.textcache import columns, copied

LONGEST = 100_000
"""How many characters a text may have."""

_STRIDE = 16  # half a byte of memory a record
_PIECE = 1 << 20
_MOST = 4 * LONGEST + 4096  # bytes a record can have and still be a text within LONGEST
_FORMATS = ".txt, .jsonl, .ndjson, .csv, .tsv or .parquet"
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

Integers = NDArray[np.int64]


class Records:
    """The records of a file by number, as bytes, without their line feeds."""

    __slots__ = ("__weakref__", "_count", "_fd", "_quoted", "_starts", "path")

    def __init__(self, path: Path, first: int, *, quoted: bool) -> None:
        self.path = path
        self._quoted = quoted
        self._fd = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._fd)
        self._count, self._starts = self._scanned(first, os.fstat(self._fd).st_size)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        """Record `number`; `Rejection` where it is longer than any text may be."""
        block, within = divmod(number, _STRIDE)
        start, end = int(self._starts[block]), int(self._starts[block + 1])
        if end - start > _PIECE:
            return self._walked(start, end, within)
        read = os.pread(self._fd, end - start, start)
        if len(read) != end - start:
            raise InputError(f"{self.path} shrank while it was read", hint="start again")
        if not self._quoted or b'"' not in read:
            return read.split(b"\n", within + 1)[within]
        record = b""
        pieces = iter(read.split(b"\n"))
        for _ in range(within + 1):
            record = next(pieces)
            while record.count(b'"') % 2:
                piece = next(pieces, None)
                if piece is None:  # a quote that nothing closes: the record ends with the file
                    return record
                record += b"\n" + piece
        return record

    def _ends(self, start: int, end: int) -> Iterator[Integers]:
        """Where the records between two offsets end (the offset of the line feed), in pieces."""
        quotes_before = 0
        while start < end:
            read = os.pread(self._fd, min(_PIECE, end - start), start)
            if not read:
                raise InputError(f"{self.path} shrank while it was read", hint="start again")
            signs = np.frombuffer(read, np.uint8)
            ends = np.flatnonzero(signs == ord("\n"))
            if self._quoted:
                quotes = np.flatnonzero(signs == ord('"'))
                ends = ends[(quotes_before + np.searchsorted(quotes, ends)) % 2 == 0]
                quotes_before += len(quotes)
            yield ends + start
            start += len(read)

    def _scanned(self, first: int, size: int) -> tuple[int, Integers]:
        """How many records there are, and where each 16th starts; the file's end stands last."""
        starts = [np.array([first], np.int64)]
        count, last = 0, first
        for ends in self._ends(first, size):
            starts.append(ends[(-count - 1) % _STRIDE :: _STRIDE] + 1)
            count += len(ends)
            last = int(ends[-1]) + 1 if len(ends) else last
        if last < size:
            count += 1  # the last line has no line feed
        held = np.concatenate(starts)[: -(-count // _STRIDE)]
        return count, np.append(held, size)

    def _walked(self, start: int, end: int, within: int) -> bytes:
        """A record of a block too large to be held: its line feeds are counted in pieces."""
        seen, left = 0, start
        for ends in self._ends(start, end):
            if seen + len(ends) >= within and seen < within:
                left = int(ends[within - seen - 1]) + 1
            if seen + len(ends) > within:
                end = int(ends[within - seen])
                break
            seen += len(ends)
        if end - left > _MOST:
            raise Rejection("text-too-long", f"a record of {end - left} bytes holds no text")
        return os.pread(self._fd, end - left, left)


@dataclass(frozen=True, slots=True)
class Rows:
    """The texts of a file by number: `read` finds the text in a record, after `skipped` of them."""

    name: str
    records: Records
    read: Callable[[bytes], object]
    skipped: int

    def __len__(self) -> int:
        return len(self.records) - self.skipped

    def text(self, number: int) -> str:
        """The text of a row; a `Rejection` that names file and row where it holds none."""
        try:
            return judged(self.read(self.records[number + self.skipped]))
        except Rejection as fault:
            raise fault.inside(f"{self.name} › row {number + 1}") from None


def judged(value: object) -> str:
    """The text, exactly as it was given, where it is one that can be drawn.

    `Rejection`: `empty-text`, `bad-text` (no string, a control character other than tab and line
    ends, a lone surrogate, a noncharacter), `text-too-long`.
    """
    if not isinstance(value, str):
        raise Rejection("bad-text", f"{type(value).__name__} where a text should be")
    if len(value) > LONGEST:
        raise Rejection("text-too-long", f"{len(value)} characters, {LONGEST} at most")
    if not value.strip():
        raise Rejection("empty-text", "nothing but white space")
    wrong = _NO_TEXT.search(value)
    if wrong is not None:
        raise Rejection("bad-text", f"U+{ord(wrong[0]):04X} is no character of a text")
    return value


def _decoded(record: bytes) -> str:
    """A record's text, without the carriage return that is half of its line end."""
    try:
        return record.removesuffix(b"\r").decode()
    except UnicodeDecodeError as fault:
        raise Rejection("bad-text", f"no UTF-8 at byte {fault.start}") from None


def _from_json(record: bytes) -> object:
    if not record.strip():
        raise Rejection("empty-text", "an empty line")
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError as fault:
        raise Rejection("bad-text", f"no JSON: {fault}") from None


def _cells(record: bytes, delimiter: str) -> list[str]:
    """The cells of one CSV record; `Rejection` where the record breaks the rules."""
    text = _decoded(record)
    if len(text) > csv.field_size_limit():
        raise Rejection("text-too-long", f"a row of {len(text)} characters")
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as fault:
        raise Rejection("bad-text", f"no CSV: {fault}") from None


def _no_column(path: Path, column: str, known: list[str]) -> InputError:
    near = get_close_matches(column, known, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return InputError(
        f"{path} has no column {column!r}", hint=f"{guess}it has {', '.join(known) or 'none'}"
    )


def _json_rows(path: Path, first: int, column: str) -> Rows:
    records = Records(path, first, quoted=False)
    try:
        known = _from_json(records[0]) if len(records) else None
    except Rejection:
        known = None  # a broken first line is counted when it is drawn, like any other
    if isinstance(known, dict) and column not in known:
        raise _no_column(path, column, list(known))

    def read(record: bytes) -> object:
        row = _from_json(record)
        if not isinstance(row, dict) or column not in row:
            raise Rejection("bad-text", f"no object with {column!r}")
        return row[column]

    return Rows(path.name, records, read, 0)


def _csv_rows(path: Path, first: int, column: str) -> Rows:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    records = Records(path, first, quoted=True)
    try:
        header = [cell.strip() for cell in _cells(records[0], delimiter)] if len(records) else []
    except Rejection as fault:
        raise InputError(f"{path} has no readable header", hint=fault.message) from None
    if column not in header:
        raise _no_column(path, column, header)
    at = header.index(column)

    def read(record: bytes) -> object:
        cells = _cells(record, delimiter)
        if not any(cells):
            raise Rejection("empty-text", "an empty line")
        if len(cells) != len(header):
            raise Rejection("bad-text", f"{len(cells)} cells under {len(header)} columns")
        return cells[at]

    return Rows(path.name, records, read, 1)


def _parquet_rows(path: Path, column: str) -> Rows:
    known = columns(path)
    if column not in known:
        raise _no_column(path, column, known)
    return Rows(path.name, Records(copied(path, column), 0, quoted=False), _from_json, 0)


def _first(path: Path) -> int:
    """Where the text begins: behind a byte order mark. `InputError` for UTF-16."""
    with path.open("rb") as file:
        head = file.read(3)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path} is UTF-16", hint="save it as UTF-8")
    return 3 if head == b"\xef\xbb\xbf" else 0


def rows(path: Path, column: str) -> Rows:
    """The texts of a file, its format told by its ending; `InputError` where it holds none."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"there is no file {path}", hint="paths are relative to the recipe")
    try:
        if suffix == ".txt":
            found = Rows(path.name, Records(path, _first(path), quoted=False), _decoded, 0)
        elif suffix in (".jsonl", ".ndjson"):
            found = _json_rows(path, _first(path), column)
        elif suffix in (".csv", ".tsv"):
            found = _csv_rows(path, _first(path), column)
        elif suffix == ".parquet":
            found = _parquet_rows(path, column)
        else:
            raise InputError(f"{path} ends in no known format", hint=f"use {_FORMATS}")
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault}", hint="check the file") from None
    if len(found) <= 0:
        raise InputError(f"{path} holds no text", hint="give it at least one row")
    return found
