"""The log of a dataset's making: one JSON object a line. The only file that tells the time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from glyphdata.shards.durable import make_folder, writing


class Log:
    """A log that is added to; several processes may, since each line is one write."""

    def __init__(self, path: Path) -> None:
        """`OutputError` where it cannot be written."""
        make_folder(path.parent)
        self.path = path
        with writing(path):
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def add(self, event: str, **fields: object) -> None:
        """Add a line: the time (UTC), the event's name, and its fields."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with writing(self.path):
            os.write(self._file, orjson.dumps({"time": now, "event": event, **fields}) + b"\n")
