"""Reading files that lie here or behind a URL: a stretch at a time, or fetched as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from glyphdata.errors import InputError
from glyphdata.shards.mirror import FETCHED, root_of, told, twin

_AHEAD = 4 << 20  # so much is asked for at once behind a URL


@contextmanager
def real_file(path: Path) -> Iterator[Path]:
    """The real file of a tar that lies here or stands in for one: fetched, and gone afterwards.

    `OSError` where it cannot be fetched.
    """
    far = twin(path)
    if far is None:
        yield path
        return
    with TemporaryDirectory(prefix=FETCHED, dir=root_of(far.remote.url)) as place:
        real = Path(place) / path.name
        far.remote.fetch(far.name, real)
        yield real


class Stretches:
    """A file that is read at any place, here or behind a URL; `OSError` where it cannot be.

    Behind a URL `ahead` bytes at least are asked for at a time, for those who read on from there.
    """

    def __init__(self, path: Path, ahead: int = _AHEAD) -> None:
        self._far = twin(path)
        self._ahead = ahead
        self._held = (0, b"")
        self._file = -1 if self._far else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = path.stat().st_size if self._far else os.fstat(self._file).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it; to be done once."""
        if self._file >= 0:
            os.close(self._file)

    def read(self, at: int, count: int) -> bytes:
        """At most `count` bytes from `at` on, fewer at the end."""
        if self._far is None:
            return os.pread(self._file, count, at)
        start, held = self._held
        if not start <= at <= at + count <= start + len(held):
            start, held = at, b""
            if at < self.size:
                ahead = min(max(count, self._ahead), self.size - at)
                held = self._far.remote.stretch(self._far.name, at, ahead)
            self._held = (start, held)
        return held[at - start : at - start + count]


def piece(path: Path, at: int, size: int) -> bytes:
    """Exactly these bytes of a file, here or behind a URL; `InputError` where it lacks them."""
    try:
        with Stretches(path, ahead=size) as file:
            content = file.read(at, size) if 0 <= at <= at + size <= file.size else b""
    except OSError as fault:
        raise InputError(f"cannot read {told(path)}: {fault.strerror or fault}") from fault
    if len(content) != size:
        raise InputError(f"{told(path)} has no {size} bytes at byte {at}", hint="generate again")
    return content
