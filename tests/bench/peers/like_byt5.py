"""Glyph images in the manner of Glyph-ByT5's loader, for the comparison: our own re-implementation.

The loader that was published with the paper (arXiv 2403.09622) cannot be installed. What it does is
done here with Pillow alone: black 224 × 224, per box the largest whole font size from 1 to 200 at
which the text, its words wrapped greedily, fits the room, found by bisection with the font file
opened anew at every probe; drawn centred, 4 px between lines; one trial picture, then sixteen.
The texts, faces, colours and rooms are those of scenes of our recipe, read from a file, so that
both draw the same; making up the near-misses costs nothing here. Timed with and without writing
JPEG, and with the fonts kept open, which the loader does not do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from answering import QUALITY, Job, serve
from PIL import Image, ImageDraw, ImageFont

SIDE, LARGEST, LEADING = 224, 200, 4
Room = dict[str, Any]


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """The text broken at spaces, each line as long as the width lets it be."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


Opening = Callable[[str, int], ImageFont.FreeTypeFont]


@cache
def kept(path: str, size: int) -> ImageFont.FreeTypeFont:
    """The font file at a size, opened once."""
    return ImageFont.truetype(path, size)


def fitted(
    pen: ImageDraw.ImageDraw, room: Room, opened: Opening
) -> tuple[ImageFont.FreeTypeFont, str]:
    """The font at the largest size that fits, and the text as wrapped at it."""
    low, high = 1, LARGEST
    while low < high:
        size = (low + high + 1) // 2
        font = opened(room["font"], size)
        text = wrapped(room["text"], font, room["width"])
        left, top, right, bottom = pen.multiline_textbbox(
            (0, 0), text, font=font, spacing=LEADING, align="center"
        )
        if right - left <= room["width"] and bottom - top <= room["height"]:
            low = size
        else:
            high = size - 1
    font = opened(room["font"], low)
    return font, wrapped(room["text"], font, room["width"])


def draw(rooms: list[Room], opened: Opening) -> Image.Image:
    """One glyph image."""
    picture = Image.new("RGB", (SIDE, SIDE))
    pen = ImageDraw.Draw(picture)
    for room in rooms:
        font, text = fitted(pen, room, opened)
        left, top, right, bottom = pen.multiline_textbbox(
            (0, 0), text, font=font, spacing=LEADING, align="center"
        )
        corner = (
            room["x"] + (room["width"] - (right - left)) // 2 - left,
            room["y"] + (room["height"] - (bottom - top)) // 2 - top,
        )
        pen.multiline_text(
            corner, text, fill=tuple(room["color"]), font=font, spacing=LEADING, align="center"
        )
    return picture


@cache
def groups(path: str) -> list[list[list[Room]]]:
    """The groups in a file: per group its pictures, per picture its boxes."""
    read: list[list[list[Room]]] = json.loads(Path(path).read_text(encoding="utf-8"))
    return read


def work(job: Job) -> int:
    """`job.words` names the file of groups; without labels nothing is written."""
    made, every = 0, groups(job.words)
    opened = kept if job.kind == "groups, fonts kept" else ImageFont.truetype
    for number in range(job.count):
        group = every[(job.first + number) % len(every)]
        draw(group[0], opened)  # the trial that finds which box is set largest
        for variant, rooms in enumerate(group):
            picture = draw(rooms, opened)
            if job.labels:
                name = Path(job.out) / f"{number}-{variant}"
                picture.save(name.with_suffix(".jpg"), quality=QUALITY)
                name.with_suffix(".json").write_text(json.dumps(rooms), encoding="utf-8")
            made += 1
    return made


if __name__ == "__main__":
    serve(work)
