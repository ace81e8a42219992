"""A dataset of ours as a source: what its own files say of it, before any sample is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.recipe.document import Value
from glyphdata.shards.keys import Places
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.shards.mirror import refresh
from glyphdata.shards.overlay import folder_of
from glyphdata.shards.record import file_sha256

_FINISH = "let `glyphdata generate`, `import` or `mix` finish it first"


@dataclass(frozen=True)
class Opened:
    """A finished dataset of ours; `manifest` is what it says of itself."""

    places: Places
    manifest: Mapping[str, Value]

    @classmethod
    def at(cls, place: str) -> Opened:
        """`InputError` where there is no dataset, or none that is finished."""
        places = Places.at(place)
        refresh(places.root)
        if not places.root.is_dir():
            raise InputError(f"there is no folder {places.name}", hint="give that of a dataset")
        try:
            manifest = orjson.loads(places.manifest.read_bytes())
            manifest["fingerprint"]["value"], manifest["shards"], manifest["registries"]
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            raise InputError(
                f"{places.name} holds no finished dataset of ours", hint=_FINISH
            ) from None
        if not places.sums.exists() or not places.index.exists():
            raise InputError(f"{places.name} has no checksums or no index", hint=_FINISH)
        return cls(places, manifest)

    @property
    def fingerprint(self) -> str:
        """That of the recipe, import or mix that made it."""
        return str(self.manifest["fingerprint"]["value"])

    @property
    def license(self) -> str:
        """The licence that whoever imported it named for the whole; empty for others."""
        return str(self._asked.get("license") or "")

    @property
    def made_as(self) -> str:
        """The name of its recipe, import or mix."""
        return str(self._asked.get("name") or "")

    @property
    def spelling(self) -> str:
        """How its prompts spell font tokens, `v1` or `v2`; empty where it does not say."""
        faces = self._asked.get("faces")
        spelled = faces.get("tokens") if isinstance(faces, dict) else None
        return spelled if spelled in ("v1", "v2") else ""

    @property
    def registries(self) -> tuple[RegistryDigest, ...]:
        """The registries that its tokens are of; `InputError` where it does not say."""
        listed = self.manifest["registries"]
        found = tuple(_registry(one) for one in listed) if isinstance(listed, list) else (None,)
        if None in found:
            raise InputError(
                f"the manifest of {self.places.name} names no registries", hint=_FINISH
            )
        return tuple(one for one in found if one is not None)

    @cached_property
    def overlays(self) -> tuple[Path, ...]:
        """The captions beside its shards, in order."""
        return tuple(sorted(folder_of(self.places).glob("train-*.jsonl")))

    def digest(self) -> str:
        """The SHA-256, in hex, of what it holds: its shards' checksums, and captions beside them.

        `InputError` where it cannot be read.
        """
        try:
            told = [file_sha256(self.places.sums)]
            told += [f"{one.name} {file_sha256(one)}" for one in self.overlays]
        except OSError as fault:
            raise InputError(f"cannot read {self.places.name}: {fault.strerror}") from None
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    @property
    def _asked(self) -> Mapping[str, Value]:
        recipe = self.manifest.get("recipe")
        return recipe if isinstance(recipe, dict) else {}


def _registry(told: Value) -> RegistryDigest | None:
    """A registry as a manifest names it; None for what is none."""
    match told:
        case {"name": str(name), "entries": int(entries), "sha256": str(digest)}:
            return RegistryDigest(name, entries, digest)
    return None
