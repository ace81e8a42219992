"""Which families are here already, so that they need not be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.locate import REGISTRY, core_folder
from glyphdata.faces.pull.families import Family
from glyphdata.faces.pull.unpacking import nearest


@dataclass(frozen=True, slots=True)
class Present:
    """The usable faces of a registry, as weights by package and by family (in small letters).

    `registered` are the names of all of its families, their files on this machine or not.
    """

    packages: dict[str, frozenset[int]]
    families: dict[str, frozenset[int]]
    registered: frozenset[str]

    @classmethod
    def of(cls, folder: Path) -> Present:
        """What the registry in a folder has; where there is none, the release's."""
        if not (folder / REGISTRY).is_file():
            folder = core_folder()
        catalogue = Catalogue(folder / REGISTRY)
        packages: dict[str, frozenset[int]] = {}
        families: dict[str, frozenset[int]] = {}
        for face in catalogue.faces:
            if catalogue.status(face.token) == "active":
                weight = frozenset((face.weight,))
                package, family = face.source.package, face.family.casefold()
                packages[package] = packages.get(package, frozenset()) | weight
                families[family] = families.get(family, frozenset()) | weight
        named = frozenset(face.family.casefold() for face in catalogue.faces)
        return cls(packages, families, named)

    def holds(self, family: Family, weights: Sequence[int] = ()) -> bool:
        """Is the family here, with the weights asked for or the nearest that it has?

        Where no weight is asked for, any face of it will do.
        """
        here = self.families.get(family.name.casefold(), frozenset())
        for package in family.packages:
            here |= self.packages.get(package, frozenset())
        return bool(here) and (not weights or nearest(family.weights, weights) <= here)

    def status(self, family: Family) -> str:
        """`installed`, `registered` (its files are not on this machine) or `available`."""
        if self.holds(family):
            return "installed"
        return "registered" if family.name.casefold() in self.registered else "available"
