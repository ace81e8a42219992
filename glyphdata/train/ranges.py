"""Stretches of files, wherever they lie: a local path by `pread`, any other by fsspec's ranges."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import fsspec

from glyphdata.errors import InputError
from glyphdata.shards.tarread import Member, members, open_tar

_OPEN_AT_ONCE = 64


def is_remote(path: str) -> bool:
    """Is this the URL of somewhere else, such as `s3://bucket/out`?"""
    return "://" in path and not path.startswith("file://")


class Ranges:
    """Reads stretches of files; local ones stay open, the ones used last. Cheap to send away."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, int] = OrderedDict()

    def __reduce__(self) -> tuple[type[Ranges], tuple[()]]:
        return (Ranges, ())

    def read(self, path: str, start: int, size: int) -> bytes:
        """The `size` bytes from `start` on, fewer where the file ends; `InputError` where it cannot
        be read.
        """
        try:
            if is_remote(path):
                files, inside = fsspec.core.url_to_fs(path)
                return bytes(files.cat_file(inside, start=start, end=start + size))
            file = self._file(path)
            there = max(os.fstat(file).st_size - start, 0)  # an index may claim any size
            return os.pread(file, min(size, there), start)
        except (OSError, ValueError) as fault:
            raise _unreadable(path, fault) from None

    def whole(self, path: str) -> bytes | None:
        """All of a file, None where there is none; `InputError` where it cannot be read."""
        try:
            if not is_remote(path):
                return Path(path).read_bytes()
            files, inside = fsspec.core.url_to_fs(path)
            return bytes(files.cat_file(inside))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as fault:
            raise _unreadable(path, fault) from None

    def tars(self, folder: str) -> list[str]:
        """The tars of a folder by name; none where it cannot be listed."""
        if not is_remote(folder):
            return sorted(str(path) for path in Path(folder).glob("*.tar"))
        files, inside = fsspec.core.url_to_fs(folder)
        try:
            found = files.glob(f"{inside.rstrip('/')}/*.tar")
        except (OSError, NotImplementedError):
            return []
        return sorted(files.unstrip_protocol(name) for name in found)

    def _file(self, path: str) -> int:
        file = self._open.pop(path, -1)
        if file < 0:
            file = os.open(path, os.O_RDONLY)
        self._open[path] = file
        if len(self._open) > _OPEN_AT_ONCE:
            os.close(self._open.popitem(last=False)[1])
        return file

    def __del__(self) -> None:
        for file in getattr(self, "_open", {}).values():
            os.close(file)


def walked(path: str) -> tuple[list[Member], InputError | None]:
    """The members of a tar by its headers, as far as they are sound, and the fault behind them."""
    found: list[Member] = []
    try:
        for member in _walk(path):
            found.append(member)
    except InputError as fault:
        return found, fault
    except OSError as fault:
        return found, _unreadable(path, fault)
    return found, None


def _walk(path: str) -> Iterator[Member]:
    if not is_remote(path):
        yield from open_tar(Path(path))
        return
    files, inside = fsspec.core.url_to_fs(path)
    with files.open(inside, "rb") as file:

        def read(at: int, count: int) -> bytes:
            file.seek(at)
            return bytes(file.read(count))

        yield from members(read, file.seek(0, os.SEEK_END))


def _unreadable(path: str, fault: Exception) -> InputError:
    told = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
    return InputError(f"cannot read {path}: {told}", hint="fetch it again, or mend its place")
