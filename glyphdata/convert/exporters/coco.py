"""COCO instances: one JSON file of pictures, categories and annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from glyphdata.convert.folder import Folder, JsonLists
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rle import Region, regions
from glyphdata.convert.writing.units import (
    Classes,
    Size,
    Unit,
    area_of,
    bounds_of,
    class_of,
    ink_values,
    units,
)

_Shape = tuple[list[float], float, object]
"""The box (left, top, width, height), the area and the segmentation of an annotation, if any."""


@dataclass(frozen=True, slots=True)
class Coco:
    """COCO instances: one JSON with boxes, and polygons or masks, of words, lines or characters.

    Export: {kind: coco, unit: word, masks: polygon, classes: text}

    Read by pycocotools and by most detectors. `unit` is what an annotation is about: a word, a
    line, a box or a cluster. `masks` chooses the segmentation: `polygon` is the quad, `rle` the
    ink as compressed runs (it needs `mask.png`; box and area are then the ink's), `none` leaves it
    out. `classes` is what the categories are: one for all text, or one for each script or language.
    Text, language, direction and quad stand in fields of their own, which readers pass on.
    """

    unit: Size = "word"
    masks: Literal["polygon", "rle", "none"] = "polygon"
    classes: Classes = "text"

    @property
    def masked(self) -> bool:
        """Are the pictures' instance masks read?"""
        return self.masks == "rle"

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` of each picture, and `annotations/instances.json`."""
        head: dict[str, object] = {"info": {"description": "glyphdata"}, "licenses": []}
        names = ("images", "annotations", "categories")
        with folder.json_lists("annotations/instances.json", head, *names) as lists:
            categories: dict[str, int] = {}
            if self.classes == "text":
                _category("text", categories, lists)
            annotation = 0
            for number, picture in enumerate(pictures, 1):
                name = picture.file_name
                folder.put(f"images/{name}", picture.encoded)
                size = {"width": picture.width, "height": picture.height}
                lists.add("images", {"id": number, "file_name": name, **size})
                for one, shape in self._shapes(picture, folder):
                    annotation += 1
                    category = _category(class_of(one, self.classes), categories, lists)
                    ids = {"id": annotation, "image_id": number, "category_id": category}
                    lists.add("annotations", ids | _told(one, shape))

    def _shapes(self, picture: Picture, folder: Folder) -> Iterator[tuple[Unit, _Shape]]:
        told = list(units(picture, self.unit))
        if self.unit == "cluster":
            inked = [one for one in told if one.box.clusters[one.number].value]
            for _ in range(len(told) - len(inked)):
                folder.skip(picture.key, "blank")
            told = inked
        if self.masks != "rle":
            for one in told:
                yield one, self._of_quad(one)
            return
        found = regions(picture.mask, ink_values(told, self.unit))
        for one, region in zip(told, found, strict=True):
            if region is None:
                folder.skip(picture.key, "text without visible ink")
                continue
            yield one, _of_ink(region, picture)

    def _of_quad(self, unit: Unit) -> _Shape:
        corners = [unit.quad.ravel().tolist()] if self.masks == "polygon" else None
        return list(bounds_of(unit.quad)), area_of(unit.quad), corners


def _of_ink(region: Region, picture: Picture) -> _Shape:
    counts = {"size": [picture.height, picture.width], "counts": region.counts}
    return [float(side) for side in region.bounds], float(region.area), counts


def _told(unit: Unit, shape: _Shape) -> dict[str, object]:
    box, area, segmentation = shape
    told = {} if segmentation is None else {"segmentation": segmentation}
    return told | {
        "bbox": box,
        "area": area,
        "iscrowd": 0,
        "text": unit.text,
        "language": unit.box.language,
        "direction": unit.box.facts["direction"],
        "box": unit.box.id,
        "quad": np.asarray(unit.quad).ravel().tolist(),
    }


def _category(name: str, known: dict[str, int], lists: JsonLists) -> int:
    if name not in known:
        known[name] = len(known) + 1
        lists.add("categories", {"id": known[name], "name": name, "supercategory": "text"})
    return known[name]
