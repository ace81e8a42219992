"""Which faces there are, what they cover, which token is each."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from glyphdata.errors import InputError
from glyphdata.faces import stored
from glyphdata.faces.face import Face
from glyphdata.faces.index import CharacterIndex
from glyphdata.faces.locate import REGISTRY, fonts_folder
from glyphdata.faces.opening import OpenFace, opened, origin, way_back
from glyphdata.faces.scripts import SCRIPTS, han_language
from glyphdata.faces.stored import Digest

__all__ = ["CASES", "CATEGORIES", "Catalogue", "Digest", "Status", "forget", "load"]

CASES = ("mixed", "upper", "small")
CATEGORIES = ("sans", "serif", "mono", "display", "handwriting")

Status = Literal["active", "missing", "retired"]


class Catalogue:
    """The registered faces; face n has token n.

    Sets of faces are bitsets: Python integers whose bit n stands for token n. `usable` is the set
    of faces that are neither withdrawn nor missing from this machine.
    """

    def __init__(self, registry: Path, open_at_once: int = 1024) -> None:
        """Read a `registry.jsonl`, and the `coverage.json` and `retired.txt` beside it.

        `open_at_once` faces are kept open; to open one again costs as much as to draw a word.
        """
        self.registry = registry
        self._lines = stored.lines(registry)
        self.faces = stored.faces(self._lines, registry)
        self._paths = stored.paths(self.faces, registry.parent)
        self._retired = stored.retired(registry.with_name("retired.txt"))
        self._parent = stored.parent(registry.with_name("parent.json"))
        self.everyone = (1 << len(self.faces)) - 1
        self.usable = _bits(face for face in self.faces if self.status(face.token) == "active")
        self._index = CharacterIndex(
            stored.coverages(self.faces, registry.with_name("coverage.json")), self.everyone
        )
        self._scripts = {name: 0 for name in SCRIPTS} | _masks(self.faces, lambda f: f.home_scripts)
        self._families = _masks(self.faces, lambda face: (face.family,))
        self._categories = dict.fromkeys(CATEGORIES, 0) | _masks(
            self.faces, lambda face: (face.category,)
        )
        self._cases = dict.fromkeys(CASES, 0) | _masks(self.faces, lambda face: (face.case,))
        self._languages = _masks(self.faces, lambda face: face.languages)
        self._any_language = _bits(face for face in self.faces if not face.languages)
        self._grouped = lru_cache(maxsize=256)(self._group)
        self._open_at_once = open_at_once
        self._open: OrderedDict[int, OpenFace] = OrderedDict()

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, token: int) -> Face:
        if not 0 <= token < len(self.faces):
            raise InputError(
                f"there is no <font-{token}>: {self.registry} ends at <font-{len(self) - 1}>",
                hint="use the registry that the token comes from",
            )
        return self.faces[token]

    def status(self, token: int) -> Status:
        """`active`, `missing` (its file is not on this machine) or `retired` (withdrawn)."""
        if token in self._retired:
            return "retired"
        return "missing" if self._paths[token] is None else "active"

    def path(self, token: int) -> Path | None:
        """The face's file, or None where it is missing."""
        return self._paths[token]

    def covering(self, text: str) -> int:
        """The set of faces that truly draw every character of the text, usable or not.

        Characters that need no glyph (line ends, joiners, bidi controls, variation selectors) do
        not narrow it.
        """
        return self._index.covering(text)

    def drawing(self, char: str) -> int:
        """The set of faces that truly draw the character, usable or not; all where none need to."""
        return self._index[char]

    def missing(self, text: str, bits: int) -> str:
        """The characters of the text that no face of the set draws, once each, in their order."""
        index = self._index
        return "".join(char for char in dict.fromkeys(text) if not index[char] & bits)

    def script_faces(self, script: str, language: str = "") -> int:
        """The usable faces that are at home in a script (`latin`, `han`, …).

        With a BCP 47 language that is written with Han, those that draw its shapes of them. None
        for a script that no face is at home in: texts may come in any.
        """
        return self._scripts.get(script, 0) & self._variant(language) & self.usable

    def where(
        self,
        *,
        scripts: Sequence[str] = (),
        families: Sequence[str] = (),
        categories: Sequence[str] = (),
        cases: Sequence[str] = (),
        languages: Sequence[str] = (),
        tokens: Sequence[int] = (),
    ) -> int:
        """The usable faces that match every field given, each by any of its values.

        Languages narrow only the faces that draw Han. `InputError` for a value that no face could
        have.
        """
        bits = self.usable
        bits &= _any_of("script", scripts, self._scripts)
        bits &= _any_of("family", families, self._families)
        bits &= _any_of("category", categories, self._categories)
        bits &= _any_of("case", cases, self._cases)
        if languages:
            wanted = 0
            for language in languages:
                wanted |= self._variant(language)
            bits &= wanted
        if tokens:
            bits &= _bits(self[token] for token in tokens)
        return bits

    def families(self, bits: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The families of a set and their tokens in it, sorted by family."""
        return self._grouped(bits)

    def tokens(self, bits: int) -> tuple[int, ...]:
        """The tokens of a set, rising."""
        return _tokens(bits)

    def digest(self, faces: int | None = None) -> Digest:
        """What the registry's first `faces` lines say (all by default).

        A registry that has grown has the same digest over the lines it had. Its name is `core`
        for the release's lines, `user` from the first line on that a user has added.
        """
        number = len(self.faces) if faces is None else faces
        if number > len(self.faces):
            raise InputError(
                f"{self.registry} has {len(self.faces)} faces, not {number}",
                hint="use the registry that the dataset was made with, or a later one",
            )
        content = b"".join(line + b"\n" for line in self._lines[:number])
        name = "core" if self.registry.stem == "registry" else self.registry.stem
        if self._parent is not None:
            name = self._parent.name if number <= self._parent.faces else "user"
        return Digest(name, number, sha256(content).hexdigest())

    def open(self, token: int) -> OpenFace:
        """The face ready for setting, from a cache of those used last (`open_at_once`).

        `InputError` where its file is missing or is not the one that was registered.
        """
        found = self._open.get(token)
        if found is not None:
            self._open.move_to_end(token)
            return found
        face = self[token]
        path = self._paths[token]
        if path is None:
            raise InputError(
                f"<font-{token}> {face.key}: {face.file}{origin(face)} is not on this machine",
                hint=way_back(face),
            )
        found = self._open[token] = opened(face, path)
        if len(self._open) > self._open_at_once:
            self._open.popitem(last=False)
        return found

    def _variant(self, language: str) -> int:
        shapes = _han_language(language)
        if not shapes:
            return self.everyone
        return self._any_language | self._languages.get(shapes, 0)

    def _group(self, bits: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        groups: dict[str, list[int]] = {}
        for token in _tokens(bits):
            groups.setdefault(self.faces[token].family, []).append(token)
        return tuple((family, tuple(groups[family])) for family in sorted(groups))


@lru_cache(maxsize=4)
def _catalogue(registry: Path) -> Catalogue:
    return Catalogue(registry)


def load(registry: Path | None = None) -> Catalogue:
    """The catalogue of a registry (by default `fonts_folder`'s), found and read once per process.

    `InputError` where there is none, or where a line of it is damaged.
    """
    environment = (os.environ.get("GLYPHDATA_FONTS"), os.environ.get("XDG_DATA_HOME"))
    return _catalogue(registry or _found(*environment))


@lru_cache(maxsize=4)
def _found(_named: str | None, _data_home: str | None) -> Path:
    """Looked for once: a user's first font must not change the faces of a run that is under way."""
    return fonts_folder() / REGISTRY


def forget() -> None:
    """Let `load` read anew: for a process that has changed a registry itself."""
    _found.cache_clear()
    _catalogue.cache_clear()


_han_language = lru_cache(maxsize=1024)(han_language)


@lru_cache(maxsize=1024)
def _tokens(bits: int) -> tuple[int, ...]:
    return tuple(place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1")


def _bits(faces: Iterable[Face]) -> int:
    bits = 0
    for face in faces:
        bits |= 1 << face.token
    return bits


def _masks(faces: Iterable[Face], values: Callable[[Face], Iterable[str]]) -> dict[str, int]:
    masks: dict[str, int] = {}
    for face in faces:
        for value in values(face):
            masks[value] = masks.get(value, 0) | 1 << face.token
    return masks


def _any_of(field: str, values: Sequence[str], masks: Mapping[str, int]) -> int:
    """The faces with any of the values; every face where none is given."""
    bits = 0 if values else -1
    for value in values:
        mask = masks.get(value)
        if mask is None:
            raise _unknown(field, value, masks)
        bits |= mask
    return bits


def _unknown(field: str, value: str, known: Iterable[str]) -> InputError:
    names = sorted(known)
    close = get_close_matches(value, names, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(names[:60])}"
    return InputError(f"no face has the {field} {value!r}", hint=hint)
