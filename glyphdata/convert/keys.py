"""The keys by which samples are chosen, for exports and for mixes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.review.flags import read_flags
from glyphdata.shards.keylist import read_keys

_HINT = "give a file of flags or keys"


def keys_in(path: Path) -> Collection[str]:
    """The keys in a list of keys, or the flagged ones where it is a file of flags (`.jsonl`).

    `InputError` where there is no such file, or none of either kind.
    """
    if "\0" in str(path):
        raise InputError(f"no file is called {str(path)!r}", hint=_HINT)
    if path.suffix != ".jsonl":
        return read_keys(path)
    if not path.exists():  # to the viewer, a file of flags that is not there is one without flags
        raise InputError(f"there is no file {path}", hint=_HINT)
    return read_flags(path)
