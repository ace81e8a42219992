"""GLIGEN's grounding: prompts with phrases and boxes, and the file that its training reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import orjson

from glyphdata.convert.folder import Folder, JsonLists
from glyphdata.convert.picture import Bounds, Box, Picture
from glyphdata.convert.said import Said
from glyphdata.convert.writing.rows import Level
from glyphdata.convert.writing.shares import area, shares
from glyphdata.errors import InputError

_MOST = 30  # objects that the model grounds; diffusers cuts what is beyond


@dataclass(frozen=True, slots=True)
class Gligen:
    """GLIGEN: records of prompt, phrases and boxes, and the grounding JSON that training reads.

    Export: {kind: gligen, level: 2, phrases: described}

    `records.jsonl` has what inference takes: `prompt`, `phrases` and `locations` (left, top, right,
    bottom in shares of the picture, cut at its edge), diffusers' `gligen_phrases` and
    `gligen_boxes`; of more than 30 texts the largest are taken. `grounding.json` is what GLIGEN's
    `process_grounding.py` and `mydata_to_tsv.py` read: `bbox` in pixels (x, y, width, height) and
    `tokens_positive`, the characters of the caption that quote the text. The caption is the
    sample's `txt`, or for `level` 1 to 6 that plain caption. Phrases are the texts alone, or
    `described`: the lines of that level's caption in the style `gligen`.
    """

    level: Level = 0
    phrases: Literal["text", "described"] = "text"

    def __post_init__(self) -> None:
        if self.phrases == "described" and not self.level:
            raise InputError("described phrases are of a level", hint="say `level` from 1 to 6")

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `records.jsonl`, `grounding.json` and `images/KEY.jpg`."""
        with (
            folder.open("records.jsonl") as records,
            folder.json_lists("grounding.json", {}, "images", "annotations") as lists,
        ):
            for picture in pictures:
                name = picture.file_name
                folder.put(f"images/{name}", picture.encoded)
                said = picture.said(self.level)
                seen = self._seen(picture, folder)
                record = {
                    "file_name": name,
                    "prompt": said.text,
                    **_grounded(picture, seen, folder),
                }
                records.write(orjson.dumps(record) + b"\n")
                _ground(picture, name, said, seen, (lists, folder))

    def _seen(self, picture: Picture, folder: Folder) -> list[tuple[Box, str, Bounds]]:
        """The texts that the picture shows some of, with their phrases and places."""
        found = []
        for box, phrase in zip(picture.boxes, self._phrases(picture), strict=True):
            where = shares(box.bounds, picture.width, picture.height)
            if where is None:
                folder.skip(picture.key, "text outside the picture")
            else:
                found.append((box, phrase, where))
        return found

    def _phrases(self, picture: Picture) -> list[str]:
        if self.phrases == "text":
            return [box.text for box in picture.boxes]
        lines = picture.said(self.level, "gligen").text.split("\n") if picture.boxes else []
        if len(lines) != len(picture.boxes):
            raise InputError(
                f"the gligen caption of sample {picture.key} has {len(lines)} lines for"
                f" {len(picture.boxes)} texts",
                hint="make it anew with `glyphdata caption --styles gligen --existing redo`",
            )
        return lines


def _grounded(
    picture: Picture, seen: list[tuple[Box, str, Bounds]], folder: Folder
) -> dict[str, object]:
    """What inference takes: the phrases and where they go, in reading order."""
    largest = sorted(range(len(seen)), key=lambda at: (-area(seen[at][2]), at))[:_MOST]
    for _ in range(len(seen) - len(largest)):
        folder.skip(picture.key, "text beyond 30 of a picture (in the records)")
    taken = [seen[at] for at in sorted(largest)]
    return {
        "phrases": [phrase for _, phrase, _ in taken],
        "locations": [where for _, _, where in taken],
    }


def _ground(
    picture: Picture,
    name: str,
    said: Said,
    seen: list[tuple[Box, str, Bounds]],
    into: tuple[JsonLists, Folder],
) -> None:
    """The picture and its texts as training takes them."""
    lists, folder = into
    across, down = picture.width, picture.height
    image = {"file_name": name, "width": across, "height": down, "caption": said.text}
    number = lists.add("images", image | {"id": lists.count("images")})
    for box, phrase, (left, top, right, bottom) in seen:
        spans = said.of(box.id)
        if not spans:  # its phrase would be empty there
            folder.skip(picture.key, "text that the caption does not quote (in the grounding)")
            continue
        bbox = (left * across, top * down, (right - left) * across, (bottom - top) * down)
        told = {
            "id": lists.count("annotations"),
            "image_id": number,
            "bbox": bbox,
            "area": bbox[2] * bbox[3],
            "iscrowd": 0,
            "category_id": 1,
            "tokens_positive": spans,
            "phrase": phrase,
        }
        lists.add("annotations", told)
