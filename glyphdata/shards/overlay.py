"""Captions that stand beside the shards, joined to their samples by key when these are read."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.shards.keys import Places, shard_name

MEMBER = "captions.json"
"""The member that captions are read as."""

_AT_ONCE = 4  # shards whose captions are held


def folder_of(places: Places) -> Path:
    """The folder of the captions beside the shards."""
    return places.root / "captions"


def overlay_of(places: Places, number: int) -> Path:
    """The captions of a shard: a line of JSON per sample, in the shard's order."""
    return folder_of(places) / f"{Path(shard_name(number)).stem}.jsonl"


def lines_of(path: Path) -> dict[str, bytes]:
    """The lines of an overlay by key; none where there is no such file.

    `InputError` names the line that is no object with a key of its own.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None
    lines: dict[str, bytes] = {}
    for number, line in enumerate(content.splitlines(), 1):
        try:
            key = orjson.loads(line)["key"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as fault:
            raise _damaged(path, number, f"no captions stand there: {fault}") from None
        if not isinstance(key, str) or key in lines:
            raise _damaged(path, number, f"the key {key!r} comes twice or is none")
        lines[key] = line
    return lines


def _damaged(path: Path, line: int, fault: str) -> InputError:
    return InputError(
        f"{path}, line {line}: {fault}", hint="mend it, or remove the file and caption again"
    )


class Overlay:
    """The captions of a dataset that stand beside its shards; those of a few shards are held."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._there = folder_of(places).is_dir()
        self._held: OrderedDict[int, dict[str, bytes]] = OrderedDict()

    def joined(self, shard: int, key: str, members: dict[str, bytes]) -> dict[str, bytes]:
        """The members of a sample with the captions that stand beside it, if any do.

        `InputError` where those were made for other facts: they would tell another picture.
        """
        line = self.line(shard, key)
        if line is None:
            return members
        scene = orjson.loads(line).get("scene_sha256")
        if scene != hashlib.sha256(members.get("json", b"")).hexdigest():
            raise InputError(
                f"the captions of sample {key} were made for another picture",
                hint="run `glyphdata caption` again, or remove the folder captions/",
            )
        return {**members, MEMBER: line}

    def line(self, shard: int, key: str) -> bytes | None:
        """The captions of a sample as they stand beside its shard, unchecked; None for none."""
        return self._lines(shard).get(key) if self._there else None

    def _lines(self, shard: int) -> dict[str, bytes]:
        if shard in self._held:
            self._held.move_to_end(shard)
            return self._held[shard]
        lines = lines_of(overlay_of(self._places, shard))
        self._held[shard] = lines
        if len(self._held) > _AT_ONCE:
            self._held.popitem(last=False)
        return lines
