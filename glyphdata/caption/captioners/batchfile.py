"""Batchfile: requests to an engine that runs offline, and its results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.remote.chat import Chat
from glyphdata.errors import InputError

if TYPE_CHECKING:
    from glyphdata.caption.remote.batch import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile(Chat):
    """Captions by way of two files in the form of OpenAI's batches, as `vllm run-batch` has it.

    What is asked is added to the file `requests`; once an engine has answered, its file is
    `results`. With `results` alone pictures are not read, and what has no result is a fault.
    """

    requests: str = ""
    results: str = ""

    @property
    def needs_picture(self) -> bool:
        """Only to write requests: they hold the pictures."""
        return bool(self.requests)

    def recipe(self) -> Mapping[str, object]:
        """The model's name, prompts, preparation of pictures, settings of the generation."""
        return {"kind": "batchfile", **self.words()}

    def check(self) -> None:
        """Open the files and read through both; `InputError` where one is not what it should be."""
        self._opened()

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """The results, in order; a passing fault `not-recorded` for each that is not there yet."""
        return self._opened().answers(asked)

    def close(self) -> None:
        """Close the files."""
        found = _OPEN.pop(self, None)
        if found is not None:
            found.close()

    def _opened(self) -> Batch:
        from glyphdata.caption.remote.batch import Batch

        if self not in _OPEN:
            self.tested()
            if not self.requests and not self.results:
                raise InputError(
                    "names no file",
                    hint="requests: FILE to write what is asked, results: FILE to read answers",
                )
            if self.requests == self.results:
                raise InputError("is the file of requests too", hint="name two files").inside(
                    "results"
                )
            canonical = json.dumps(self.recipe(), sort_keys=True, separators=(",", ":"))
            digest = sha256(canonical.encode()).hexdigest()[:12]
            _OPEN[self] = Batch(self, digest, self.requests, self.results)
        return _OPEN[self]


_OPEN: dict[BatchFile, Batch] = {}
