"""Families from npm: the whole files where they come with their licence, else web slices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from glyphdata.errors import InputError
from glyphdata.faces.incoming import Incoming
from glyphdata.faces.pull.cache import Cache, Kept
from glyphdata.faces.pull.families import Family
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npm import Registry
from glyphdata.faces.pull.order import Came, Failed, failed
from glyphdata.faces.pull.unpacking import slices, whole_files

_LICENSED = (0, 4)  # from this version on, tarballs of whole files bring the fonts' licence
_ELSEWHERE = frozenset(("not-found", "no-licence", "no-fonts", "no-integrity", "slices", "merge"))
"""Faults of one package that another package of the family may not have."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where families are fetched from, and the folder that their files are unpacked into."""

    registry: Registry
    cache: Cache
    weights: Sequence[int]
    folder: Path

    def bring(self, family: Family) -> Came | Failed:
        """The family from the first of its packages that has it, or the most telling fault."""
        told = Failed(family, "not-found", "no npm package of it is known")
        for package in filter(None, (family.npm_ttf, family.npm, family.npm_variable)):
            try:
                kept = self._fetched(package, whole=package == family.npm_ttf)
                files = self._unpacked(kept, family)
            except InputError as fault:
                now = failed(family, fault.inside(package))
                if now.reason not in _ELSEWHERE:
                    return now
                if told.reason == "not-found":
                    told = now
            else:
                return Came(family, kept.package, kept.version, kept.size, tuple(files))
        return told

    def _fetched(self, package: str, whole: bool) -> Kept:
        found = self.cache.find(package)
        if found:
            return found
        release = self.registry.latest(package)
        if whole and release.numbers < _LICENSED:
            raise _unlicensed()
        with NamedTemporaryFile(dir=self.folder, delete=False) as draft:
            path = Path(draft.name)
        self.registry.fetch(release, path)
        return self.cache.keep(package, release.version, "sha512", path)

    def _unpacked(self, kept: Kept, family: Family) -> list[Incoming]:
        into = self.folder / re.sub(r"[^a-z0-9-]+", "+", kept.package)
        if kept.package != family.npm_ttf:
            return slices(kept, family, self.weights, into)
        found = whole_files(kept, family, self.weights, into)
        if found[0].license_file is None:
            raise _unlicensed()
        return found


def _unlicensed() -> Unfetched:
    return Unfetched("no-licence", "brings no licence of its fonts", hint="take another source")
