"""Opening a mix: one YAML file, overrides over it, its sources looked at, every fault told at once.

The text is read as recipes are (YAML 1.2 scalars, no aliases, size and depth capped).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from pathlib import Path

from pydantic import ValidationError

from glyphdata.convert.mixing.agreeing import registries_of, spelling_of
from glyphdata.convert.mixing.asked import Mix
from glyphdata.convert.mixing.document import ALL, MixAsked, SourceAsked
from glyphdata.convert.mixing.keeping import kept_of
from glyphdata.convert.mixing.looking import Looked, looked_at
from glyphdata.convert.mixing.sampled import merged
from glyphdata.convert.mixing.schedule import apportioned
from glyphdata.errors import InputError, RecipeError
from glyphdata.recipe.document import Value, read
from glyphdata.recipe.faults import Fault, faults_of
from glyphdata.recipe.model import MAX_SHARDS, Section
from glyphdata.recipe.overrides import override

_HEAVIEST = 1 << 53  # what a manifest can say, and every reader of JSON understand
_Known = dict[tuple[str | int, ...], tuple[str, ...]]


def load_mix(path: Path | str, overrides: Sequence[str] = ()) -> tuple[Mix, tuple[str, ...]]:
    """The mix in a YAML file, changed by overrides such as `sources.0.share=2`; and what to know.

    Paths in it start from its folder. The sources are opened and their indices read. `RecipeError`
    names every fault at once: its path, what stands there and what may; `InputError` where there
    is no such file.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"there is no file {path}", hint="`glyphdata mix --schema` says what a mix may hold"
        )
    values = read(path)
    faults = [fault for text in overrides for fault in override(values, text)]
    try:
        asked = _asked(values)
    except RecipeError as error:
        raise _broken([*faults, *error.faults]).inside(str(path)) from None
    if faults:
        raise _broken(faults).inside(str(path))
    try:
        return settled(asked, path.parent)
    except RecipeError as error:
        raise error.inside(str(path)) from None


def settled(asked: MixAsked, root: Path) -> tuple[Mix, tuple[str, ...]]:
    """The mix that was asked for, paths starting from `root`, and what to know of it.

    `RecipeError` with every fault of its sources, and of what is asked of them.
    """
    faults: list[Fault] = []
    found = [looked_at(one, root, f"sources.{at}", faults) for at, one in enumerate(asked.sources)]
    looks = [one for one in found if one is not None]
    if faults:
        raise _broken(faults)
    faults += _namesakes(looks)
    weights, samples = _weighed(asked, looks, faults)
    registries, spelling = registries_of(looks, faults), spelling_of(looks, faults)
    kept, notices = kept_of(asked.outputs, looks, faults)
    if max(weights) >= _HEAVIEST:
        faults.append(("sources", "shares are too far apart; leave the least out"))
    if faults:
        raise _broken(faults)
    mix = Mix(
        name=asked.name,
        seed=asked.seed,
        samples=samples,
        shard=asked.shard,
        sources=tuple(
            replace(look.taken, weight=weight) for look, weight in zip(looks, weights, strict=True)
        ),
        kept=kept,
        grows=asked.samples != ALL and all(one.samples is None for one in asked.sources),
        blank=reduce(merged, (look.sampled.blank for look in looks)),
        spelling=spelling,
        registries=registries,
    )
    _enough(mix, faults)
    if faults:
        raise _broken(faults)
    return mix, (*notices, *(note for look in looks for note in look.notices))


def _asked(values: Mapping[str, Value]) -> MixAsked:
    try:
        return MixAsked.model_validate_json(json.dumps(values))
    except ValidationError as error:
        sources = values.get("sources")
        count = len(sources) if isinstance(sources, list) else 0
        known = _fields(MixAsked, ())
        for at in range(count):
            known |= _fields(SourceAsked, ("sources", at))
        raise _broken(list(dict.fromkeys(faults_of(error, values, known)))) from None


def _fields(section: type[Section], at: tuple[str | int, ...]) -> _Known:
    """The field names of a section and of those inside it, by their place."""
    known = {at: tuple(section.model_fields)}
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            known |= _fields(field.annotation, (*at, name))
    return known


def _namesakes(looks: Sequence[Looked]) -> list[Fault]:
    """Sources that are called as one before them is."""
    labels = [look.taken.label for look in looks]
    return [
        (f"sources.{at}.name", f"another source is called {label!r} too; give one a name")
        for at, label in enumerate(labels)
        if label in labels[:at]
    ]


def _weighed(
    asked: MixAsked, looks: Sequence[Looked], faults: list[Fault]
) -> tuple[list[int], int]:
    """The weight of each source in whole numbers, and how many scenes the mix has."""
    counts = [one.samples for one in asked.sources]
    shares = [1.0 if one.share is None else one.share for one in asked.sources]
    counted = sum(count or 0 for count in counts)
    if asked.samples == ALL:
        faults += [
            (f"sources.{at}.share", "means nothing where samples is all; say how many samples")
            for at, one in enumerate(asked.sources)
            if one.share is not None
        ]
        every = [
            look.taken.groups if n is None else n for look, n in zip(looks, counts, strict=True)
        ]
        return _reduced(every), sum(every)
    free = [share if count is None else 0.0 for share, count in zip(shares, counts, strict=True)]
    left = asked.samples - counted
    if left < 0 or (left and not any(free)):
        said = f"the sources' own samples make {counted}" if counted else "every share is 0"
        faults.append(("samples", f"{said}; found {asked.samples}"))
        return [1] * len(looks), asked.samples
    if not counted:
        return _whole(free), asked.samples
    rest = apportioned(left, _whole(free)) if left else [0] * len(looks)
    return _reduced(
        [n + (count or 0) for n, count in zip(rest, counts, strict=True)]
    ), asked.samples


def _whole(shares: Sequence[float]) -> list[int]:
    """Shares as whole numbers in the same proportion, as they are written: 0.1 is a tenth."""
    parts = [Fraction(repr(share)) for share in shares]
    common = lcm(*(part.denominator for part in parts))
    return _reduced([int(part * common) for part in parts])


def _reduced(weights: Sequence[int]) -> list[int]:
    least = gcd(*weights) or 1
    return [weight // least for weight in weights]


def _enough(mix: Mix, faults: list[Fault]) -> None:
    """Have all sources as many groups as are taken of them?"""
    if mix.samples > mix.shard.samples * MAX_SHARDS:
        faults.append(("samples", f"make more than {MAX_SHARDS} shards; raise shard.samples"))
        return
    for at, (one, count) in enumerate(zip(mix.sources, mix.schedule().counts, strict=True)):
        if count > one.groups and not one.repeat:
            said = f"{one.label} has {one.groups} groups that are meant, and {count} are asked for"
            faults.append((f"sources.{at}", f"{said}; ask for less, or say repeat: true"))


def _broken(faults: Sequence[Fault]) -> RecipeError:
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return RecipeError(f"cannot be mixed, {count}", faults=tuple(faults))
