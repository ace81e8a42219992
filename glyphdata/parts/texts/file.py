"""Texts from a file of your own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from io import SEEK_END
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from glyphdata.parts import Passage
from glyphdata.parts.fetched import fetched_file, is_url
from glyphdata.parts.fields import Share
from glyphdata.parts.textfile import Rows, rows
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level


class _Open:
    """The place of the opened file: no field, so it is neither asked for, compared nor pickled."""

    __slots__ = ("_rows",)
    _rows: Rows


_TELLING = 1 << 16  # bytes


@dataclass(frozen=True, slots=True)
class Files(_Open):
    """Texts from a .txt (one a line), .jsonl, .csv, .tsv or .parquet file, each row as likely.

    Recipe: {kind: file, path: slogans.txt, level: sentence, language: en}

    `column` names the texts in all but .txt. `level` says which level the texts are; left out, they
    serve any. Rows without a drawable text are rejected and counted when they are drawn.
    """

    path: Annotated[str, Field(min_length=1)]
    level: Level | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "und"
    column: Annotated[str, Field(min_length=1)] = "text"
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its file found and scanned; `InputError` where it cannot be used."""
        here = self.path.removeprefix("file://")
        place = fetched_file(self.path) if is_url(self.path) else root / here
        found = replace(self, path=str(place))
        object.__setattr__(found, "_rows", rows(Path(found.path), self.column))
        return found

    @property
    def identity(self) -> str:
        """What tells the file's content from another's: its size, its start and its end."""
        with Path(self.path).open("rb") as file:
            digest = blake2b(file.read(_TELLING), digest_size=16)
            size = file.seek(0, SEEK_END)
            file.seek(max(size - _TELLING, 0))
            digest.update(file.read(_TELLING) + str(size).encode())
        return digest.hexdigest()

    def levels(self) -> Sequence[Level]:
        """Its `level`, or all of them."""
        return ("word", "sentence", "paragraph") if self.level is None else (self.level,)

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One row's text; a `Rejection` that says why where it has none."""
        try:
            held = self._rows
        except AttributeError:  # just unpickled in another process
            held = rows(Path(self.path), self.column)
            object.__setattr__(self, "_rows", held)
        return Passage(held.text(rng.integer(0, len(held))), self.language)
