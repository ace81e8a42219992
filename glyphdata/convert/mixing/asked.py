"""What is to be mixed, settled: a `Mix` that exists can be made, in every process the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from glyphdata.convert.mixing.opened import Opened
from glyphdata.convert.mixing.schedule import Schedule
from glyphdata.errors import InputError
from glyphdata.recipe.document import Value
from glyphdata.recipe.model import Shard
from glyphdata.review.flags import keys_in
from glyphdata.review.where import Where, parse_where
from glyphdata.shards.manifest import FontCredit, Provenance, RegistryDigest


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which groups of a source are meant; `only` and `exclude` are files of keys, or empty."""

    where: tuple[str, ...] = ()
    only: str = ""
    exclude: str = ""

    @property
    def condition(self) -> Where:
        """The conditions on the index."""
        return parse_where(self.where)

    def keys(self) -> tuple[Collection[str] | None, Collection[str]]:
        """The keys in `only`, None where it names no file, and those in `exclude`.

        `InputError` where one is no file of keys.
        """
        only = keys_in(Path(self.only)) if self.only else None
        return only, keys_in(Path(self.exclude)) if self.exclude else ()

    def digest(self) -> str:
        """The SHA-256, in hex, of the keys in its files; empty where it names none.

        `InputError` where one is no such file.
        """
        if not (self.only or self.exclude):
            return ""
        only, exclude = self.keys()
        told = [None if only is None else sorted(only), sorted(exclude) if self.exclude else None]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """A source: `dataset` as the mix names it, `place` where that is, `label` what samples call it.

    It holds `groups` groups that are `chosen`; `weight` is its part of the mix. `fingerprint` and
    `made_as` are of the recipe that made it. `digest` is of what it held when the mix was settled,
    `keys` of what the lists of keys did.
    """

    label: str
    dataset: str
    place: str
    chosen: Chosen
    repeat: bool
    weight: int
    groups: int
    variants: int
    digest: str
    keys: str
    fingerprint: str
    made_as: str
    license: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What samples of the mix hold beside `json` and `txt`.

    `picture` is its format, in which quality and subsampling others are encoded; `members` are the
    sources' own. `captions` says whether there is a `captions.json`, `must` whether all have one.
    """

    picture: str
    quality: int
    subsampling: str
    members: tuple[str, ...]
    captions: bool
    must: bool


@dataclass(frozen=True)
class Mix:
    """A mix that can be made: frozen, and the same in every process that it is sent to.

    `grows`: its weights do not hang on how many samples it has, so that more may be added. `blank`
    is a `json` with every field that any source has. `spelling` is how prompts spell font tokens.
    """

    name: str
    seed: int
    samples: int
    shard: Shard
    sources: tuple[Taken, ...]
    kept: Kept
    grows: bool
    blank: Mapping[str, Value]
    spelling: str
    registries: tuple[RegistryDigest, ...]

    @property
    def variants(self) -> int:
        """How many variants the largest group has; keys end in the variant if any has one."""
        return max(source.variants for source in self.sources)

    def schedule(self) -> Schedule:
        """Which source stands at which place."""
        weights = [source.weight for source in self.sources]
        return Schedule(self.seed, self.samples, self.shard.samples, weights)

    def fingerprint(self) -> str:
        """The SHA-256, in hex, of all that decides which group stands where, and what it holds.

        Neither the name nor where the sources lie is part of it; nor `samples` where the mix grows.
        """
        told = {
            "mix": 1,
            "seed": self.seed,
            "shard": self.shard.samples,
            "samples": None if self.grows else self.samples,
            "sources": [
                {
                    "label": one.label,
                    "weight": one.weight,
                    "where": list(one.chosen.where),
                    "keys": one.keys,
                    "repeat": one.repeat,
                }
                for one in self.sources
            ],
            "kept": asdict(self.kept),
        }
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def inputs(self) -> str:
        """The SHA-256, in hex, of what the sources hold.

        `InputError` where one has changed since the mix was settled.
        """
        for one in self.sources:
            if Opened.at(one.place).digest() != one.digest:
                raise InputError(
                    f"{one.label} has changed since the mix began",
                    hint="bring it back, or make the mix anew in another folder",
                )
            if one.chosen.digest() != one.keys:
                raise InputError(
                    f"the keys that {one.label} is chosen by have changed since the mix began",
                    hint="bring them back, or run the same command again",
                )
        told = [[one.label, one.digest] for one in self.sources]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def resolved(self) -> Mapping[str, object]:
        """The whole mix as plain values, with what it took of each source."""
        counts = self.schedule().counts
        return {
            "mix": 1,
            "name": self.name,
            "seed": self.seed,
            "samples": self.samples,
            "shard": {"samples": self.shard.samples},
            "sources": [_told(one, count) for one, count in zip(self.sources, counts, strict=True)],
            "outputs": {**asdict(self.kept), "members": list(self.kept.members)},
            **({"faces": {"tokens": self.spelling}} if self.spelling else {}),
        }

    def provenance(self, tokens: Sequence[int]) -> Provenance:
        """The registries of the sources, and the faces of these tokens in the one here."""
        from glyphdata.faces.catalogue import load

        catalogue = load()
        faces = [catalogue[token] for token in tokens if 0 <= token < len(catalogue)]
        credits = (FontCredit(one.token, one.family, one.style, one.license) for one in faces)
        return Provenance(self.registries, tuple(credits))


def _told(source: Taken, count: int) -> dict[str, object]:
    """What the manifest says of a source, of which `count` scenes are in the mix."""
    chosen = source.chosen
    return {
        "name": source.label,
        "dataset": source.dataset,
        "weight": source.weight,
        "scenes": count,
        "of": source.groups,
        "repeat": source.repeat,
        "where": list(chosen.where),
        "only": chosen.only,
        "exclude": chosen.exclude,
        "made_as": source.made_as,
        "fingerprint": source.fingerprint,
        "license": source.license,
        "sha256": source.digest,
    }
