"""The gallery: a picture of every kind that recipes name, drawn from its own example.

Each is three scenes of a small recipe in which only that kind differs from its neighbours: same
seed, same texts, same faces. So what one sees between two pictures of a room is the kind.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from docs.press.reference.kinds import own_kinds
from docs.press.reference.told import told
from glyphdata.factory import Factory
from glyphdata.recipe import Recipe
from glyphdata.registry import load
from glyphdata.review.overlay import overlay
from glyphdata.scene.scene import Pixels

ROOMS = ("backgrounds", "texts", "layouts", "effects", "edits")
"""The rooms that are shown, in order."""

NONE = "none"
"""What stands for a room's recipe without any kind of it."""

SCENES = 3
GAP = 6  # pixels of white between two scenes
QUALITY = 82

HEAD = """\
# Gallery

Every kind that a recipe can name, drawn by the line below it when this site was built. Fields,
bounds and defaults are in [Recipes: every field](reference/recipes.md).
"""

_ABOUT = {
    "backgrounds": "What lies behind the text.",
    "texts": "Where texts come from.",
    "layouts": "Where boxes lie; the labels are drawn in.",
    "effects": "The same three scenes, each with one effect on every box or picture.",
    "edits": "The original above, its near-miss below ([edits](edits.md)).",
}

_PLAIN: Mapping[str, Any] = {
    "name": "gallery",
    "seed": 5,
    "samples": SCENES,
    "canvas": {"width": 320, "height": 200},
    "levels": {"word": 1},
    "boxes": {"count": 1, "size_px": [44, 72]},
    "texts": [{"kind": "words", "case": "title", "characters": [5, 9]}],
    "faces": {"families": ["Archivo Black", "Lobster", "Playfair Display", "Fredoka", "Lora"]},
    "backgrounds": [{"kind": "solid", "colors": ["ivory"]}],
}

_ROOMS: Mapping[str, Mapping[str, Any]] = {
    "backgrounds": {},
    "texts": {
        "boxes": {"count": [2, 3], "size_px": [16, 40]},
        "faces": {},
        "levels": {"word": 1, "sentence": 1, "paragraph": 1},
    },
    "layouts": {
        "canvas": {"width": 320, "height": 320},
        "levels": {"word": 1, "sentence": 2},
        "boxes": {"count": [3, 5], "size_px": [12, 60]},
        "texts": [{"kind": "words"}, {"kind": "sentences"}],
        "backgrounds": [{"kind": "shapes", "forms": ["panel", "hills", "disc"]}],
        "colors": {"min_signal": 0.5},
    },
    "effects": {
        "boxes": {"count": 1, "size_px": [60, 84]},
        "faces": {"families": ["Archivo Black"]},
        "colors": {"names": ["gold", "coral", "orchid", "turquoise"]},
        "backgrounds": [{"kind": "gradient", "colors": ["midnightblue", "teal", "indigo"]}],
    },
    "edits": {
        "canvas": {"width": 320, "height": 90},
        "levels": {"sentence": 1},
        "boxes": {"count": 1, "size_px": [18, 40], "align": ["left"]},
        "texts": [{"kind": "words", "case": "written", "count": [3, 4]}],
        "faces": {"families": ["Lora"]},
        "colors": {"names": ["black"]},
    },
}


def page(folder: Path, place: str = "gallery") -> str:
    """The gallery in Markdown; its pictures are written to `folder`, which it knows as `place`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [HEAD]
    for room in ROOMS:
        lines += ["", f"## {room}", "", _ABOUT[room]]
        if room == "effects":
            lines += ["", "Without an effect they are:", "", _shown(folder, place, room, NONE)]
        for kind in own_kinds(room):
            summary = told(load(room, kind)).summary
            lines += ["", f"### {room}: {kind}", "", summary, ""]
            lines += [_shown(folder, place, room, kind), "", f"`{_line(room, kind)}`"]
    return "\n".join(lines) + "\n"


def _shown(folder: Path, place: str, room: str, kind: str) -> str:
    """Draw a kind's picture, write it, and say where it is."""
    name = f"{room}-{kind}.webp"
    (folder / name).write_bytes(encoded(picture(room, kind)))
    return f"![{room}: {kind}]({place}/{name})"


def picture(room: str, kind: str) -> Pixels:
    """Three scenes of a kind side by side; of an edit the originals above, the variants below."""
    factory = Factory(recipe(room, kind))
    if room == "edits":
        pairs = [_stacked(factory, number) for number in range(SCENES)]
        return _beside(pairs)
    scenes = []
    for number in range(SCENES):
        sample = factory.picture(number, 0)
        scenes.append(overlay(sample) if room == "layouts" else sample.pixels.copy())
    return _beside(scenes)


def recipe(room: str, kind: str) -> Recipe:
    """The recipe that shows a kind: the room's own, with the kind's example in it."""
    values = {**_PLAIN, **_ROOMS[room]}
    if room == "edits":
        values["variants"] = {"count": 1, "font": 0, "color": 0, "edits": {kind: 1}}
    elif kind != NONE:
        values[room] = [_example(room, kind)]
    if room == "texts":
        levels = load(room, kind)(**_given(values[room][0])).levels()
        values["levels"] = {level: 1 for level in levels}
    plain = json.loads(json.dumps(values))
    return Recipe.from_resolved(plain, Path(__file__).parent / "examples")


def encoded(pixels: Pixels) -> bytes:
    """The pixels as WebP."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _example(room: str, kind: str) -> dict[str, Any]:
    """The kind's own example, for every box and picture."""
    example: dict[str, Any] = yaml.safe_load(told(load(room, kind)).example or f"{{kind: {kind}}}")
    return {**example, "share": 1}


def _given(example: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in example.items() if key != "kind"}


def _line(room: str, kind: str) -> str:
    if room == "edits":
        return f"variants: {{count: 1, edits: {{{kind}: 1}}}}"
    return told(load(room, kind)).example or f"{{kind: {kind}}}"


def _stacked(factory: Factory, number: int) -> Pixels:
    original, variant = (factory.picture(number, one).pixels.copy() for one in (0, 1))
    return np.vstack([original, np.full((GAP, original.shape[1], 3), 255, np.uint8), variant])


def _beside(scenes: list[Pixels]) -> Pixels:
    def parted() -> Iterator[Pixels]:
        for number, one in enumerate(scenes):
            if number:
                yield np.full((one.shape[0], GAP, 3), 255, np.uint8)
            yield one

    return np.hstack(list(parted()))
