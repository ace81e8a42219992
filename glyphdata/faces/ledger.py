"""A registry that is to be added to: its lines stay as they are, new ones come after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.faces import stored
from glyphdata.faces.face import Face, to_record
from glyphdata.faces.locate import REGISTRY
from glyphdata.faces.scan import Scanned
from glyphdata.faces.store import settled, write

COVERAGE, RETIRED, PARENT = "coverage.json", "retired.txt", "parent.json"

Identity = tuple[str, int, tuple[tuple[str, float], ...]]


@dataclass(frozen=True, slots=True)
class Entries:
    """Faces with the tokens that they are to have, the list of ranges that they point into, and
    the twins: faces that draw each of their scripts as another does, with the key of such a one.
    """

    added: tuple[Face, ...]
    ranges: tuple[str, ...]
    twins: tuple[tuple[Face, str], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The registry of a folder: its lines to the byte, the faces that they tell of, and
    `coverage.json`'s ranges.
    """

    folder: Path
    lines: tuple[bytes, ...]
    faces: tuple[Face, ...]
    ranges: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Ledger:
        """The folder's registry, empty where it has none.

        `InputError` for a damaged line, `OutputError` where lines of the release have changed.
        """
        registry = folder / REGISTRY
        if not registry.is_file():
            return cls(folder, (), (), ())
        lines = tuple(stored.lines(registry))
        parent = stored.parent(folder / PARENT)
        if parent is not None and digest_of(lines[: parent.faces]) != parent.sha256:
            raise OutputError(
                f"{registry} has changed in lines already written",
                hint="its lines are for ever; restore the file",
            )
        return cls(folder, lines, stored.faces(lines, registry), _ranges(folder / COVERAGE))

    @property
    def identities(self) -> frozenset[Identity]:
        """The identities of the faces that have a token."""
        return frozenset(face.identity for face in self.faces)

    def entries(self, scanned: Iterable[Scanned], *, homeless: bool = False) -> Entries:
        """The tokens that the new among these faces get, in the order of their keys.

        A face that draws a script exactly as an earlier one does is not at home in that script: a
        token must be tellable from a picture. One that is left without a home gets no token, but
        for `homeless`.
        """
        taken = set(self.identities)
        drawn = {mark: face.key for face in self.faces for mark in face.prints}
        numbers = {text: number for number, text in enumerate(self.ranges)}
        added: list[Face] = []
        twins: list[tuple[Face, str]] = []
        for one in sorted(scanned, key=lambda one: (one.face.key, one.face.identity)):
            if one.face.identity in taken:
                continue
            taken.add(one.face.identity)
            own = tuple(mark for mark in one.face.prints if mark not in drawn)
            if not (own or homeless) and one.face.prints:
                twins.append((one.face, drawn[one.face.prints[0]]))
                continue
            drawn.update(dict.fromkeys(own, one.face.key))
            number = numbers.setdefault(one.covered, len(numbers))
            token = len(self.faces) + len(added)
            added.append(_at_home(replace(one.face, token=token, coverage=number), own))
        return Entries(tuple(added), tuple(numbers), tuple(twins))

    def write(self, entries: Entries, folder: Path) -> None:
        """Make the folder's registry this one with the entries after it, the registry last.

        A folder that is not this one's own becomes its child: it takes over what was retired, and
        remembers which lines it did not write itself.
        """
        if folder.resolve() != self.folder.resolve():
            self._beget(folder)
        write(folder / COVERAGE, orjson.dumps(entries.ranges, option=orjson.OPT_INDENT_2) + b"\n")
        fresh = (orjson.dumps(to_record(face)) for face in entries.added)
        write(folder / REGISTRY, b"".join(line + b"\n" for line in (*self.lines, *fresh)))
        settled(folder)

    def _beget(self, folder: Path) -> None:
        parent = {"name": "core", "faces": len(self.lines), "sha256": digest_of(self.lines)}
        retired = self.folder / RETIRED
        if retired.is_file() and not (folder / RETIRED).is_file():
            write(folder / RETIRED, retired.read_bytes())
        write(folder / PARENT, orjson.dumps(parent) + b"\n")


def digest_of(lines: Iterable[bytes]) -> str:
    """The SHA-256, in hex, of lines of a registry."""
    return sha256(b"".join(line + b"\n" for line in lines)).hexdigest()


def _at_home(face: Face, own: tuple[tuple[str, str], ...]) -> Face:
    homes = tuple(script for script, _ in own)
    languages = face.languages if "han" in homes else ()
    return replace(face, prints=own, home_scripts=homes, languages=languages)


def _ranges(path: Path) -> tuple[str, ...]:
    try:
        ranges: list[str] = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise InputError(f"{path}: {fault}", hint="restore the file") from fault
    return tuple(ranges)
