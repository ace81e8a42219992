"""The user's folder of fonts: font files by their sha256, beside a registry that began as the
release's.

    registry.jsonl   the release's lines, then the user's own
    coverage.json    what they point to
    parent.json      how many lines are the release's, and their sha256
    retired.txt      tokens withdrawn from use
    store/           <sha256>.ttf …, read-only; licenses/<sha256>.txt

Each file is written aside, made durable and renamed, the registry last: whoever reads, and whatever
is killed, the registry is the old one or the new one.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Literal

from glyphdata.errors import InputError, OutputError
from glyphdata.faces import stored
from glyphdata.faces.locate import REGISTRY, STORE, core_folder, stored_name

PATIENCE_S = 120.0
"""How long one process waits for another that is adding fonts to the same folder."""

LICENSES = f"{STORE}/licenses"
_DRAFT = ".part"
_WAY_OUT = "set GLYPHDATA_FONTS to a folder that you may write to"


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a registry stands to the release's.

    `kind` is `core` (it is the release's), `grown` (the release's, then `own` lines), `behind` (the
    release has `ahead` more lines) or `apart`: from token `common` on both gave the same tokens to
    different faces.
    """

    kind: Literal["core", "grown", "behind", "apart"]
    common: int
    own: int
    ahead: int

    @property
    def remark(self) -> str:
        """What a user should know of it, with the way out; "" where all is well."""
        if self.kind == "behind":
            return (
                f"the installed release has {self.ahead} more faces than your registry "
                "(`glyphdata fonts register` takes them over)"
            )
        if self.kind == "apart":
            return (
                f"from <font-{self.common}> on the installed release has given its tokens to other "
                "faces than your registry has; yours stay as they are (`glyphdata fonts register` "
                "gives the release's new faces tokens after them)"
            )
        return ""


def lineage(folder: Path) -> Lineage:
    """How the folder's registry stands to the release's; `InputError` where either is not there."""
    core = core_folder()
    if folder.resolve() == core.resolve():
        return Lineage("core", len(stored.lines(core / REGISTRY)), 0, 0)
    here, there = stored.lines(folder / REGISTRY), stored.lines(core / REGISTRY)
    pairs = zip(here, there, strict=False)
    shorter = min(len(here), len(there))
    common = next((place for place, (a, b) in enumerate(pairs) if a != b), shorter)
    own, ahead = len(here) - common, len(there) - common
    if own and ahead:
        return Lineage("apart", common, own, ahead)
    return Lineage("behind" if ahead else "grown", common, own, ahead)


def base(folder: Path) -> Path:
    """The folder whose registry the folder's next one continues.

    Its own, once it has lines of its own; until then the release's, however that has grown.
    """
    if not (folder / REGISTRY).is_file():
        return core_folder()
    try:
        return core_folder() if lineage(folder).kind == "behind" else folder
    except InputError:  # an install whose own registry was removed can still add to the user's
        return folder


@contextmanager
def alone(folder: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the folder against other processes that add to it.

    The lock ends with the process, however that ends. `OutputError` where the folder cannot be
    written, or where another process holds it for longer than `patience_s`.
    """
    with _writing(folder, _WAY_OUT):
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + patience_s
        while not _locked(file, folder):
            if time.monotonic() > deadline:
                raise OutputError(
                    f"another process is adding fonts to {folder}", hint="wait for it, or stop it"
                )
            time.sleep(0.05)
        _sweep(folder)
        yield
    finally:
        os.close(file)


def _locked(file: int, folder: Path) -> bool:
    with _writing(folder, _WAY_OUT), suppress(BlockingIOError, PermissionError):
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _sweep(folder: Path) -> None:
    """Remove the drafts of processes that were killed: whoever holds the folder is alone in it."""
    for place in (folder, folder / STORE, folder / LICENSES):
        for draft in place.glob(f".*{_DRAFT}"):
            draft.unlink(missing_ok=True)


def write(path: Path, data: bytes, *, mode: int = 0o644, hint: str = _WAY_OUT) -> None:
    """Put `data` at `path`: readers see what was there before, or all of it.

    `OutputError`, with the `hint`, where it cannot be written.
    """
    with _writing(path, hint):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = mkstemp(_DRAFT, f".{path.name}.", path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).chmod(mode)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise


def keep_font(folder: Path, data: bytes, file: str) -> Path:
    """Put a font file into the folder's store, unless it is there; gives its place."""
    digest = sha256(data).hexdigest()
    place = folder / STORE / stored_name(digest, file)
    if not (place.is_file() and place.stat().st_size == len(data)):
        write(place, data, mode=0o444)
    return place


def license_name(text: bytes) -> str:
    """What the text of a licence is called in a store, as a path from the registry's folder."""
    return f"{LICENSES}/{sha256(text).hexdigest()}.txt"


def keep_license(folder: Path, text: bytes) -> None:
    """Put the text of a licence into the folder's store, unless it is there."""
    place = folder / license_name(text)
    if not place.is_file():
        write(place, text, mode=0o444)


def settled(folder: Path) -> None:
    """Make the renames inside the folder and its store last through a loss of power."""
    if sys.platform == "win32":
        return
    for place in (folder / LICENSES, folder / STORE, folder):
        if place.is_dir():
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextmanager
def _writing(path: Path, hint: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise OutputError(
            f"cannot write {fault.filename or path}: {fault.strerror or fault}",
            hint=hint,
        ) from fault
