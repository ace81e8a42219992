"""Do two datasets, or a dataset and an encoder, mean the same face by the same token?"""

from __future__ import annotations

from collections.abc import Sequence

from glyphdata.errors import InputError
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.train.source import Source


def agree(sources: Sequence[Source]) -> None:
    """`InputError` naming both digests where two sources number their tokens differently."""
    known: dict[str, tuple[RegistryDigest, str]] = {}
    for source in sources:
        for registry in source.registries:
            other, name = known.setdefault(registry.name, (registry, source.name))
            if not _same(registry, other):
                raise InputError(
                    f"{name} and {source.name} were made with other registries of faces:"
                    f" {_told(other)} and {_told(registry)}",
                    hint="train on one of them, or make both with one registry",
                )


def refuse_other(
    made_with: Sequence[RegistryDigest], source: Source, what: str = "the encoder"
) -> None:
    """`InputError` naming both digests where `source` numbers its tokens otherwise than `what`."""
    for registry in source.registries:
        for other in made_with:
            if other.name == registry.name and not _same(registry, other):
                raise InputError(
                    f"{what} was made with another registry of faces than {source.name}:"
                    f" {_told(other)} and {_told(registry)}",
                    hint="use data of the same registry, or train again",
                )


def _same(one: RegistryDigest, other: RegistryDigest) -> bool:
    """Do both number alike? A registry only ever grows, so that the shorter begins the longer;
    that is known where both are beginnings of the registry here.
    """
    if one == other:
        return True
    if one.entries == other.entries:
        return False
    from glyphdata.faces.catalogue import load

    here = load()
    return all(
        entry.entries <= len(here) and here.digest(entry.entries).sha256 == entry.sha256
        for entry in (one, other)
    )


def _told(registry: RegistryDigest) -> str:
    return f"{registry.name} of {registry.entries} faces, {registry.sha256}"
