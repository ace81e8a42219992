"""Replay: answers that were recorded before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.errors import InputError

if TYPE_CHECKING:
    from glyphdata.caption.remote.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Answers that were recorded, from a file of JSON lines.

    Each is `{"key", "level", "text"}` and, where they are not `plain` and 0, `"style"` and
    `"attempt"`. A line may name its `"prompt"` (a judge's question), `"finish"` and `"model"` too.
    """

    path: str = ""

    @property
    def needs_picture(self) -> bool:
        """Never: all is said."""
        return False

    def recipe(self) -> Mapping[str, object]:
        """The checksum of the file, wherever it lies."""
        return {"kind": "replay", "sha256": self._opened().sha256}

    def check(self) -> None:
        """Read through the file; `InputError` naming its bad lines."""
        self._opened()

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """What is recorded, in order; a fault `not-recorded` for each that is not."""
        recording = self._opened()
        return [recording.answer(one) for one in asked]

    def close(self) -> None:
        """Close the file."""
        found = _OPEN.pop(self, None)
        if found is not None:
            found.close()

    def _opened(self) -> Recording:
        from glyphdata.caption.remote.recording import Recording

        if self not in _OPEN:
            if not self.path:
                raise InputError("names no file", hint="path: FILE with JSON lines").inside("path")
            _OPEN[self] = Recording(Path(self.path).expanduser())
        return _OPEN[self]


_OPEN: dict[Replay, Recording] = {}
