"""LayoutDiffusion: texts as objects of a layout, in slots, and as the COCO file that it loads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import orjson
from pydantic import Field

from glyphdata.convert.folder import Folder, JsonLists
from glyphdata.convert.picture import Bounds, Box, Picture
from glyphdata.convert.writing.shares import area, shares
from glyphdata.errors import InputError

_CLASSES = {
    "text": ("text",),
    "level": ("word", "sentence", "paragraph"),
}
_IMAGE, _NULL = "__image__", "__null__"


@dataclass(frozen=True, slots=True)
class LayoutDiffusion:
    """LayoutDiffusion: per picture a layout of slots with boxes and classes, and a COCO file.

    Export: {kind: layoutdiffusion, classes: level}

    `layouts.jsonl` has what the model takes: `obj_bbox` (left, top, right, bottom in shares of the
    picture), `obj_class`, `is_valid_obj`, `obj_class_name`, of `slots` + 2: the first is the whole
    picture, the last are empty; of more texts the largest are taken. `instances.json` is what its
    `CocoSceneGraphDataset` loads (it takes pictures with 3 to 8 objects of over 2 % of the area).
    A text is of the class `text`, or of its `level`; `null` is the class of an empty slot, 184 in
    the released models. `vocab.json` has the names of all.
    """

    classes: Literal["text", "level"] = "text"
    slots: Annotated[int, Field(ge=1, le=99)] = 8
    null: Annotated[int, Field(ge=2, le=100_000)] = 184

    def __post_init__(self) -> None:
        if self.null <= len(_CLASSES[self.classes]):
            raise InputError(f"{self.null} is the class of a text", hint="set a larger `null`")

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `layouts.jsonl`, `instances.json`, `vocab.json` and `images/KEY.jpg`."""
        names = _CLASSES[self.classes]
        numbers = {name: number for number, name in enumerate(names, 1)}
        folder.json("vocab.json", self._vocabulary(names))
        head = {"categories": [{"id": number, "name": name} for name, number in numbers.items()]}
        with (
            folder.open("layouts.jsonl") as layouts,
            folder.json_lists("instances.json", head, "images", "annotations") as lists,
        ):
            for picture in pictures:
                name = picture.file_name
                folder.put(f"images/{name}", picture.encoded)
                seen = [
                    (numbers["text" if self.classes == "text" else box.level], where)
                    for box, where in _seen(picture, folder)
                ]
                layout = self._slots(picture, seen, folder)
                layouts.write(orjson.dumps({"filename": name, **layout}) + b"\n")
                _instances(picture, name, seen, lists)

    def _vocabulary(self, names: tuple[str, ...]) -> dict[str, object]:
        all_names = [_IMAGE, *names, *[_NULL] * (self.null - len(names))]
        numbers = {name: number for number, name in enumerate((_IMAGE, *names))}
        return {
            "object_name_to_idx": {**numbers, _NULL: self.null},
            "object_idx_to_name": all_names,
        }

    def _slots(
        self, picture: Picture, seen: list[tuple[int, Bounds]], folder: Folder
    ) -> dict[str, object]:
        largest = sorted(range(len(seen)), key=lambda at: (-area(seen[at][1]), at))[: self.slots]
        for _ in range(len(seen) - len(largest)):
            folder.skip(picture.key, "text beyond the slots of a layout")
        taken = [seen[at] for at in sorted(largest)]
        empty = self.slots + 1 - len(taken)
        names = (_IMAGE, *_CLASSES[self.classes])
        return {
            "width": picture.width,
            "height": picture.height,
            "num_obj": len(taken),
            "obj_bbox": [(0.0, 0.0, 1.0, 1.0), *(where for _, where in taken)]
            + [(0.0, 0.0, 0.0, 0.0)] * empty,
            "obj_class": [0, *(number for number, _ in taken), *[self.null] * empty],
            "is_valid_obj": [1.0] * (1 + len(taken)) + [0.0] * empty,
            "obj_class_name": [_IMAGE, *(names[number] for number, _ in taken), *[_NULL] * empty],
        }


def _seen(picture: Picture, folder: Folder) -> Iterable[tuple[Box, Bounds]]:
    for box in picture.boxes:
        where = shares(box.bounds, picture.width, picture.height)
        if where is None:
            folder.skip(picture.key, "text outside the picture")
        else:
            yield box, where


def _instances(
    picture: Picture, name: str, seen: list[tuple[int, Bounds]], lists: JsonLists
) -> None:
    across, down = picture.width, picture.height
    image = {"id": lists.count("images"), "file_name": name, "width": across, "height": down}
    number = lists.add("images", image)
    for kind, (left, top, right, bottom) in seen:
        bbox = (left * across, top * down, (right - left) * across, (bottom - top) * down)
        told = {
            "id": lists.count("annotations"),
            "image_id": number,
            "category_id": kind,
            "bbox": bbox,
            "area": bbox[2] * bbox[3],
            "iscrowd": 0,
        }
        lists.add("annotations", told)
