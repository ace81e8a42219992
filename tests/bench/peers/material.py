"""What all generators are given: the same words, the same faces, the same photographs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import lcm
from pathlib import Path

from glyphdata.bench import photographs
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Scene

ROOT = Path(__file__).parents[3]
LEXICON = ROOT / "glyphdata" / "parts" / "texts" / "lexicon" / "en.txt"
FAMILIES = ("Anton", "Archivo Black", "DM Serif Display", "Sarabun", "Tajawal")
"""Static Latin faces whose letters stand apart: what a peer cannot draw, nobody is asked for."""


@dataclass(frozen=True, slots=True)
class Material:
    """Paths of what is drawn with.

    `apart` are the words of letters that are one piece each. In `fonts` a file stands as often as
    it takes for all families to be drawn alike, as they are with us.
    """

    words: str
    apart: str
    fonts: tuple[str, ...]
    families: tuple[str, ...]
    photos: str
    groups: str


def prepare(folder: Path, groups: int) -> Material:
    """Words, fonts, twelve photographs of 768 × 768, and the first groups of glyph-text."""
    catalogue = load()
    words = [word for word in _lexicon() if 4 <= len(word) <= 7]
    words += [word.capitalize() for word in words]
    apart = [word for word in words if not set(word) & set("ij")]
    photos = folder / "photos" / "512"
    if not photos.exists():
        photos.parent.mkdir(parents=True, exist_ok=True)
        photographs(photos, 512)
    return Material(
        words=_written(folder / "words.txt", "\n".join(words)),
        apart=_written(folder / "apart.txt", "\n".join(apart)),
        fonts=_evenly(catalogue),
        families=FAMILIES,
        photos=str(photos),
        groups=_written(folder / "groups.json", json.dumps(_groups(catalogue, groups))),
    )


def _lexicon() -> list[str]:
    """Its list of words of plain letters."""
    listed = LEXICON.read_text(encoding="utf-8").partition("[words]")[2].partition("[")[0]
    return sorted({word for word in listed.split() if word.isascii() and word.isalpha()})


def _evenly(catalogue: Catalogue) -> tuple[str, ...]:
    """The files of the families, each so often that a file drawn at random is of any family."""
    families = catalogue.families(catalogue.where(families=FAMILIES))
    most = lcm(*(len(tokens) for _, tokens in families))
    return tuple(
        str(catalogue.path(token))
        for _, tokens in families
        for token in tokens
        for _ in range(most // len(tokens))
    )


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def _groups(catalogue: Catalogue, count: int) -> list[list[list[dict[str, object]]]]:
    """The first groups of glyph-text as rooms to fill: per group 16 pictures, per picture boxes."""
    factory = Factory(load_recipe(ROOT / "recipes" / "glyph-text.yaml"), catalogue)

    def scene(sample: Sample) -> Scene:
        return sample.scene

    made = []
    for index in range(count):
        try:
            group = factory.scenes.made(index, scene)
        except Rejection as fault:
            raise SystemExit(f"group {index}: {fault}") from None
        made.append([_rooms(catalogue, picture) for picture in group])
    return made


def _rooms(catalogue: Catalogue, scene: Scene) -> list[dict[str, object]]:
    rooms: list[dict[str, object]] = []
    for box in scene.boxes:
        bounds = box.quad.bbox()
        rooms.append(
            {
                "text": box.text,
                "font": str(catalogue.path(box.face.token)),
                "color": tuple(box.ink.color),
                "x": round(bounds.left),
                "y": round(bounds.top),
                "width": round(bounds.right - bounds.left),
                "height": round(bounds.bottom - bounds.top),
            }
        )
    return rooms
