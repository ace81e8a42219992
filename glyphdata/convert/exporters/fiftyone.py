"""FiftyOne: a dataset folder with the texts as polylines or detections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rows import Level, caption_of
from glyphdata.convert.writing.units import Size, Unit, bounds_of, units


@dataclass(frozen=True, slots=True)
class FiftyOne:
    """FiftyOne: pictures with the texts as polylines or detections, and the caption.

    Export: {kind: fiftyone, unit: word, shapes: polylines, label: text}

    Read by `fiftyone.Dataset.from_dir(dataset_type=fiftyone.types.FiftyOneDataset)`. The texts are
    in the field `texts`: quads as closed polylines, or upright boxes as detections, from 0 to 1,
    with their text, language, script, direction, font, colour and the number of their box as
    attributes. `label` is what the app shows on them. `caption` and `key` are fields of the sample;
    the caption is its `txt`, or for `level` 1 to 6 that plain one.
    """

    unit: Size = "word"
    shapes: Literal["polylines", "detections"] = "polylines"
    label: Literal["text", "language", "script"] = "text"
    level: Level = 0

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `data/KEY.jpg` of each picture, `samples.json` and `metadata.json`."""
        folder.json("metadata.json", {"name": "glyphdata", "media_type": "image", "info": {}})
        with folder.json_lists("samples.json", {}, "samples") as lists:
            for picture in pictures:
                name = f"data/{picture.file_name}"
                folder.put(name, picture.encoded)
                size = {"width": picture.width, "height": picture.height}
                sample = {
                    "filepath": name,
                    "tags": [],
                    "metadata": {"_cls": "ImageMetadata", **size},
                    "key": picture.key,
                    "caption": caption_of(picture, self.level),
                    "texts": self._texts(picture),
                }
                lists.add("samples", sample)

    def _texts(self, picture: Picture) -> dict[str, object]:
        told = [self._told(one, picture) for one in units(picture, self.unit)]
        kind = "Polylines" if self.shapes == "polylines" else "Detections"
        return {"_cls": kind, self.shapes: told}

    def _told(self, unit: Unit, picture: Picture) -> dict[str, object]:
        size = np.array((picture.width, picture.height))
        if self.shapes == "polylines":
            shape: dict[str, object] = {
                "_cls": "Polyline",
                "points": [(unit.quad / size).tolist()],
                "closed": True,
                "filled": False,
            }
        else:
            box = np.array(bounds_of(unit.quad)) / np.tile(size, 2)
            shape = {"_cls": "Detection", "bounding_box": box.tolist()}
        facts = {
            "text": unit.text,
            "language": unit.box.language,
            "script": unit.box.facts["script"],
        }
        return {
            "_id": {"$oid": _identity(picture.key, unit)},
            **shape,
            "attributes": {},
            "tags": [],
            "label": facts[self.label],
            **facts,
            "direction": unit.box.facts["direction"],
            "font": unit.box.font,
            "color": unit.box.facts["color"],
            "box": unit.box.id,
        }


def _identity(key: str, unit: Unit) -> str:
    """An identity of 24 digits that belongs to the label alone: the same export is the same."""
    told = f"{key}/{unit.box.id}/{unit.number}".encode()
    return hashlib.sha256(told).hexdigest()[:24]
