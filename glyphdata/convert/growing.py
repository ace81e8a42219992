"""The place of an export: it grows beside its name and appears under it whole, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from glyphdata.convert.folder import MARK, Folder, marked
from glyphdata.errors import GlyphdataError, InputError, OutputError
from glyphdata.shards.durable import sync_folder, writing

BEGUN = ".glyphdata-export.part"
"""The file in an export that is not finished; whoever writes it holds its lock."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # with one slash: what a Path makes of a URL
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PLACE = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
)
_LOCKLESS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # mounts of stores, some of networks
_ANEW = "run the same command again: it begins anew"


@contextmanager
def growing(dest: Path, *, apart: Path, overwrite: bool = False) -> Iterator[Folder]:
    """A folder that becomes `dest` when the block ends well, and goes when it does not.

    What a killed export left is removed first. `OutputError` where something stands at `dest`
    already, unless it is an export of ours and `overwrite` is said; where `dest` lies in `apart`,
    the dataset that is exported; and where another export to it is going on. A link to a folder
    stays one.
    """
    if _URL.match(str(dest)):
        raise OutputError(
            f"{dest} is a URL, and exports are written to folders",
            hint="name a folder, then copy it there",
        )
    with writing(dest):
        real = Path(os.path.realpath(dest))
        _admit(dest, real, Path(os.path.realpath(apart)), overwrite=overwrite)
    grown = real.with_name(f"{real.name}.part")
    with _begun(dest, grown):
        try:
            yield Folder(grown)
            with writing(dest):
                _land(grown, real)
        except BaseException as fault:
            with suppress(OSError):  # the next export clears what stays
                _empty(grown)
                shutil.rmtree(grown)
            if isinstance(fault, GlyphdataError):
                fault.hint = _way_out(fault)
            raise


def _admit(dest: Path, real: Path, apart: Path, *, overwrite: bool) -> None:
    """`OutputError` where nothing may be put at `real`, which `dest` names."""
    if real == apart or apart in real.parents:
        raise OutputError(
            f"{dest} is in the folder of the dataset, {apart}",
            hint="choose a folder elsewhere: all that lies there is taken to be the dataset's",
        )
    if not real.exists():
        return
    if real.is_dir() and (os.path.ismount(real) or real == Path.cwd()):
        kind = "where something is mounted" if os.path.ismount(real) else "the current folder"
        raise OutputError(
            f"{dest} is {kind}, which cannot be replaced", hint="name a folder inside it"
        )
    if real.is_dir() and not any(real.iterdir()):
        return
    if not overwrite:
        raise OutputError(
            f"something stands at {dest} already", hint="choose another, or say --overwrite"
        )
    try:
        marked(real)
    except InputError:
        raise OutputError(
            f"{dest} is no export of ours, and is not removed", hint="choose another folder"
        ) from None
    if real in apart.parents:
        raise OutputError(f"the dataset lies in {dest}", hint="choose another folder")


@contextmanager
def _begun(dest: Path, grown: Path) -> Iterator[None]:
    """Make the folder where an export grows, or empty what a killed one left, and lock it."""
    if os.path.lexists(grown) and not _left(grown):
        raise OutputError(
            f"something stands at {grown}, where the export would grow",
            hint="move it away, or choose another name",
        )
    with writing(grown):
        grown.mkdir(parents=True, exist_ok=True)
        lock = os.open(grown / BEGUN, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with writing(grown):
            if not _locked(lock):
                raise OutputError(
                    f"another process is exporting to {dest}", hint="wait for it, or stop it"
                )
            _empty(grown)
        yield
    finally:
        os.close(lock)


def _locked(file: int) -> bool:
    """Take the lock of a file; False where another has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as fault:
        if fault.errno not in _LOCKLESS:
            raise
    return True


def _left(grown: Path) -> bool:
    """Is this what a killed export left?"""
    if grown.is_symlink() or not grown.is_dir():
        return False
    return any((grown / name).is_file() for name in (BEGUN, MARK)) or not any(grown.iterdir())


def _empty(grown: Path) -> None:
    """Remove all but what tells whose it is; that goes last."""
    for one in grown.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        elif one.name != BEGUN:
            with suppress(OSError):  # what stays in the way is found out by whoever writes there
                one.unlink()


def _land(grown: Path, real: Path) -> None:
    """Let everything in the folder last through a loss of power, then give it its name."""
    os.sync()  # one call for what may be a million files; fsync would be asked a million times
    sync_folder(grown)
    if real.exists():
        shutil.rmtree(real)
    (grown / BEGUN).unlink()
    grown.replace(real)
    sync_folder(real.parent)


def _way_out(fault: GlyphdataError) -> str:
    """The hint of a fault inside an export, of which nothing is kept."""
    cause = fault.__cause__
    if fault.exit_code > 128:  # stopped by a signal
        return _ANEW
    if not isinstance(fault, OutputError) or not isinstance(cause, OSError):
        return fault.hint
    if cause.errno in _FULL:
        return f"make room, then {_ANEW}"
    return fault.hint if cause.errno in _PLACE else _ANEW
