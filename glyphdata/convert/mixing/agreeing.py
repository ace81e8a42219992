"""Do the sources mean the same face by the same token, and spell it alike?"""

from __future__ import annotations

from collections.abc import Sequence

from glyphdata.convert.mixing.looking import Looked
from glyphdata.errors import GlyphdataError
from glyphdata.recipe.faults import Fault
from glyphdata.shards.manifest import RegistryDigest


def registries_of(looks: Sequence[Looked], faults: list[Fault]) -> tuple[RegistryDigest, ...]:
    """The registries of all sources, of each the longest; where two number otherwise is a fault."""
    longest: dict[str, tuple[RegistryDigest, str]] = {}
    for at, look in enumerate(looks):
        for registry in look.registries:
            known, label = longest.setdefault(registry.name, (registry, look.taken.label))
            if not _same(registry, known):
                faults.append(
                    (
                        f"sources.{at}.dataset",
                        f"was made with another registry of faces than {label}: {_told(known)} and"
                        f" {_told(registry)}; make both with one registry",
                    )
                )
            elif registry.entries > known.entries:
                longest[registry.name] = (registry, look.taken.label)
    return tuple(registry for registry, _ in longest.values())


def spelling_of(looks: Sequence[Looked], faults: list[Fault]) -> str:
    """How all prompts spell font tokens; empty where no source says. A difference is a fault."""
    spelled = {look.spelling: look.taken.label for look in reversed(looks) if look.spelling}
    if len(spelled) > 1:
        ways = ", ".join(f"{label} as {one}" for one, label in sorted(spelled.items()))
        faults.append(("sources", f"spell font tokens differently: {ways}; keep to one"))
    return next(iter(spelled), "")


def _same(one: RegistryDigest, other: RegistryDigest) -> bool:
    """Do both number alike? A registry only ever grows, so that the shorter begins the longer;
    that is known where both are beginnings of the registry here.
    """
    if one == other:
        return True
    if one.entries == other.entries:
        return False
    from glyphdata.faces.catalogue import load

    try:
        here = load()
        return all(here.digest(each.entries).sha256 == each.sha256 for each in (one, other))
    except GlyphdataError:
        return False


def _told(registry: RegistryDigest) -> str:
    return f"{registry.name} of {registry.entries} faces, {registry.sha256[:12]}"
