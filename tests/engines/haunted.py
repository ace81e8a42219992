"""The real factory with one face that brings trouble; imported by name in real processes."""

from __future__ import annotations

import os

from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.locate import fonts_folder
from glyphdata.faces.opening import OpenFace
from glyphdata.factory import Factory
from glyphdata.recipe import Recipe
from tests.engines.citizens import get_into


class Haunted(Factory):
    """Opening the face that $CURSED names (`12 segfault`) brings the trouble it names."""

    def __init__(self, recipe: Recipe, without: frozenset[int] = frozenset()) -> None:
        catalogue = HauntedCatalogue(fonts_folder() / "registry.jsonl")
        super().__init__(recipe, catalogue, without)


class HauntedCatalogue(Catalogue):
    """A catalogue of which one face cannot be opened and survived."""

    def open(self, token: int) -> OpenFace:
        cursed, what = os.environ["CURSED"].split()
        if token == int(cursed):
            get_into(what)
        return super().open(token)
