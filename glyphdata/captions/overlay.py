"""The overlay: captions beside the shards, a file of lines for each, and whose words they are.

`captions/train-000000.jsonl` has a line per sample, in the shard's order; `captions/manifest.json`
the full recipe of every captioner under the digest that the captions name. Files appear whole or
not at all, and are not written where they would stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import orjson

from glyphdata.caption.record import SCHEMA
from glyphdata.errors import InputError
from glyphdata.shards.durable import write_file, writing
from glyphdata.shards.keys import Places
from glyphdata.shards.overlay import folder_of, lines_of, overlay_of


def scratch_of(places: Places) -> Path:
    """Where files of captions grow before they are published."""
    return places.state / "captions" / "tmp"


def journal_of(places: Places, number: int) -> Path:
    """The journal of a shard while it is captioned."""
    return places.state / "captions" / f"journal-{number:06d}.jsonl"


def sweep(places: Places) -> None:
    """Remove what a killed run left half written; to be called by whoever holds the lock."""
    with writing(scratch_of(places)):
        if scratch_of(places).exists():
            shutil.rmtree(scratch_of(places))


def before(places: Places, number: int) -> dict[str, bytes]:
    """The lines of a shard's overlay by key; none where there is no overlay.

    `InputError` where one of them is no JSON of ours.
    """
    return lines_of(overlay_of(places, number))


def publish(places: Places, number: int, lines: Mapping[str, bytes]) -> bool:
    """Put the overlay of a shard in place, its lines in the order given; was there any change?

    `OutputError` where it cannot be written.
    """
    content = b"".join(line + b"\n" for line in lines.values())
    return _put(places, overlay_of(places, number), content)


def recipes(places: Places) -> dict[str, object]:
    """The recipes of the captioners by digest; none where there is no manifest.

    `InputError` where it is damaged.
    """
    path = folder_of(places) / "manifest.json"
    try:
        found = orjson.loads(path.read_bytes())["recipes"]
    except FileNotFoundError:
        return {}
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as fault:
        raise InputError(
            f"{path} is damaged: {fault}", hint="remove it; captioning again writes a new one"
        ) from None
    if not isinstance(found, dict):
        raise InputError(f"{path} names no recipes", hint="remove it, then caption again")
    return found


def tell(places: Places, made_by: Mapping[str, object]) -> None:
    """Add these recipes to the manifest; `OutputError` where it cannot be written."""
    every: dict[str, object] = {**recipes(places), **made_by}
    fields = {"schema": SCHEMA, "recipes": dict(sorted(every.items()))}
    content = orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    _put(places, folder_of(places) / "manifest.json", content)


def _put(places: Places, path: Path, content: bytes) -> bool:
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass  # not there, or not readable: writing it says what is wrong
    write_file(scratch_of(places), path, content)
    return True
