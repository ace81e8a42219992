"""Cell arrays as a MATLAB file (MAT-file format, level 5), grown cell by cell.

The format is MathWorks' (MAT-File Format, chapter 1): a header of 128 bytes, then elements of a
type, a length and data that fills whole 8 bytes; a variable is a matrix element of flags,
dimensions, name and data. Nothing in the file tells when it was made.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from io import BufferedWriter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from glyphdata.convert.folder import Folder
from glyphdata.errors import OutputError

_INT8, _INT32, _UINT32, _SINGLE, _MATRIX, _UTF8 = 1, 5, 6, 7, 14, 16
_CELL, _CHAR, _SINGLES = 1, 4, 7  # classes of arrays
_LARGEST = (1 << 32) - 1  # bytes that an element's length can tell
_HEADER = b"MATLAB 5.0 MAT-file".ljust(116) + bytes(8) + struct.pack("<H2s", 0x0100, b"IM")


class Cells:
    """Variables of a MAT-file, each a 1 × n cell array; joined when the block ends well."""

    def __init__(self, folder: Folder, name: str, variables: Sequence[str]) -> None:
        self._folder, self._name = folder, name
        self._counts = dict.fromkeys(variables, 0)
        self._files: dict[str, BufferedWriter] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for one in self._counts:
            self._files[one] = self._stack.enter_context(self._folder.open(self._part(one)))
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        self._stack.close()
        if fault is None:
            self._join()

    def texts(self, variable: str, rows: Sequence[str]) -> None:
        """Append a cell: a matrix of characters, a text each row, filled up with blanks."""
        width = max(map(len, rows), default=0)
        filled = [row.ljust(width) for row in rows]
        columns = "".join(row[at] for at in range(width) for row in filled)
        shape = (len(rows), width) if width else (0, 0)
        self._add(variable, _matrix(_CHAR, shape, "", _element(_UTF8, columns.encode())))

    def numbers(self, variable: str, array: NDArray[np.float32]) -> None:
        """Append a cell: an array of single numbers."""
        data = array.astype("<f4").tobytes(order="F")
        self._add(variable, _matrix(_SINGLES, array.shape, "", _element(_SINGLE, data)))

    def _add(self, variable: str, cell: bytes) -> None:
        self._files[variable].write(cell)
        self._counts[variable] += 1

    def _part(self, variable: str) -> str:
        return f"{self._name}.{variable}.part"

    def _join(self) -> None:
        with self._folder.open(self._name) as file:
            file.write(_HEADER)
            for variable, count in self._counts.items():
                part = self._folder.at(self._part(variable))
                head = _matrix_head(_CELL, (1, count), variable)
                size = len(head) + part.stat().st_size
                if size > _LARGEST:
                    raise OutputError(
                        f"{variable} takes {size:,} bytes, and a MAT-file's variable has room for"
                        f" {_LARGEST:,}",
                        hint="export fewer samples (`--limit`), or with `-s form=npz`",
                    )
                file.write(struct.pack("<II", _MATRIX, size) + head)
                with part.open("rb") as cells:
                    shutil.copyfileobj(cells, file, 1 << 20)
                part.unlink()


def _element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def _matrix_head(kind: int, shape: tuple[int, ...], name: str) -> bytes:
    return (
        _element(_UINT32, struct.pack("<II", kind, 0))
        + _element(_INT32, struct.pack(f"<{len(shape)}i", *shape))
        + _element(_INT8, name.encode())
    )


def _matrix(kind: int, shape: tuple[int, ...], name: str, data: bytes) -> bytes:
    return _element(_MATRIX, _matrix_head(kind, shape, name) + data)
