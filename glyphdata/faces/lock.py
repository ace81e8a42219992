"""A lock file: what a registry and its store are made of, and whether a machine has the same.

One JSON document: the registry's digest, and per face its token, key, identity, file, licence and
the package that it came from. The same registry and files give the same bytes on any machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue, Digest
from glyphdata.faces.face import Face
from glyphdata.faces.opening import origin

FORMAT = "glyphdata-fonts-lock-1"


@dataclass(frozen=True, slots=True)
class Lack:
    """One way in which this machine differs from a lock; `token` is -1 for the whole registry.

    `registry` (other faces under its tokens), `shorter` (it has fewer), `missing` (a file is not
    here), `changed` (a file has other bytes), `retired` (withdrawn here, in use there).
    """

    code: str
    token: int
    message: str


def locked(catalogue: Catalogue) -> bytes:
    """The lock file of a catalogue, as JSON with one face a line."""
    digest = orjson.dumps(catalogue.digest()._asdict()).decode()
    faces = [orjson.dumps(_entry(face, catalogue)).decode() for face in catalogue.faces]
    head = f'{{"format": "{FORMAT}",\n"registry": {digest},\n"faces": [\n'
    return (head + ",\n".join(faces) + "\n]}\n").encode()


def lacking(lock: bytes, catalogue: Catalogue) -> tuple[Lack, ...]:
    """How this machine's catalogue differs from a lock; nothing where it has the same.

    It may have more faces than the lock. Every file that was in use there is read and its sha256
    compared. `InputError` where the lock is none.
    """
    document = _read(lock)
    promised = Digest(**document["registry"])
    if promised.faces > len(catalogue):
        text = f"the lock has {promised.faces} faces, this registry {len(catalogue)}"
        return (Lack("shorter", -1, text),)
    if catalogue.digest(promised.faces).sha256 != promised.sha256:
        other = next(
            (face for face in document["faces"] if _entry_differs(face, catalogue)),
            {"id": 0, "key": "another face"},
        )
        text = f"<font-{other['id']}> is {other['key']} in the lock, {_key(catalogue, other)} here"
        return (Lack("registry", -1, text),)
    found = (_lack(face, catalogue) for face in document["faces"])
    return tuple(lack for lack in found if lack is not None)


def _entry(face: Face, catalogue: Catalogue) -> dict[str, object]:
    return {
        "id": face.token,
        "key": face.key,
        "sha256": face.sha256,
        "index": face.index,
        "axes": dict(face.axes),
        "file": face.file,
        "size": face.size,
        "license": face.license,
        "merged": face.merged,
        "source": face.source._asdict(),
        "status": catalogue.status(face.token),
    }


def _read(lock: bytes) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = orjson.loads(lock)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}, not {FORMAT!r}")
        Digest(**document["registry"])
        for face in document["faces"]:
            _identity(face)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError(
            f"is no lock of fonts: {fault}", hint="write one with `glyphdata fonts lock -o FILE`"
        ) from fault
    return document


def _identity(entry: Mapping[str, Any]) -> tuple[object, ...]:
    axes = tuple((str(tag), float(value)) for tag, value in entry["axes"].items())
    return (int(entry["id"]), str(entry["key"]), entry["sha256"], entry["index"], axes)


def _entry_differs(entry: Mapping[str, Any], catalogue: Catalogue) -> bool:
    face = catalogue[int(entry["id"])]
    return _identity(entry) != (face.token, face.key, *face.identity)


def _key(catalogue: Catalogue, entry: Mapping[str, Any]) -> str:
    return catalogue[int(entry["id"])].key


def _lack(entry: Mapping[str, Any], catalogue: Catalogue) -> Lack | None:
    token = int(entry["id"])
    there, here = entry["status"], catalogue.status(token)
    name = f"<font-{token}> {entry['key']}"
    if there != "active":
        return None
    if here == "retired":
        return Lack("retired", token, f"{name} is withdrawn here")
    if here == "missing":
        from_where = origin(catalogue[token])
        return Lack("missing", token, f"{name}: {entry['file']}{from_where} is not on this machine")
    try:
        catalogue.open(token)
    except InputError as fault:
        return Lack("changed", token, fault.message)
    return None


def read_lock(path: Path) -> bytes:
    """The bytes of a lock file; `InputError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path}: {fault.strerror}", hint="name the lock file") from fault
