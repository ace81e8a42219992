"""Arrays as numpy's own files, grown row by row: `.npy`, and `.npz` without a pickle.

The formats are numpy's (`numpy.lib.format`). Nothing in the files tells when they were made.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from io import BufferedWriter
from typing import Any, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from glyphdata.convert.folder import Folder

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell


def npy(array: NDArray[Any]) -> bytes:
    """An array as the content of a `.npy` file."""
    out = io.BytesIO()
    npy_format.write_array(out, array, version=(1, 0), allow_pickle=False)
    return out.getvalue()


class Column:
    """One array of a `.npz` that grows along its first axis, in a file of its own."""

    def __init__(self, file: BufferedWriter, dtype: str, shape: tuple[int, ...]) -> None:
        self.dtype, self.shape, self.rows = np.dtype(dtype), shape, 0
        self._file = file

    def add(self, rows: NDArray[Any] | Sequence[object]) -> None:
        """Append rows of the column's shape."""
        array = np.ascontiguousarray(rows, self.dtype).reshape(-1, *self.shape)
        self._file.write(array.tobytes())
        self.rows += len(array)

    def head(self) -> bytes:
        """The header of the `.npy` that the rows so far are."""
        out = io.BytesIO()
        told = {
            "descr": npy_format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": (self.rows, *self.shape),
        }
        npy_format.write_array_header_1_0(out, told)
        return out.getvalue()


class Columns:
    """A `.npz` of arrays that grow; it is joined, uncompressed, when the block ends well."""

    def __init__(self, folder: Folder, name: str, columns: dict[str, tuple[str, tuple[int, ...]]]):
        """`columns` are the arrays' names, each with its type and the shape of a row."""
        self._folder, self._name, self._of = folder, name, columns
        self._stack = ExitStack()
        self._columns: dict[str, Column] = {}

    def __enter__(self) -> Self:
        for one, (dtype, shape) in self._of.items():
            file = self._stack.enter_context(self._folder.open(self._part(one)))
            self._columns[one] = Column(file, dtype, shape)
        return self

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        self._stack.close()
        if fault is None:
            self._join()

    def _part(self, column: str) -> str:
        return f"{self._name}.{column}.part"

    def _join(self) -> None:
        with self._folder.open(self._name) as file, ZipFile(file, "w", ZIP_STORED) as archive:
            for one, column in self._columns.items():
                part = self._folder.at(self._part(one))
                with (
                    part.open("rb") as rows,
                    archive.open(ZipInfo(f"{one}.npy", _NO_TIME), "w", force_zip64=True) as member,
                ):
                    member.write(column.head())
                    shutil.copyfileobj(rows, member, 1 << 20)
                part.unlink()
