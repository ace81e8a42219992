"""Hugging Face imagefolder: pictures, and one file of their captions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rows import Level, caption_of, texts_of
from glyphdata.convert.writing.units import Size


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """Imagefolder: pictures beside `metadata.jsonl` with captions, for diffusers' scripts.

    Export: {kind: imagefolder, level: 0, unit: box, boxes: true}

    Read by `datasets.load_dataset("imagefolder", data_dir=…)`, whose columns are `image`, `text`,
    `key`, `width`, `height` and `objects`, and so by diffusers' text-to-image scripts as it is.
    `text` is the sample's `txt`, or for `level` 1 to 6 that plain caption. `objects` has the texts
    of the picture by field (`text`, `bbox`, `quad`, `language`, `color`, `font`), one for each
    `unit`; `boxes: false` leaves it out.
    """

    level: Level = 0
    unit: Size = "box"
    boxes: bool = True

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `train/KEY.jpg` of each picture, and `train/metadata.jsonl`."""
        with folder.open("train/metadata.jsonl") as rows:
            for picture in pictures:
                name = picture.file_name
                folder.put(f"train/{name}", picture.encoded)
                row: dict[str, object] = {
                    "file_name": name,
                    "text": caption_of(picture, self.level),
                    "key": picture.key,
                    "width": picture.width,
                    "height": picture.height,
                }
                if self.boxes:
                    row["objects"] = texts_of(picture, self.unit)
                rows.write(orjson.dumps(row) + b"\n")
