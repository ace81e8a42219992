"""COCO-Text, version 2: one JSON of pictures and their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.objects import json_objects
from glyphdata.convert.writing.units import Unit, area_of, bounds_of, units

_KINDS = {
    "class": ("machine printed", "handwritten", "others"),
    "legibility": ("legible", "illegible"),
    "language": ("english", "not english", "na"),
}


@dataclass(frozen=True, slots=True)
class CocoText:
    """COCO-Text 2: one JSON of pictures and words, each with text, box, polygon and legibility.

    Export: {kind: coco_text, unit: word, split: train}

    Read by COCO-Text's own API and by mmocr. Pictures and words are numbered from 1; `mask` is the
    word's quad as eight numbers, `bbox` left, top, width and height. All text is `legible` and
    `machine printed`; its language is `english`, `not english`, or `na` where unknown. `split` is
    the set that every picture is said to be of.
    """

    unit: Literal["word", "line"] = "word"
    split: Literal["train", "val", "test"] = "train"

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` of each picture, and `cocotext.v2.json`."""
        head: dict[str, object] = {"info": {"description": "glyphdata"}, "cats": _KINDS}
        names = ("imgs", "anns", "imgToAnns")
        with json_objects(folder, "cocotext.v2.json", head, *names) as grown:
            word = 0
            for number, picture in enumerate(pictures, 1):
                name = picture.file_name
                folder.put(f"images/{name}", picture.encoded)
                first = word + 1
                for one in units(picture, self.unit):
                    word += 1
                    grown["anns"].add(str(word), _told(one) | {"id": word, "image_id": number})
                grown["imgToAnns"].add(str(number), list(range(first, word + 1)))
                size = {"width": picture.width, "height": picture.height}
                told = {"id": number, "file_name": name, "set": self.split, **size}
                grown["imgs"].add(str(number), told)


def _told(unit: Unit) -> dict[str, object]:
    language = unit.box.language
    english = language == "en" or language.startswith("en-")
    return {
        "bbox": bounds_of(unit.quad),
        "mask": unit.quad.ravel().tolist(),
        "area": area_of(unit.quad),
        "class": "machine printed",
        "legibility": "legible",
        "language": "english" if english else "not english" if language else "na",
        "utf8_string": unit.text,
    }
