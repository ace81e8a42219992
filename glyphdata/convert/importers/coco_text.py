"""COCO-Text: the texts in MS COCO's pictures, and what is written like it (TextOCR)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label, Polygon
from glyphdata.errors import InputError


@dataclass(frozen=True, slots=True)
class CocoText:
    """COCO-Text and TextOCR: one JSON of `imgs`, `anns` and which of these belong to which.

    Import: {kind: coco_text, lists: "*.json", split: all}

    Every file of the source that `lists` matches is read. Outlines are an annotation's `mask`
    (COCO-Text 2), `polygon` (1) or `points` (TextOCR), else its `bbox`. Texts that are not
    `legible`, or that are empty or `.` (TextOCR's sign for what cannot be read), are ignored.
    `split` takes the pictures whose `set` is that. Pictures are found by their `file_name` in
    `pictures`; else in the source, or anywhere in it by the last part of that, where only one is
    called so. The JSON is read as a whole: 64 thousand pictures, which is all of COCO-Text, take
    half a gigabyte.
    """

    lists: str = "*.json"
    pictures: str = ""
    split: Literal["all", "train", "val", "test"] = "all"

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures in the order of their list."""
        folder = Source.at(source, "COCO-Text's JSON and its pictures")
        found = {} if self.pictures else _by_name(folder)
        for path in sources.matching(source, self.lists):
            told = _read(path)
            texts = _texts(told)
            for number, image in told["imgs"].items():
                if not isinstance(image, dict) or self.split not in ("all", image.get("set")):
                    continue
                name = str(image.get("file_name", number))
                places = found.get(name.rpartition("/")[2], [])
                yield sources.item(
                    name, self._item, folder, name, places, texts.get(str(number), [])
                )

    def _item(self, folder: Source, name: str, places: Sequence[str], texts: Sequence[Any]) -> Item:
        labels = tuple(_label(one) for one in texts)
        if len(places) > 1 and name not in places:
            raise Odd(f"its name is that of {places[0]} and of {places[1]}")
        place = name if name in places or not places else places[0]
        return Item(name, folder.stretch(place, self.pictures.strip("/")), labels)


def _by_name(folder: Source) -> dict[str, list[str]]:
    """Where the pictures of the source lie, by the last part of their names."""
    found: dict[str, list[str]] = {}
    for name in folder.walk():
        if sources.is_picture(name):
            found.setdefault(name.rpartition("/")[2], []).append(name)
    return found


def _read(path: Path) -> Mapping[str, Any]:
    """The list; `InputError` where it is none."""
    try:
        told = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None
    except orjson.JSONDecodeError as fault:
        raise InputError(f"{path} is no JSON: {fault}", hint="name the list with `lists`") from None
    sound = isinstance(told, dict) and all(isinstance(told.get(k), dict) for k in ("imgs", "anns"))
    if not sound:
        raise InputError(f"{path} has no objects imgs and anns", hint="name the list with `lists`")
    found: Mapping[str, Any] = told
    return found


def _texts(told: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The annotations of each picture, in their own order."""
    found: dict[str, list[Any]] = {}
    for one in told["anns"].values():
        if isinstance(one, dict):
            found.setdefault(str(one.get("image_id")), []).append(one)
    return found


def _label(one: Mapping[str, Any]) -> Label:
    text = sources.text_of(one.get("utf8_string") or "", "utf8_string")
    legible = one.get("legibility", "legible") == "legible"
    language = one.get("language")
    return Label(
        text,
        _outline(one),
        language=language if isinstance(language, str) else "",
        ignored=not legible or text in ("", "."),
    )


def _outline(one: Mapping[str, Any]) -> Polygon:
    for name in ("mask", "polygon", "points"):
        value = one.get(name)
        if isinstance(value, list) and len(value) >= 3:
            return sources.polygon_of(value, name)
    flat = sources.numbers(sources.list_of(one.get("bbox"), "bbox"), "bbox")
    if len(flat) != 4:
        raise Odd(f"bbox has {len(flat)} numbers, not 4")
    left, top, width, height = flat
    return sources.upright(left, top, left + width, top + height)
