"""Rich text: runs with face, colour and size as Quill's editor has them, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Box, Picture
from glyphdata.convert.said import Said
from glyphdata.convert.writing.rows import Level

_Op = dict[str, object]


@dataclass(frozen=True, slots=True)
class RichText:
    """Rich-text JSON: runs of text with face, colour, size and place, a document per picture.

    Export: {kind: richtext, level: 3}

    Each line of `richtext.jsonl` has the `ops` of a Quill document (`insert`, and `attributes` of
    `font`, `color`, `size` in pixels), as "Expressive text-to-image generation with rich text"
    takes them; `quad` and `box` (its id) are our own attributes, in pixels, which readers pass
    over. A run is a text of the picture, a line each; or for `level` 1 to 6 that plain caption with
    the texts that it quotes as runs, the others on lines after it. `fonts: false` and `sizes:
    false` leave these out: that paper's sampler takes nine fonts of its own for styles, and sizes
    for weights.
    """

    level: Level = 0
    fonts: bool = True
    sizes: bool = True

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `richtext.jsonl` and `images/KEY.jpg`."""
        with folder.open("richtext.jsonl") as lines:
            for picture in pictures:
                name = f"images/{picture.file_name}"
                folder.put(name, picture.encoded)
                document = {
                    "image": name,
                    "width": picture.width,
                    "height": picture.height,
                    "ops": list(self._ops(picture)),
                }
                lines.write(orjson.dumps(document) + b"\n")

    def _ops(self, picture: Picture) -> Iterator[_Op]:
        boxes = {box.id: box for box in picture.boxes}
        if self.level:
            yield from self._quoted(picture.said(self.level), boxes)
        for box in boxes.values():  # those that the caption did not take
            yield self._run(box, box.text)
            yield {"insert": "\n"}

    def _quoted(self, said: Said, boxes: dict[int, Box]) -> Iterator[_Op]:
        """The caption's runs; the boxes that it quotes are taken out of `boxes`."""
        at = 0
        for mention in said.mentions:
            box = boxes.pop(mention.box, None)
            if box is None:  # quoted for the second time
                continue
            if at < mention.start:
                yield {"insert": said.text[at : mention.start]}
            yield self._run(box, said.text[mention.start : mention.end])
            at = mention.end
        yield {"insert": f"{said.text[at:]}\n"}

    def _run(self, box: Box, text: str) -> _Op:
        attributes: dict[str, object] = {}
        if self.fonts and box.family:
            attributes["font"] = box.font
        if box.facts["color"]:
            attributes["color"] = box.facts["color"]
        if self.sizes:
            attributes["size"] = f"{box.facts['size_px']:g}px"
        attributes |= {"quad": box.facts["quad"], "box": box.id}
        return {"insert": text, "attributes": attributes}
