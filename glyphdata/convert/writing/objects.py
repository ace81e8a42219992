"""JSON objects of many fields, written field by field so that they need not stand in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedWriter

import orjson

from glyphdata.convert.folder import Folder


class GrowingObject:
    """A JSON object in an open file, a field a line; its names must differ."""

    def __init__(self, file: BufferedWriter) -> None:
        self._file = file
        self._empty = True
        file.write(b"{")

    def add(self, name: str, value: object) -> None:
        """Append a field."""
        comma = b"" if self._empty else b",\n"
        content = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
        self._file.write(comma + orjson.dumps(name) + b":" + content)
        self._empty = False


@contextmanager
def json_object(folder: Folder, name: str) -> Iterator[GrowingObject]:
    """A file that holds one JSON object, grown field by field."""
    with folder.open(name) as file:
        yield GrowingObject(file)
        file.write(b"}\n")


@contextmanager
def json_objects(
    folder: Folder, name: str, head: dict[str, object], *fields: str
) -> Iterator[dict[str, GrowingObject]]:
    """A file that holds one JSON object: what is in `head`, and `fields` that are grown objects."""
    parts = {field: f"{name}.{field}.part" for field in fields}
    with ExitStack() as stack:
        yield {
            field: stack.enter_context(json_object(folder, part)) for field, part in parts.items()
        }
    folder.join(name, head, parts)
