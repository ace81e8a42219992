"""A list of keys as people pass it on: one a line, behind a tab the reason where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.shards.durable import write_file

_KEY = re.compile(r"[^\s\x00-\x1f\x7f]+")
_HINT = "one key a line, such as 000003-0017, and behind a tab the reason if you like"


def key_lines(keys: Iterable[str] | Mapping[str, str]) -> str:
    """The text of a key list; a reason's own tabs and line ends become spaces.

    `InputError` where something among the keys is none: empty, or with space inside.
    """
    reasons = keys if isinstance(keys, Mapping) else dict.fromkeys(keys, "")
    lines = []
    for key, reason in reasons.items():
        if not _KEY.fullmatch(key) or key.startswith("#"):
            raise InputError(f"{key!r} is no key of a sample", hint=_HINT)
        told = " ".join(reason.split())
        lines.append(f"{key}\t{told}\n" if told else f"{key}\n")
    return "".join(lines)


def write_keys(path: Path, keys: Iterable[str] | Mapping[str, str]) -> None:
    """Write a key list, whole or not at all: keys alone, or each with its reason.

    `InputError` where something among the keys is none, `OutputError` where the file cannot be
    written.
    """
    write_file(path.parent, path, key_lines(keys).encode("utf-8", "backslashreplace"))


def read_keys(path: Path) -> dict[str, str]:
    """The keys of a list, in its order, each with its reason or an empty one.

    Empty lines and those that begin with `#` say nothing; of a key that comes twice the last reason
    counts. `InputError` names the line that is no key, or the file that cannot be read.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise InputError(
            f"the key list cannot be read: {fault.strerror}", hint="give a text file of keys"
        ).inside(str(path)) from None
    except UnicodeDecodeError:
        raise InputError("the key list is no UTF-8 text", hint=_HINT).inside(str(path)) from None
    keys: dict[str, str] = {}
    for number, line in enumerate(content.split("\n"), 1):
        key, _, reason = line.rstrip("\r").partition("\t")
        key = key.strip()
        if (not key and not reason.strip()) or key.startswith("#"):
            continue
        if not _KEY.fullmatch(key):
            raise InputError(f"{key!r} is no key", hint=_HINT).inside(f"{path}, line {number}")
        keys[key] = reason.strip()
    return keys
