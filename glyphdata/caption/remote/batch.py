"""Files of requests to engines that run offline, in the form of OpenAI's batch interface.

A line of requests is `{"custom_id", "method", "url", "body"}`, a line of results `{"custom_id",
"response": {"status_code", "body"}, "error"}`; `vllm run-batch` reads and writes the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import orjson

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.remote import reply
from glyphdata.caption.remote.chat import Chat
from glyphdata.caption.remote.lines import Entry, Lines, texted
from glyphdata.errors import InputError, OutputError

_URL = "/v1/chat/completions"
_CUT = 1 << 16


class Batch:
    """Requests that are written, and results that are read; either may be absent."""

    def __init__(self, chat: Chat, recipe: str, requests: str, results: str) -> None:
        self._chat, self._recipe = chat, recipe
        self._results = Lines(Path(results).expanduser(), _custom_id) if results else None
        self._writer = Requests(Path(requests).expanduser()) if requests else None

    def answers(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """The results that are there; what is not there is written as a request, and a fault."""
        out = [self._answer(one) for one in asked]
        if self._writer is not None:
            self._writer.flush()
        return out

    def close(self) -> None:
        """Let go of the files."""
        if self._results is not None:
            self._results.close()
        if self._writer is not None:
            self._writer.close()

    def _answer(self, asked: Asked) -> Answer | Fault:
        name = custom_id(self._recipe, asked)
        found = self._results.find(name) if self._results is not None else None
        if found is not None:
            return result(found)
        if self._writer is None:
            return Fault("not-recorded", f"{name} is not among the results", passing=True)
        if name not in self._writer:
            body = self._chat.request(asked)
            if isinstance(body, Fault):
                return body
            self._writer.write(name, body)
        return Fault("not-recorded", f"{name} is to be answered by an engine", passing=True)


class Requests:
    """A file of requests, continued where it stopped; nothing is asked in it twice.

    `OutputError` where it cannot be written, `InputError` where it is something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new: set[str] = set()
        self._old: Lines | None = None
        try:
            if path.is_file():
                _mended(path)
                self._old = Lines(path, _requested)
            self._file = path.open("ab")
        except OSError as fault:
            raise self._unwritable(fault) from fault

    def __contains__(self, name: str) -> bool:
        return name in self._new or (self._old is not None and self._old.find(name) is not None)

    def write(self, name: str, body: bytes) -> None:
        """Add a request."""
        head = orjson.dumps({"custom_id": name, "method": "POST", "url": _URL})
        try:
            self._file.write(head[:-1] + b',"body":' + body + b"}\n")
        except OSError as fault:
            raise self._unwritable(fault) from fault
        self._new.add(name)

    def flush(self) -> None:
        """Bring to the disk what was added, so that a kill costs at most one line."""
        try:
            self._file.flush()
        except OSError as fault:
            raise self._unwritable(fault) from fault

    def close(self) -> None:
        """Let go of the file."""
        try:
            self._file.close()
        except OSError as fault:
            raise self._unwritable(fault) from fault
        finally:
            if self._old is not None:
                self._old.close()

    def _unwritable(self, fault: OSError) -> OutputError:
        return OutputError(
            f"cannot be written: {fault.strerror}", hint="see that its folder exists and has room"
        ).inside(str(self._path))


def custom_id(recipe: str, asked: Asked) -> str:
    """The name of a request, `recipe:level:key:attempt`; a prompt of its own adds its checksum."""
    name = f"{recipe}:{asked.level}:{asked.key}:{asked.attempt}"
    if not asked.prompt:
        return name
    said = asked.prompt.encode("utf-8", "surrogatepass")
    return f"{name}:{sha256(said).hexdigest()[:12]}"


def result(entry: Entry) -> Answer | Fault:
    """The answer in a line of results, or why there is none."""
    response = entry.get("response")
    if isinstance(response, dict) and response.get("status_code", 200) == 200:
        return reply.completed(response.get("body"))
    if isinstance(response, dict):
        status, body = response.get("status_code"), response.get("body")
        if isinstance(status, int):
            return reply.read(status, orjson.dumps(body))
    said = reply.explained(entry.get("error") or "it holds neither response nor error")
    return Fault("server", f"the engine says: {said}", passing=True)


def _custom_id(entry: Entry) -> str:
    return texted(entry, "custom_id")


def _requested(entry: Entry) -> str:
    if "body" not in entry or "url" not in entry:
        raise ValueError("it is no request")
    return texted(entry, "custom_id")


def _mended(path: Path) -> None:
    """Cut off a last line without its end, which a kill left behind; it is asked for anew.

    `InputError` where the file does not begin as one of requests: then it is not ours to cut.
    """
    with path.open("r+b") as file:
        start = file.read(14)
        if start and start != b'{"custom_id":"'[: len(start)]:
            raise InputError("is no file of requests", hint="name a new file").inside(str(path))
        end = file.seek(0, os.SEEK_END)
        at, kept = end, 0
        while at and not kept:
            size = min(_CUT, at)
            at -= size
            file.seek(at)
            found = file.read(size).rfind(b"\n")
            kept = at + found + 1 if found >= 0 else 0
        if kept < end:
            file.truncate(kept)
