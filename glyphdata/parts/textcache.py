"""Columns of Parquet files copied to JSON lines, once, so that any row can be read alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import orjson

from glyphdata.errors import InputError

_BATCH = 4096


def cache_folder() -> Path:
    """Where copies are kept: `$GLYPHDATA_CACHE`, else `glyphdata` in the user's cache folder."""
    own = os.environ.get("GLYPHDATA_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glyphdata"


def copied(path: Path, column: str) -> Path:
    """A file with one JSON value a line, row by row the column of a Parquet file.

    Copies are named by the file's place, size and time, written beside their name and moved there
    whole, so that processes may share them. A cell that is no text becomes `null`. `InputError`
    where the file is no Parquet or the cache cannot be written.
    """
    stamp = path.stat()
    named = f"{path.resolve()}\0{stamp.st_size}\0{stamp.st_mtime_ns}\0{column}"
    folder = cache_folder() / "texts"
    copy = folder / f"{blake2b(named.encode(), digest_size=12).hexdigest()}.jsonl"
    if copy.is_file():
        return copy
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            try:
                for batch in _batches(path, column):
                    part.write(batch)
                part.close()
                Path(part.name).replace(copy)
            finally:
                Path(part.name).unlink(missing_ok=True)
    except OSError as fault:
        raise InputError(
            f"{path} cannot be copied to {folder}: {fault}",
            hint="point GLYPHDATA_CACHE to a folder with room",
        ) from None
    return copy


def columns(path: Path) -> list[str]:
    """The names of a Parquet file's columns; `InputError` where it is none."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return list(parquet.read_schema(path).names)
    except pa.ArrowInvalid as fault:
        raise InputError(f"{path} is no Parquet file: {fault}", hint="check the file") from None


def _batches(path: Path, column: str) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            kind = file.schema_arrow.field(column).type
            if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
                raise InputError(f"column {column!r} of {path} is {kind}", hint="name one of texts")
            for batch in file.iter_batches(batch_size=_BATCH, columns=[column]):
                # As bytes: a broken string must cost its row, not the file.
                cells = batch.column(0).cast(pa.large_binary()).to_pylist()
                yield b"".join(_line(cell) for cell in cells)
    except pa.ArrowInvalid as fault:
        raise InputError(f"{path} is no Parquet file: {fault}", hint="check the file") from None


def _line(cell: bytes | None) -> bytes:
    try:
        return orjson.dumps(None if cell is None else cell.decode()) + b"\n"
    except UnicodeDecodeError:
        return b"null\n"
