"""Looking at a source before the mix is settled: which groups it has, and what its samples hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from glyphdata.convert.mixing.asked import Chosen, Taken
from glyphdata.convert.mixing.document import SourceAsked
from glyphdata.convert.mixing.groups import Groups
from glyphdata.convert.mixing.opened import Opened
from glyphdata.convert.mixing.sampled import Sampled
from glyphdata.errors import GlyphdataError, InputError
from glyphdata.recipe.faults import Fault
from glyphdata.review.flags import keys_in
from glyphdata.review.where import parse_where
from glyphdata.shards.dataset import Record
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.shards.overlay import MEMBER

_NAMED = 3  # strange keys that are named


@dataclass(frozen=True, slots=True)
class Looked:
    """A source as it was found; `captioned` says whether any captions are in it or beside it.

    Its weight in the mix is not known yet, and 0.
    """

    taken: Taken
    sampled: Sampled
    captioned: bool
    registries: tuple[RegistryDigest, ...]
    spelling: str
    notices: tuple[str, ...]


def looked_at(asked: SourceAsked, root: Path, at: str, faults: list[Fault]) -> Looked | None:
    """The source that is asked for; None where it has faults, which go to `faults`.

    `at` is its place in the mix, `root` what relative paths start from.
    """
    chosen = _chosen(asked, root, at, faults)
    place = asked.dataset if "://" in asked.dataset else str((root / asked.dataset).absolute())
    try:
        opened = Opened.at(place)
        groups = Groups(opened.places)
        sampled, captioned = _shown(groups, opened)
        registries, digest = opened.registries, opened.digest()
    except GlyphdataError as error:
        faults.append((f"{at}.dataset", str(error)))
        return None
    found = None if chosen is None else _meant(groups, chosen, at, faults)
    if chosen is None or found is None:
        return None
    taken = Taken(
        label=asked.name or _last(place),
        dataset=asked.dataset,
        place=place,
        chosen=chosen,
        repeat=asked.repeat,
        weight=0,
        groups=found[0],
        variants=groups.variants,
        digest=digest,
        keys=chosen.digest(),
        fingerprint=opened.fingerprint,
        made_as=opened.made_as,
        license=opened.license,
    )
    notices = tuple(f"{taken.label}: {note}" for note in found[1])
    return Looked(taken, sampled, captioned, registries, opened.spelling, notices)


def _last(place: str) -> str:
    """What a source is called that has no name: the last part of where it is."""
    last = place.rstrip("/").rpartition("/")[2]
    return Path(place).resolve().name if last in ("", ".", "..") else last


def _chosen(asked: SourceAsked, root: Path, at: str, faults: list[Fault]) -> Chosen | None:
    """Which groups are asked for; None where a condition or file of keys is none."""
    before = len(faults)
    for number, term in enumerate(asked.where):
        try:
            parse_where([term])
        except GlyphdataError as error:
            faults.append((f"{at}.where.{number}", str(error)))
    only, exclude = (str(root / one) if one else "" for one in (asked.only, asked.exclude))
    chosen = Chosen(asked.where, only, exclude)
    for name, file in (("only", only), ("exclude", exclude)):
        try:
            if file:
                keys_in(Path(file))
        except GlyphdataError as error:
            faults.append((f"{at}.{name}", str(error)))
    return None if len(faults) > before else chosen


def _meant(
    groups: Groups, chosen: Chosen, at: str, faults: list[Fault]
) -> tuple[int, list[str]] | None:
    """How many groups are meant, and what to know of the keys; None where none is."""
    notices = []
    only, exclude = chosen.keys()
    strangers = groups.strangers(only or ())
    if strangers:
        named = ", ".join(strangers[:_NAMED])
        faults.append(
            (f"{at}.only", f"{len(strangers)} keys are no sample's here, such as {named}")
        )
        return None
    unknown = groups.strangers(exclude)
    if unknown:
        notices.append(f"{len(unknown)} excluded keys are no sample's, such as {unknown[0]}")
    try:
        count = len(groups.chosen(chosen.condition, only, exclude))
    except GlyphdataError as error:
        faults.append((f"{at}.where", str(error)))
        return None
    if not count:
        faults.append((at, f"none of its {len(groups)} groups is meant; ask for less"))
        return None
    return count, notices


def _shown(groups: Groups, opened: Opened) -> tuple[Sampled, bool]:
    """What the first samples look like, and are there captions in them or beside them?"""
    if not len(groups):
        raise InputError(f"{opened.places.name} holds no samples", hint="make it again")
    try:
        plain = _first(groups, 0)
        boxed = groups.first_boxed()
        sampled = Sampled.of(plain, None if boxed is None else _first(groups, boxed))
    finally:
        groups.close()
    return sampled, MEMBER in plain.members or bool(opened.overlays)


def _first(groups: Groups, group: int) -> Record:
    return groups.records(groups.rows(group))[0]
