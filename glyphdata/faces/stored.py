"""The registry as it lies on disk: `registry.jsonl`, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import orjson

from glyphdata.errors import InputError
from glyphdata.faces.coverage import parsed
from glyphdata.faces.face import Face, from_record
from glyphdata.faces.index import Ranges
from glyphdata.faces.locate import locate, stores


class Digest(NamedTuple):
    """What a registry said: its name, how many faces, and the sha256 of that many lines."""

    name: str
    faces: int
    sha256: str


def parent(path: Path) -> Digest | None:
    """What `parent.json` says of the registry that this one began as; None where there is none."""
    if not path.is_file():
        return None
    try:
        return Digest(**orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as fault:
        raise InputError(f"{path}: {fault}", hint="restore the file") from fault


def lines(registry: Path) -> list[bytes]:
    """The registry's lines; line n belongs to token n."""
    try:
        return registry.read_bytes().splitlines()
    except OSError as fault:
        raise InputError(
            f"{registry}: {fault.strerror}",
            hint="set GLYPHDATA_FONTS to the folder of the registry",
        ) from fault


def faces(written: Iterable[bytes], registry: Path) -> tuple[Face, ...]:
    """The faces that the lines describe; `InputError` naming the line that is damaged."""
    read = []
    for number, line in enumerate(written):
        try:
            face = from_record(orjson.loads(line))
            if face.token != number:
                raise ValueError(f"it has the id {face.token}, not {number}")
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise InputError(
                f"{registry}: line {number + 1} is damaged: {fault}", hint="restore the file"
            ) from fault
        read.append(face)
    return tuple(read)


def paths(registered: Iterable[Face], folder: Path) -> tuple[Path | None, ...]:
    """Each face's file, or None where it is missing; a file is looked for once for its styles.

    `folder` is the registry's.
    """
    shelves = stores(folder)
    found: dict[str, Path | None] = {}
    located = []
    for face in registered:
        if face.sha256 not in found:
            found[face.sha256] = locate(face.source, face.file, face.size, face.sha256, shelves)
        located.append(found[face.sha256])
    return tuple(located)


def retired(path: Path) -> frozenset[int]:
    """The tokens that `retired.txt` withdraws: one a line, then why.

    They stand apart from the registry so that none of its lines ever changes.
    """
    if not path.is_file():
        return frozenset()
    words = (line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines())
    try:
        return frozenset(int(word[0]) for word in words if word and not word[0].startswith("#"))
    except ValueError as fault:
        raise InputError(f"{path}: {fault}", hint="start each line with a token") from fault


def coverages(registered: Iterable[Face], path: Path) -> dict[Ranges, int]:
    """The ranges of `coverage.json`, each with the set of the faces that cover just these."""
    sharing: dict[int, int] = {}
    for face in registered:
        sharing[face.coverage] = sharing.get(face.coverage, 0) | 1 << face.token
    masks: dict[Ranges, int] = {}
    try:
        texts: list[str] = orjson.loads(path.read_bytes())
        for number, bits in sharing.items():
            ranges = parsed(texts[number])
            masks[ranges] = masks.get(ranges, 0) | bits
    except (OSError, ValueError, IndexError) as fault:
        raise InputError(f"{path}: {fault}", hint="restore the file") from fault
    return masks
