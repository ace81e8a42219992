"""What was asked for beside what was read, picture by picture or line by line.

Either comes as JSON lines `{"key": …, "text": …}`, with a whole number `"box"` where a picture's
lines are given one by one; what was asked for may be a dataset of ours too. A picture of which
nothing was read counts as read empty: an OCR that finds nothing is wrong, not excused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.shards.dataset import Dataset

Place = tuple[str, int | None]
"""A picture's key, and the number of its box; None for the whole picture."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One text that was asked for, and what was read in its place."""

    key: str
    box: int | None
    asked: str
    read: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """All the pairs, in the order in which they were asked for, and what had no partner."""

    pairs: tuple[Pair, ...]
    unread: int
    """Texts of which nothing was read; they are among the pairs, read empty."""
    unasked: int
    """Texts that were read where none was asked for; they are left out."""


def pairs(truth: Path, read: Path | Mapping[Place, str]) -> Pairs:
    """The texts of `truth` (JSON lines, or a dataset's folder) with those of `read`.

    Boxes are compared one by one where `read` has their numbers, else whole pictures, the texts of
    the boxes joined by line ends. `InputError` where a file cannot be used, where a place is named
    twice, or where the two have nothing in common.
    """
    found = texts(read) if isinstance(read, Path) else dict(read)
    by_box = any(box is not None for _, box in found)
    asked = _asked(truth, by_box)
    common = asked.keys() & found.keys()
    if not common:
        raise InputError(
            f"none of its {len(asked):,} texts was read: they have no key in common",
            hint="both sides name pictures by `key`"
            + (", and lines by `box`" if by_box else "; a file without its ending is a key"),
        ).inside(str(truth))
    return Pairs(
        tuple(
            Pair(key, box, text, found.get((key, box), "")) for (key, box), text in asked.items()
        ),
        len(asked) - len(common),
        len(found) - len(common),
    )


def texts(path: Path) -> dict[Place, str]:
    """The texts of a file of JSON lines by their places, in order."""
    found: dict[Place, str] = {}
    for number, line in _lines(path):
        place, text = _read(line, path, number)
        if place in found:
            raise InputError(
                f"{place[0]!r} is there twice",
                hint="one line a picture, or a `box` in each where lines are given one by one",
            ).inside(f"{path}:{number}")
        found[place] = text
    if not found:
        raise InputError("it holds no texts", hint='lines are {"key": …, "text": …}').inside(
            str(path)
        )
    return found


def _asked(truth: Path, by_box: bool) -> dict[Place, str]:
    if truth.is_dir():
        return dict(_labelled(truth, by_box))
    asked = texts(truth)
    if by_box or not any(box is not None for _, box in asked):
        return asked
    whole: dict[Place, str] = {}
    for (key, _), text in asked.items():
        held = whole.get((key, None))
        whole[key, None] = text if held is None else f"{held}\n{text}"
    return whole


def _labelled(folder: Path, by_box: bool) -> Iterator[tuple[Place, str]]:
    """The texts of a dataset as they are drawn: box by box, or those of a picture in one."""
    for record in Dataset(folder):
        boxes = record.facts.get("boxes", [])
        if by_box:
            yield from (((record.key, int(box["id"])), str(box["text"])) for box in boxes)
        else:
            yield (record.key, None), "\n".join(str(box["text"]) for box in boxes)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from ((n, line) for n, line in enumerate(file, 1) if not line.isspace())
    except OSError as fault:
        raise InputError(
            f"it cannot be read: {fault.strerror}", hint="give a file of JSON lines"
        ).inside(str(path)) from None


def _read(line: bytes, path: Path, number: int) -> tuple[Place, str]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as fault:
        raise InputError(f"no JSON: {fault}", hint='lines are {"key": …, "text": …}').inside(
            f"{path}:{number}"
        ) from None
    match value:
        case {"key": str(key), "text": str(text), **rest}:
            box = rest.get("box")
            if box is None or (isinstance(box, int) and not isinstance(box, bool)):
                return (key, box), text
    shown = line[:60].decode("utf-8", "replace").strip()
    raise InputError(
        f"not a text with its key: {shown}",
        hint='lines are {"key": "000000-0017", "text": "…"}, with "box": 0 if need be',
    ).inside(f"{path}:{number}")
