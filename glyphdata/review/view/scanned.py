"""Rows of an index for a shard that has none: from its headers and the facts in its samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import pyarrow as pa

from glyphdata.errors import InputError
from glyphdata.shards.index import table_of
from glyphdata.shards.keys import PICTURES, Key
from glyphdata.shards.stretches import Stretches
from glyphdata.shards.tarread import Member, walk


def scanned(path: Path, number: int) -> tuple[pa.Table, str]:
    """The rows of the samples that can be read of a shard, and why there are no more of them.

    The reason is empty where the shard is whole. A fact that a sample does not tell is null.
    """
    rows: list[Mapping[str, object]] = []
    fault = ""
    try:
        file = Stretches(path)
    except OSError as missing:
        return table_of([]), f"cannot be read: {missing.strerror}"
    with file:
        try:
            for members in _samples(file, path):
                rows.append(_row(file, members, number))
        except InputError as found:
            fault = found.message
    return table_of(rows), fault


def _samples(file: Stretches, path: Path) -> Iterator[list[Member]]:
    """The members of each sample; of one that a broken place cuts short, nothing."""
    waiting: list[Member] = []
    for member in walk(file, path):
        if waiting and member.key != waiting[0].key:
            yield waiting
            waiting = []
        waiting.append(member)
    if waiting:
        yield waiting


def _row(file: Stretches, members: list[Member], number: int) -> dict[str, object]:
    by_name = {member.extension: member for member in members}
    start, end = members[0].header, members[-1].end
    key = members[0].key
    row: dict[str, object] = {"key": key, "shard": number, "offset": start, "size": end - start}
    picture = next((by_name[one] for one in PICTURES if one in by_name), None)
    if picture is not None:
        row |= {"picture_offset": picture.content, "picture_size": picture.size}
    facts = by_name.get("json")
    told = {} if facts is None else _object(file.read(facts.content, facts.size))
    return {"variant": _variant(key)} | row | _told(told)


def _variant(key: str) -> int:
    try:
        return Key.parse(key).variant
    except InputError:
        return 0


def _object(content: bytes) -> dict[str, object]:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _told(facts: Mapping[str, object]) -> dict[str, object]:
    """What facts say, as far as it is of the kind that the index holds."""
    boxes = _boxes(facts)
    ground = facts.get("background")
    sizes = _numbers(boxes, "size_px")
    contrasts, signals = _numbers(boxes, "contrast"), _numbers(boxes, "signal")
    angles = _numbers(boxes, "angle_deg")
    effects = {*_texts(facts.get("effects"))}
    for box in boxes:
        effects.update(_texts(box.get("effects")))
    row: dict[str, object] = {
        "scripts": sorted({script for box in boxes for script in _texts([box.get("script")])}),
        "text": "\n".join(text for box in boxes for text in _texts([box.get("text")])),
        "boxes": len(boxes),
        "clusters": sum(map(int, _numbers(boxes, "clusters"))),
        "font_tokens": [int(one) for one in _numbers(boxes, "font_token")],
        "color_tokens": [int(one) for one in _numbers(boxes, "color_token")],
        "edits": [kind for box in boxes for kind in _kinds(box.get("edits"))],
        "effects": sorted(effects),
        "size_px_min": min(sizes, default=None),
        "size_px_max": max(sizes, default=None),
        "angle_deg_max": max(map(abs, angles), default=None),
        "contrast_min": min(contrasts, default=None),
        "signal_min": min(signals, default=None),
    }
    if isinstance(ground, Mapping) and isinstance(ground.get("kind"), str):
        row["background"] = ground["kind"]
    for name, kind in (("level", str), ("language", str), ("group", str)):
        if isinstance(facts.get(name), kind):
            row[name] = facts[name]
    for name in ("index", "variant", "width", "height"):
        value = facts.get(name)
        if type(value) is int and 0 <= value < 1 << 31:
            row[name] = value
    return row


def _boxes(facts: Mapping[str, object]) -> list[Mapping[str, object]]:
    boxes = facts.get("boxes")
    return [box for box in boxes if isinstance(box, Mapping)] if isinstance(boxes, list) else []


def _numbers(boxes: list[Mapping[str, object]], name: str) -> list[float]:
    values = [box.get(name) for box in boxes]
    numbers = [one for one in values if isinstance(one, int | float) and one is not True]
    return [one for one in numbers if abs(one) < 1 << 31]


def _texts(value: object) -> list[str]:
    """The texts in a list; of an object among them, its kind."""
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, str)] + _kinds(value)


def _kinds(value: object) -> list[str]:
    found = value if isinstance(value, list) else []
    kinds = [one.get("kind") for one in found if isinstance(one, Mapping)]
    return [kind for kind in kinds if isinstance(kind, str)]
