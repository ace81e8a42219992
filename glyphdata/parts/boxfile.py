"""Arrangements of boxes in files: JSON lines, or one JSON list, of lists of boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from glyphdata.errors import InputError

MAX_FILE_BYTES = 1 << 28
"""A larger file is refused, for it is held in memory while it is read."""

MOST = 1000
"""No design has more boxes."""

_FORM = "[[x, y, w, h], [x, y, w, h, angle], …]"


@dataclass(frozen=True, slots=True, eq=False)
class BoxFile:
    """The records of a file: `boxes` (n × 5: x, y, width, height, angle) laid end to end, record k
    from `starts[k]` to `starts[k + 1]`. `digest` tells its content from another's."""

    boxes: NDArray[np.float64]
    starts: NDArray[np.int64]
    digest: str

    def __len__(self) -> int:
        """How many records there are."""
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> NDArray[np.float64]:
        """The boxes of one record, n × 5."""
        return self.boxes[self.starts[number] : self.starts[number + 1]]


def opened(path: Path) -> BoxFile:
    """The file's records, read once per process as long as it does not change.

    `InputError` with its path, line and fault where it cannot be read or holds no box.
    """
    try:
        state = path.stat()
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    if state.st_size > MAX_FILE_BYTES:
        raise InputError(
            f"is over {MAX_FILE_BYTES >> 20} MiB", hint="split it and name one of the parts"
        ).inside(str(path))
    return _read(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, size: int, changed_ns: int) -> BoxFile:
    """The file in the state that `size` and `changed_ns` tell from others."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    boxes: list[tuple[float, ...]] = []
    starts = [0]
    try:
        for place, record in _records(path, content):
            boxes += [_box(one, place) for one in _listed(record, place)]
            starts.append(len(boxes))
    except InputError as fault:
        raise fault.inside(str(path)) from None
    if not boxes:
        raise InputError("holds no box", hint=f"a record is {_FORM}").inside(str(path))
    digest = blake2b(content, digest_size=16).hexdigest()
    return BoxFile(np.array(boxes, np.float64), np.array(starts, np.int64), digest)


def _records(path: Path, content: bytes) -> Iterator[tuple[str, Any]]:
    """Each record with its place in the file."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        whole = _parsed(content, 1)
        if not isinstance(whole, list):
            raise InputError("is no list", hint=f"the file is a list of records; one is {_FORM}")
        yield from ((f"record {number}", one) for number, one in enumerate(whole))
    elif suffix in (".jsonl", ".ndjson"):
        for number, line in enumerate(content.split(b"\n"), 1):
            if line.strip():
                yield f"line {number}", _parsed(line, number)
    else:
        raise InputError("is no .json, .jsonl or .ndjson file", hint="name it as what it is")


def _parsed(piece: bytes, first: int) -> Any:
    """A JSON value; `InputError` with the line, the piece's own being line `first`."""
    try:
        return orjson.loads(piece)
    except orjson.JSONDecodeError as fault:
        line = first + fault.lineno - 1
        raise InputError(
            f"is no JSON at column {fault.colno}: {fault.msg}",
            hint="a .json file is one list, a .jsonl file a record a line",
        ).inside(f"line {line}") from None


def _listed(record: Any, place: str) -> list[Any]:
    """A record's boxes: the record itself, or its field `bbox`."""
    found = record.get("bbox") if isinstance(record, dict) else record
    if not isinstance(found, list):
        what = "has no list `bbox`" if isinstance(record, dict) else "is no list of boxes"
        raise InputError(what, hint=f'a record is {_FORM} or {{"bbox": {_FORM}}}').inside(place)
    if len(found) > MOST:
        raise InputError(
            f"holds {len(found)} boxes, more than {MOST}", hint="is it a list of several records?"
        ).inside(place)
    return found


def _box(box: Any, place: str) -> tuple[float, ...]:
    """One box as five numbers."""
    if not isinstance(box, list) or not 4 <= len(box) <= 5:
        fault = "is no [x, y, w, h] or [x, y, w, h, angle]"
    elif not all(type(one) in (int, float) and math.isfinite(one) for one in box):
        fault = "holds what is no number"
    elif max(map(abs, box)) > 1e9:
        fault = "holds a number over 1e9"
    elif box[2] < 0 or box[3] < 0:
        fault = "has a width or height below 0"
    else:
        return (*box, 0.0) if len(box) == 4 else tuple(box)
    raise InputError(f"the box {str(box)[:60]} {fault}", hint="correct or remove it").inside(place)


def _unreadable(path: Path, fault: OSError) -> InputError:
    return InputError(
        f"cannot be read: {fault.strerror or fault}",
        hint="relative paths start at the recipe's folder",
    ).inside(str(path))
