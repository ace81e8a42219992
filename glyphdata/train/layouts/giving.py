"""Write an encoder in a layout, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from glyphdata.errors import InputError, OutputError
from glyphdata.train.layouts import DTYPES, module_of
from glyphdata.train.layouts.stack import check_half
from glyphdata.train.layouts.trained import Trained


class Given(NamedTuple):
    """What was written: files under the folder, their bytes, and remarks for the user."""

    files: tuple[str, ...]
    size: int
    remarks: tuple[str, ...]


def export(trained: Trained, dest: Path, layout: str, dtype: str = "fp32") -> Given:
    """Write an encoder into `dest`, a folder that is new or empty.

    With `fp16` every row is run through the tower first. `InputError` where the layout cannot hold
    this encoder, `OutputError` where the folder cannot be written or holds something.
    """
    if dtype not in DTYPES:
        raise InputError(f"no dtype {dtype!r}", hint=f"one of {', '.join(DTYPES)}")
    module = import_module(module_of(layout))
    if dtype == "fp16" and trained.encoder.settings.text.tower == "byt5":
        check_half(trained.tower(layout))
    with fresh(dest) as folder:
        remarks = module.export(trained, folder, dtype)
    files = sorted(path for path in dest.rglob("*") if path.is_file())
    names = tuple(str(path.relative_to(dest)) for path in files)
    return Given(names, sum(path.stat().st_size for path in files), tuple(remarks))


@contextmanager
def fresh(dest: Path) -> Iterator[Path]:
    """A folder beside `dest` to write into, which becomes `dest` where nothing fails.

    `OutputError` where `dest` holds something, or cannot be written.
    """
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise OutputError(f"{dest} holds something already", hint="name a new folder")
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(mkdtemp(prefix=f".{dest.name}.", dir=dest.parent))
    except OSError as fault:
        raise _unwritable(dest, fault) from fault
    try:
        scratch.chmod(0o755)
        yield scratch
        scratch.replace(dest)
    except OSError as fault:
        raise _unwritable(dest, fault) from fault
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unwritable(dest: Path, fault: OSError) -> OutputError:
    return OutputError(
        f"cannot write {dest}: {fault.strerror or fault}",
        hint="is there room, and may you write there?",
    )
