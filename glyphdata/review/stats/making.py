"""How a dataset was made, as far as its folder tells: what its recipe asked for, and its faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from glyphdata.errors import GlyphdataError
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.shards.claim import recorded
from glyphdata.shards.keys import Places
from glyphdata.shards.record import read_record


@dataclass(frozen=True, slots=True)
class Making:
    """What is known of the making of a dataset.

    `recipe` is the resolved recipe, empty where it is not known. `faces` and `families` name each
    font token, empty where the registry is not the one that the dataset was made with; `possible`
    is how many of the faces the recipe allows, 0 where that is not known. `rejections` counts the
    drafts that were given up and `left_out` the scenes that could not be made, both by reason.
    """

    recipe: Mapping[str, object]
    faces: tuple[str, ...]
    families: tuple[str, ...]
    possible: int
    rejections: Mapping[str, int]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, places: Places) -> Making:
        """What the folder tells; nothing that is missing is a fault, `notes` say what is."""
        manifest = _manifest(places)
        recipe = _section(manifest, "recipe")
        notes = []
        if not recipe:
            notes.append(
                "what the recipe asked for is not known before the dataset is finished: nothing is"
                " compared with it"
            )
        catalogue, why = _catalogue(manifest)
        if catalogue is None:
            notes.append(f"fonts are named by their tokens: {why}")
        rejections, left_out = _given_up(places)
        return cls(
            recipe=recipe,
            faces=tuple(face.key for face in catalogue.faces) if catalogue else (),
            families=tuple(face.family for face in catalogue.faces) if catalogue else (),
            possible=_possible(catalogue, recipe),
            rejections=rejections,
            left_out=left_out,
            notes=tuple(notes),
        )

    def shares(self, field: str) -> dict[str, float]:
        """The shares that a field of the recipe asks for, `levels` or `variants.edits`.

        They are of its names, or of its parts by kind; empty where they are not known.
        """
        asked: object = self.recipe
        for name in field.split("."):
            asked = asked.get(name) if isinstance(asked, Mapping) else None
        shares: dict[str, float] = {}
        pairs: list[tuple[str, object]] = []
        if isinstance(asked, Mapping):
            pairs = [(str(name), share) for name, share in asked.items()]
        elif isinstance(asked, list):
            parts = (part for part in asked if isinstance(part, dict))
            pairs = [(str(part.get("kind")), part.get("share", 1.0)) for part in parts]
        for name, share in pairs:
            if isinstance(share, int | float):
                shares[name] = shares.get(name, 0.0) + share
        return {name: float(share) for name, share in shares.items() if share > 0}

    def section(self, field: str) -> Mapping[str, object]:
        """A section of the recipe, empty where it is not known."""
        return _section(self.recipe, field)


def _manifest(places: Places) -> Mapping[str, object]:
    try:
        found = orjson.loads(places.manifest.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _section(whole: Mapping[str, object], field: str) -> Mapping[str, object]:
    found = whole.get(field)
    return found if isinstance(found, dict) else {}


def _catalogue(manifest: Mapping[str, object]) -> tuple[Catalogue | None, str]:
    """The catalogue, if it is the one that the manifest names or none is named; else why not."""
    registries = manifest.get("registries")
    try:
        catalogue = load()
        for one in registries if isinstance(registries, list) else ():
            if catalogue.digest(one["entries"]).sha256 != one["sha256"]:
                return None, "the registry here is not the one that they come from"
    except (GlyphdataError, KeyError, TypeError) as fault:
        return None, str(fault)
    return catalogue, ""


def _possible(catalogue: Catalogue | None, recipe: Mapping[str, object]) -> int:
    asked = _section(recipe, "faces")
    if catalogue is None or not asked:
        return 0
    wanted = (_words(asked.get(name)) for name in ("scripts", "families", "categories"))
    scripts, families, categories = wanted
    try:
        return catalogue.where(
            scripts=scripts, families=families, categories=categories
        ).bit_count()
    except GlyphdataError:
        return 0


def _words(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _given_up(places: Places) -> tuple[Counter[str], Counter[str]]:
    """The drafts and the scenes that were given up, by reason."""
    rejections: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for number in recorded(places):
        record = read_record(places, number)
        if record is not None:
            rejections.update(dict(record.rejections))
            left_out.update(spot.reason for spot in record.quarantined)
    return rejections, left_out
