"""docTR: a folder of pages with polygons, and one of words with their texts."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.crops import Turn, crops
from glyphdata.convert.writing.objects import GrowingObject, json_object
from glyphdata.convert.writing.units import Unit, units


@dataclass(frozen=True, slots=True)
class Doctr:
    """docTR: `labels.json` with polygons for detection, and word crops with texts for recognition.

    Export: {kind: doctr, task: both, classes: text}

    Read by its `DetectionDataset` and `RecognitionDataset`, and its reference scripts. Polygons
    are in pixels, one for each word; with `classes: script` they are grouped by script, as it takes
    several classes. Pictures without text are skipped, for its loader fails on them, and so are
    words with a blank, which its vocabularies do not have, and crops with a side under `min_side`
    pixels. Crops of columns are turned a quarter to the left (`turn`).
    """

    task: Literal["both", "det", "rec"] = "both"
    classes: Literal["text", "script"] = "text"
    turn: Turn = "columns"
    min_side: Annotated[int, Field(ge=1)] = 4

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `detection/` and `recognition/`, each with `images/` and `labels.json`."""
        with ExitStack() as stack:
            pages = crop_texts = None
            if self.task != "rec":
                pages = stack.enter_context(json_object(folder, "detection/labels.json"))
            if self.task != "det":
                crop_texts = stack.enter_context(json_object(folder, "recognition/labels.json"))
            for picture in pictures:
                words = list(units(picture, "word"))
                if pages is not None:
                    self._page(picture, words, folder, pages)
                if crop_texts is not None:
                    self._words(picture, words, folder, crop_texts)

    def _page(
        self, picture: Picture, words: list[Unit], folder: Folder, labels: GrowingObject
    ) -> None:
        if not words:
            folder.skip(picture.key, "picture without text, for detection")
            return
        name = picture.file_name
        folder.put(f"detection/images/{name}", picture.encoded)
        polygons: object = [one.quad.tolist() for one in words]
        if self.classes == "script":
            grouped: dict[str, list[object]] = {}
            for one in words:
                script = str(one.box.facts["script"]) or "unknown"
                grouped.setdefault(script, []).append(one.quad.tolist())
            polygons = grouped
        told = {
            "img_dimensions": [picture.height, picture.width],
            "img_hash": picture.sha256,
            "polygons": polygons,
        }
        labels.add(name, told)

    def _words(
        self, picture: Picture, words: list[Unit], folder: Folder, labels: GrowingObject
    ) -> None:
        whole = [one for one in words if one.text and not any(map(str.isspace, one.text))]
        for _ in range(len(words) - len(whole)):
            folder.skip(picture.key, "word with a blank, for recognition")
        for crop in crops(picture, whole, folder, min_side=self.min_side, turn=self.turn):
            name = f"{picture.key}-{crop.number:03d}.jpg"
            folder.put(f"recognition/images/{name}", crop.jpeg)
            labels.add(name, crop.text)
