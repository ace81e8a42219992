"""`croissant.json`: the dataset for programs that read Croissant 1.1 (mlcommons.org/croissant).

Its record set `samples` has a record per sample: the key, the picture, the text and the facts. They
are members of tars, which readers of Croissant know as files by name only; so each member has a
record set of its own, by the key in its file's name, and `samples` joins them. `index` has the
columns of the index. A dataset of very many shards names them by a pattern alone, so that the file
stays small: then there is `index`, and no record set reads the tars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pyarrow as pa

from glyphdata.shards.card import Told
from glyphdata.shards.durable import write_file
from glyphdata.shards.index import SCHEMA
from glyphdata.shards.keys import Places, shard_name
from glyphdata.shards.markdown import words
from glyphdata.shards.record import Record, file_sha256

MOST_NAMED = 500
"""So many shards are named one by one, with their checksums."""

Node = dict[str, object]

_CR = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
_CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{name: f"cr:{name}" for name in _CR},
}
_ENCODINGS = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "json": "application/json",
    "txt": "text/plain",
}
_KEY = r"^([0-9-]+)\."  # what of a member's name is its sample's key
_INDEX = "index/index.parquet"


def write_croissant(places: Places, scratch: Path, told: Told, records: Sequence[Record]) -> None:
    """Write `croissant.json` of a dataset whose index is merged; it has no dates.

    `OutputError` where it cannot be written, or the index cannot be read.
    """
    named = len(records) <= MOST_NAMED
    sets = [*_members(told), _indexed()] if named else [_indexed()]
    fields: Node = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": words(told.name) or "glyphdata",
        "description": told.opening,
        "keywords": list(told.tags),
        **({"inLanguage": list(told.languages)} if told.languages else {}),
        "license": "README.md#licences",
        "distribution": [
            *_files(places, records, named=named),
            *(_sets(told, records) if named else ()),
        ],
        "recordSet": sets,
    }
    content = orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_file(scratch, places.croissant, content)


def _files(places: Places, records: Sequence[Record], *, named: bool) -> Iterator[Node]:
    """The index, and the shards: one by one with size and checksum, or all by their pattern."""
    yield _file(
        _INDEX, "application/x-parquet", places.index.stat().st_size, file_sha256(places.index)
    )
    if not named:
        yield {
            "@type": "cr:FileSet",
            "@id": "shards",
            "name": "shards",
            "description": "SHA256SUMS has their checksums.",
            "encodingFormat": "application/x-tar",
            "includes": "data/train-*.tar",
        }
        return
    for one in records:
        name = f"data/{shard_name(one.number)}"
        yield _file(name, "application/x-tar", one.bytes, one.sha256)


def _file(name: str, encoding: str, size: int, sha256: str) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{size} B",
        "encodingFormat": encoding,
        "sha256": sha256,
    }


def _sets(told: Told, records: Sequence[Record]) -> Iterator[Node]:
    """The files of each member, over all shards."""
    shards = [{"@id": f"data/{shard_name(one.number)}"} for one in records]
    for member in told.types:
        last = member.rpartition(".")[2]
        yield {
            "@type": "cr:FileSet",
            "@id": f"files/{member}",
            "name": member,
            "containedIn": shards,
            "encodingFormat": _ENCODINGS.get(last, "application/octet-stream"),
            "includes": f"*[0-9].{member}",
        }


def _members(told: Told) -> Iterator[Node]:
    """A record set for each of picture, text and facts, and those that join them."""
    roles = [("image", told.picture, "sc:ImageObject"), ("text", "txt", "sc:Text")]
    roles = [one for one in (*roles, ("json", "json", "sc:Text")) if one[1] in told.types]
    for role, member, kind in roles:
        yield _record_set(f"{role}s", _of_names(f"{role}s", member), _of_files(role, member, kind))
    joined: list[tuple[str, str]] = []
    for nth, (role, _, kind) in enumerate(roles):
        joined.append((role, kind))
        name = "samples" if nth == len(roles) - 1 else f"samples-{nth}"
        before = f"samples-{nth - 1}" if nth > 1 else f"{roles[0][0]}s"
        if nth:
            yield _joined(name, before, f"{role}s", joined)


def _joined(name: str, before: str, other: str, roles: Sequence[tuple[str, str]]) -> Node:
    """The records of two record sets that have the same key; a reader joins two at a time."""
    key = _field(f"{name}/key", "sc:Text", {"field": {"@id": f"{before}/key"}})
    key["references"] = {"field": {"@id": f"{other}/key"}}
    fields = [key]
    for role, kind in roles:
        origin = other if other == f"{role}s" else before
        fields.append(_field(f"{name}/{role}", kind, {"field": {"@id": f"{origin}/{role}"}}))
    return _record_set(name, *fields)


def _record_set(name: str, *fields: Node) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": {"@id": f"{name}/key"},
        "field": list(fields),
    }


def _of_names(name: str, member: str) -> Node:
    source: Node = {
        "fileSet": {"@id": f"files/{member}"},
        "extract": {"fileProperty": "filename"},
        "transform": {"regex": _KEY},
    }
    return _field(f"{name}/key", "sc:Text", source)


def _of_files(role: str, member: str, kind: str) -> Node:
    source: Node = {
        "fileSet": {"@id": f"files/{member}"},
        "extract": {"fileProperty": "content"},
    }
    return _field(f"{role}s/{role}", kind, source)


def _field(name: str, kind: str, source: Node) -> Node:
    return {
        "@type": "cr:Field",
        "@id": name,
        "name": name.rpartition("/")[2],
        "dataType": kind,
        "source": source,
    }


def _indexed() -> Node:
    """The columns of the index."""
    fields = []
    for column in SCHEMA:
        repeated = pa.types.is_list(column.type)
        kind = column.type.value_type if repeated else column.type
        source: Node = {"fileObject": {"@id": _INDEX}, "extract": {"column": column.name}}
        one = _field(f"index/{column.name}", _kind(kind), source)
        fields.append(one | ({"isArray": True, "arrayShape": "-1"} if repeated else {}))
    return _record_set("index", *fields)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_string(kind):
        return "sc:Text"
    return "cr:Float32" if pa.types.is_floating(kind) else "sc:Integer"
