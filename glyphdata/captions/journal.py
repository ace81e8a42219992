"""The journal of a shard: what a run has said so far, so that a kill loses one batch at most.

A line per sample and batch, as in an overlay, but with the new captions alone. A last line
without an end was being written when the power went; it is dropped, its captions made again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from glyphdata.caption.record import Captioned
from glyphdata.captions.written import read, written
from glyphdata.errors import InputError
from glyphdata.shards.durable import make_folder, write_all, writing


class Journal:
    """A journal that is gone on with where there is one, and added to."""

    def __init__(self, path: Path) -> None:
        """`OutputError` where it cannot be written."""
        make_folder(path.parent)
        self._path = path
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            with writing(path):
                content = path.read_bytes()
                whole = content.rfind(b"\n") + 1
                os.truncate(self._file, whole)
        except BaseException:
            os.close(self._file)
            raise
        self._size = whole
        self._lines = content[:whole].splitlines()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def entries(self) -> Iterator[Captioned]:
        """What was said before this run; lines that a broken disk spoiled are made again."""
        for line in self._lines:
            try:
                yield read(line)
            except InputError:
                continue

    def add(self, said: Sequence[Captioned]) -> None:
        """Append a batch, durably; `OutputError` where the disk takes no more.

        What a full disk took of it is taken back, so that the next run finds whole lines.
        """
        content = b"".join(written(one) + b"\n" for one in said)
        try:
            with writing(self._path):
                write_all(self._file, [content])
                os.fdatasync(self._file)
        except BaseException:
            os.truncate(self._file, self._size)
            raise
        self._size += len(content)

    def remove(self) -> None:
        """Remove the file: its captions are published."""
        with writing(self._path):
            self._path.unlink(missing_ok=True)
