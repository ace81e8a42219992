"""Files that exist whole or not at all: written aside, made durable, then renamed into place.

A file that is published into the mirror of a URL is put behind the URL first (`mirror.py`).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from glyphdata.errors import OutputError
from glyphdata.shards import mirror

_WAYS_OUT = {
    errno.ENOSPC: "free some space, then run the same command again: finished shards are kept",
    errno.EDQUOT: "the quota is used up; finished shards are kept",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "the file system is read-only; choose another folder",
    errno.ENOENT: "choose another folder",
    errno.ENOTDIR: "a file stands where a folder should; choose another folder",
    errno.EEXIST: "a file stands where a folder should; choose another folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EFBIG: "raise `ulimit -f`, or write fewer samples into each; finished shards are kept",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn any fault of the operating system inside into an `OutputError` about `path`."""
    try:
        yield
    except OSError as fault:
        hint = _WAYS_OUT.get(fault.errno or 0, "finished shards are kept")
        place = fault.filename or mirror.told(path)
        raise OutputError(f"cannot write {place}: {fault.strerror or fault}", hint=hint) from fault


def make_folder(path: Path) -> None:
    """Make a folder and those above it; `OutputError` where that fails."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def sync_folder(path: Path) -> None:
    """Make the renames inside a folder last through a loss of power."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def scratch_file(folder: Path, name: str) -> tuple[int, Path]:
    """A new file in `folder` that no one else has: its descriptor, open for writing, and path."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, path = mkstemp(prefix=f"{name}.", dir=folder)
        os.fchmod(descriptor, 0o644)  # mkstemp's 0600 would reach the published file
        return descriptor, Path(path)


def publish(descriptor: int, grown: Path, final: Path) -> None:
    """Make an open scratch file durable, close it and rename it to `final`."""
    with writing(final):
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        publish_path(grown, final)


def publish_path(grown: Path, final: Path, beat: Callable[[], None] | None = None) -> None:
    """Rename a durable scratch file to `final`, and make the renaming durable.

    `beat` is called now and then while the file is on its way to where `final` is the mirror of.
    """
    with writing(final):
        mirror.send(grown, final, beat)
        final.parent.mkdir(parents=True, exist_ok=True)
        grown.replace(final)
        sync_folder(final.parent)


def discard(descriptor: int, grown: Path) -> None:
    """Be rid of a scratch file after a fault, which is what is to be told."""
    with suppress(OSError):  # the folder is cleared before the next run
        os.close(descriptor)
    with suppress(OSError):
        grown.unlink(missing_ok=True)


def withdraw(*paths: Path, unseen: bool = False) -> None:
    """Remove published files, those that are not there being no fault; `OutputError` where not.

    With `unseen` they are removed behind a URL even where its mirror does not know of them.
    """
    with writing(paths[0] if paths else Path()):
        mirror.withdraw(paths, unseen=unseen)


def write_file(scratch: Path, final: Path, content: bytes) -> None:
    """Put `content` at `final`: readers see what was there before, or all of it."""
    descriptor, grown = scratch_file(scratch, final.name)
    try:
        with writing(final):
            write_all(descriptor, [content])
    except BaseException:
        discard(descriptor, grown)
        raise
    publish(descriptor, grown, final)


def write_all(descriptor: int, pieces: Sequence[bytes]) -> None:
    """Write every byte of at most 1024 pieces: one call may write fewer (a signal, a full disk)."""
    size = sum(map(len, pieces))
    written = os.writev(descriptor, pieces)
    if written < size:
        rest = memoryview(b"".join(pieces))
        while written < size:
            written += os.write(descriptor, rest[written:])
