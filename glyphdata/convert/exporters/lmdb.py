"""LMDB as text recognizers read it: crops and their texts, numbered from 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.crops import Turn, crops
from glyphdata.convert.writing.units import Unit, units
from glyphdata.errors import InputError, OutputError

_BATCH = 2 << 20
_MAP = 64 << 20
_LARGEST = 1 << 46
"""Bytes to a batch, of the map at first, and of the largest map that is tried (64 TiB)."""


@dataclass(frozen=True, slots=True)
class Lmdb:
    """LMDB for text recognition: `image-000000001`, `label-000000001` and so on, `num-samples`.

    Export: {kind: lmdb, unit: word, max_length: 25}

    Read by deep-text-recognition-benchmark, PARSeq and many more; it needs the package `lmdb`.
    Images are the texts' quads made upright, as JPEG; columns are turned a quarter to the left
    (`turn`). Skipped are texts longer than `max_length` characters, those with a character that
    `alphabet` does not have, blank ones, and crops with a side under `min_side` pixels.
    """

    unit: Literal["word", "line"] = "word"
    max_length: Annotated[int, Field(ge=1)] | None = None
    alphabet: str | None = None
    turn: Turn = "columns"
    min_side: Annotated[int, Field(ge=1)] = 4

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `data.mdb`; `InputError` without the package `lmdb`."""
        with _Store(_library(), folder.path) as store:
            for picture in pictures:
                texts = self._meant(picture, folder)
                for crop in crops(picture, texts, folder, min_side=self.min_side, turn=self.turn):
                    store.add(crop.jpeg, crop.text.encode())

    def _meant(self, picture: Picture, folder: Folder) -> Iterator[Unit]:
        for one in units(picture, self.unit):
            if not one.text.strip():
                folder.skip(picture.key, "blank")
            elif self.max_length is not None and len(one.text) > self.max_length:
                folder.skip(picture.key, f"text longer than {self.max_length} characters")
            elif self.alphabet is not None and not set(one.text) <= set(self.alphabet):
                folder.skip(picture.key, "text with a character that is not in the alphabet")
            else:
                yield one


@dataclass(slots=True)
class _Store:
    """The database: pairs are put in batches, in a map that is doubled as it fills."""

    library: ModuleType
    path: Path
    _size: int = _MAP
    _count: int = 0
    _waiting: int = 0
    _batch: list[tuple[bytes, bytes]] = field(default_factory=list)
    _environment: Any = None

    def __enter__(self) -> _Store:
        # Without a lock there is no second file, and no one else writes here. The whole folder is
        # made durable at its end.
        self._environment = self.library.open(
            str(self.path), map_size=self._size, lock=False, sync=False
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._batch.append((b"num-samples", str(self._count).encode()))
                self._flush()
        finally:
            self._environment.close()

    def add(self, image: bytes, label: bytes) -> None:
        self._count += 1
        self._batch.append((b"image-%09d" % self._count, image))
        self._batch.append((b"label-%09d" % self._count, label))
        self._waiting += len(image) + len(label)
        if self._waiting >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        while not self._put():
            self._size *= 2
            if self._size > _LARGEST:
                raise OutputError(
                    f"cannot write {self.path}: it takes over {_LARGEST} bytes",
                    hint="export fewer samples (`--limit`)",
                )
            self._environment.set_mapsize(self._size)
        self._batch.clear()
        self._waiting = 0

    def _put(self) -> bool:
        """Put the batch, all of it or nothing; False where the map is too small."""
        try:
            with self._environment.begin(write=True) as transaction:
                for key, value in self._batch:
                    transaction.put(key, value)
        except self.library.MapFullError:
            return False
        except self.library.Error as fault:
            raise OutputError(
                f"cannot write {self.path}: {fault}", hint="free some space"
            ) from None
        return True


def _library() -> ModuleType:
    try:
        import lmdb
    except ModuleNotFoundError:
        raise InputError(
            "the package lmdb is not there", hint="pip install 'glyphdata[convert]'"
        ) from None
    return lmdb
