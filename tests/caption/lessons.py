"""Four pictures to learn by heart, drawn by the factory, and what is true of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from glyphdata.caption.facts import Facts
from glyphdata.faces.catalogue import load
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe

RECIPE: dict[str, Any] = {
    "name": "lessons",
    "seed": 3,
    "samples": 40,
    "canvas": {"width": 96, "height": 96},
    "levels": {"word": 1.0},
    "boxes": {"count": [1, 1], "angle_deg": [0, 0], "size_px": [14, 24]},
    "texts": [
        {"kind": "words", "language": "en", "count": [1, 1], "case": "upper", "characters": [3, 7]}
    ],
    "faces": {"scripts": ["latin"]},
    "backgrounds": [{"kind": "solid"}],
    "outputs": {"image": {"format": "png"}},
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A picture (PNG bytes), what is true of it, and the caption that a model is to learn."""

    picture: bytes
    facts: Facts
    caption: str


@cache
def lessons(count: int = 4) -> tuple[Lesson, ...]:
    """Pictures of one word each, drawn by the factory; no two say the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "recipe.yaml")
        path.write_text(json.dumps(RECIPE))
        factory = Factory(load_recipe(path))
    catalogue = load()
    told: dict[str, Lesson] = {}
    for index in range(RECIPE["samples"]):
        members = dict(factory.make(index).members)
        facts = Facts.of(orjson.loads(members["json"]), catalogue)
        (text,) = facts.texts
        caption = f'A picture that says "{text.text}" in {text.color_name} letters.'
        told.setdefault(text.text, Lesson(members["png"], facts, caption))
        if len(told) == count:
            return tuple(told.values())
    raise AssertionError("too few different words in the recipe")
