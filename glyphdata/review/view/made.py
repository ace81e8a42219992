"""How a dataset was made, as its manifest tells: its recipe, its seed, what its tokens mean."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from glyphdata.errors import GlyphdataError
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.scene.color import palette
from glyphdata.shards.keys import Places

_OPEN = ("backgrounds", "effects")  # lists of parts, of which a sample shows some


@dataclass(frozen=True, slots=True)
class Made:
    """A dataset's resolved recipe and registries, empty before it is finished."""

    recipe: Mapping[str, object]
    registries: tuple[Mapping[str, object], ...]

    @classmethod
    def of(cls, places: Places) -> Made:
        """What the manifest tells; nothing where there is none, or none that can be read."""
        try:
            found = orjson.loads(places.manifest.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            found = {}
        told = found if isinstance(found, dict) else {}
        recipe, registries = told.get("recipe"), told.get("registries")
        return cls(
            recipe if isinstance(recipe, dict) else {},
            tuple(one for one in registries if isinstance(one, dict))
            if isinstance(registries, list)
            else (),
        )

    @property
    def name(self) -> str:
        """The recipe's name; empty where it is not known."""
        name = self.recipe.get("name")
        return name if isinstance(name, str) else ""

    def command(self, key: str, index: int, variant: int) -> str | None:
        """The command that draws a sample again, in a folder that has the recipe.

        Of a mix it says which sample of which source it is. None for imports: they were not drawn.
        """
        if "import" in self.recipe:
            return None
        recipe = shlex.quote(f"{self.name or 'RECIPE'}.yaml")
        if "mix" in self.recipe:
            return f"glyphdata mix {recipe} --index {index}"
        which = f"--index {index}" + (f" --variant {variant}" if variant else "")
        return f"glyphdata draw {recipe} {which} -o {shlex.quote(key + '.png')}"

    def slice(self, background: str, effects: Iterable[str]) -> dict[str, object]:
        """The recipe, of its grounds and effects only those that a sample shows."""
        kept: dict[str, object] = dict(self.recipe)
        shown = {"backgrounds": {background}, "effects": set(effects)}
        for room in _OPEN:
            parts = kept.get(room)
            if isinstance(parts, list):
                kept[room] = [
                    part
                    for part in parts
                    if isinstance(part, dict) and part.get("kind") in shown[room]
                ]
        return kept

    def fonts(self, tokens: Iterable[int]) -> dict[str, str]:
        """The names of faces by token; none where this registry is not the dataset's."""
        catalogue = self._catalogue()
        if catalogue is None:
            return {}
        faces = catalogue.faces
        return {
            str(token): f"{faces[token].family} {faces[token].style}"
            for token in tokens
            if 0 <= token < len(faces)
        }

    def _catalogue(self) -> Catalogue | None:
        try:
            catalogue = load()
            for one in self.registries:
                entries = one.get("entries")
                if not isinstance(entries, int):
                    return None
                if catalogue.digest(entries).sha256 != one.get("sha256"):
                    return None
        except GlyphdataError:
            return None
        return catalogue


def colors(tokens: Iterable[int]) -> dict[str, tuple[str, str]]:
    """The names and the `#rrggbb` of inks by token."""
    inks = palette().inks
    return {
        str(token): (inks[token].name, inks[token].color.hex)
        for token in tokens
        if 0 <= token < len(inks)
    }
