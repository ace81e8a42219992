"""The folder that an export grows in, and the files that an exporter puts there."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BufferedWriter
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.shards.durable import make_folder, writing

MARK = ".glyphdata-export.json"
"""The file that tells an export of ours, and what it was made from."""

_FOLDERS = 8  # those last made, which are not asked for again


class Folder:
    """A folder of files that an exporter fills.

    Paths are relative to it, with `/` between names. Nothing is kept in memory: a large list is
    grown line by line (`open`) or as one JSON value (`json_list`, `json_lists`).
    """

    def __init__(self, grown: Path) -> None:
        self.path = grown
        self.skipped: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self._made: set[Path] = set()

    def skip(self, key: str, reason: str) -> None:
        """Count something of a sample that the format cannot say; `reason` in a few fixed words."""
        self.skipped[reason] += 1
        self.examples.setdefault(reason, key)

    def at(self, name: str) -> Path:
        """Where a file of that name lies; its folder is made."""
        place = self.path / name
        if place.parent not in self._made:
            make_folder(place.parent)
            if len(self._made) >= _FOLDERS:  # some formats have a folder per sample
                self._made.clear()
            self._made.add(place.parent)
        return place

    def branch(self, name: str) -> None:
        """Make a folder inside that may stay empty."""
        self.at(f"{name}/-")

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole; `OutputError` where that fails or a file of that name is there."""
        place = self.at(name)
        with writing(place), place.open("xb") as file:
            file.write(content)

    @contextmanager
    def open(self, name: str) -> Iterator[BufferedWriter]:
        """A file open for writing, closed at the end."""
        place = self.at(name)
        with writing(place), place.open("xb") as file:
            yield file

    def json(self, name: str, value: object) -> None:
        """Write one JSON value, small enough to stand in memory."""
        self.put(name, orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))

    @contextmanager
    def json_list(self, name: str) -> Iterator[JsonList]:
        """One JSON list, grown item by item."""
        with self.open(name) as file:
            file.write(b"[")
            yield JsonList(file)
            file.write(b"]")

    @contextmanager
    def json_lists(self, name: str, head: Mapping[str, object], *lists: str) -> Iterator[JsonLists]:
        """One JSON object of the fields in `head` and these `lists`, each grown item by item."""
        parts = {one: f"{name}.{one}.part" for one in lists}
        with ExitStack() as stack:
            opened = {one: stack.enter_context(self.json_list(part)) for one, part in parts.items()}
            yield JsonLists(opened)
        self.join(name, head, parts)

    def join(self, name: str, head: Mapping[str, object], parts: Mapping[str, str]) -> None:
        """One JSON object of the fields in `head` and those grown in files, `parts`, which go."""
        with self.open(name) as file:
            file.write(orjson.dumps(dict(head))[:-1])
            for number, (field, part) in enumerate(parts.items()):
                place = self.at(part)
                file.write((b"," if head or number else b"") + orjson.dumps(field) + b":")
                with writing(place), place.open("rb") as grown:
                    shutil.copyfileobj(grown, file, 1 << 20)
                    place.unlink()
            file.write(b"}")


class JsonList:
    """A list of JSON values that grows in a file; `count` is how many it has so far."""

    def __init__(self, file: BufferedWriter) -> None:
        self._file = file
        self.count = 0

    def add(self, item: object) -> int:
        """Append an item; how many stood there before."""
        content = orjson.dumps(item, option=orjson.OPT_SERIALIZE_NUMPY)
        self._file.write(b",\n" + content if self.count else content)
        self.count += 1
        return self.count - 1


class JsonLists:
    """Lists of one JSON object, each growing in a file of its own until they are joined."""

    def __init__(self, lists: Mapping[str, JsonList]) -> None:
        self._lists = lists

    def count(self, name: str) -> int:
        """How many items a list has so far."""
        return self._lists[name].count

    def add(self, name: str, item: object) -> int:
        """Append to a list; how many stood there before."""
        return self._lists[name].add(item)


def marked(dest: Path) -> dict[str, object]:
    """What an export of ours says that it was made from; `InputError` where none is."""
    try:
        told = orjson.loads((dest / MARK).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        told = None
    if not isinstance(told, dict):
        raise InputError(f"{dest} is no export of ours", hint="choose another folder")
    return told


def as_lines(items: Iterable[str]) -> bytes:
    """Lines of text as a file's content, each with its end."""
    return "".join(f"{item}\n" for item in items).encode()
