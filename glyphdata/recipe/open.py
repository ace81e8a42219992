"""The open part of a recipe: `kind` picks the class, the class's own fields are the schema.

Parts are plain frozen dataclasses with annotated fields; each field is read strictly (a text is no
number) on its own, so that every fault of every part is found at once.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import GlyphdataError, InputError, RecipeError
from glyphdata.recipe.document import Value, described
from glyphdata.recipe.faults import Fault, faults_of, joined, unknown_field
from glyphdata.recipe.overrides import override
from glyphdata.registry import kind_of, kinds, load, nearest

OPEN_ROOMS = ("texts", "backgrounds", "layouts", "effects")
"""The fields of a recipe that list parts; each is named after the room its kinds live in."""

DEFAULTS: dict[str, tuple[dict[str, Value], ...]] = {
    "backgrounds": ({"kind": "black"},),
    "layouts": ({"kind": "scatter"},),
    "effects": (),
}
"""What stands for an open field that a recipe leaves out; `texts` has to be given."""


def read_parts(room: str, entries: Value, faults: list[Fault]) -> tuple[object, ...]:
    """The parts that a list describes, those that can be made; what is wrong goes to `faults`."""
    if not isinstance(entries, list | tuple):
        faults.append((room, f"must be a list of parts; found {described(entries)}"))
        return ()
    if not entries and room != "effects":
        faults.append((room, f"must list at least one part ({nearest('', kinds(room))})"))
    parts = []
    for number, entry in enumerate(entries):
        at = joined((room, number))
        found: list[Fault] = []
        part = _read_part(room, entry, at, found)
        faults.extend(found)
        if not found:
            parts.append(part)
    return tuple(parts)


def part_of(
    room: str, kind: str, settings: Sequence[str], given: Mapping[str, Value] | None = None
) -> object:
    """The part of a kind with the fields that the command line sets (`KEY=VALUE`).

    `InputError` for a kind there is not, `RecipeError` with every field that is wrong.
    """
    load(room, kind)
    entry: dict[str, Value] = dict(given or {})
    faults = [fault for one in settings for fault in override(entry, one)]
    found: list[Fault] = []
    parts = read_parts(room, [{**entry, "kind": kind}], found)
    faults += [(path.removeprefix(f"{room}.0."), said) for path, said in found]
    if faults:
        what = room.removesuffix("s")
        raise RecipeError(f"the {what} {kind} cannot be made", faults=tuple(faults))
    return parts[0]


def dumped(room: str, part: object) -> dict[str, Value]:
    """A part as a recipe would write it: its kind and every field, defaults included."""
    owner: Any = type(part)
    fields = _fields(owner)
    values = {
        name: adapter.dump_python(getattr(part, name), mode="json")
        for name, adapter in fields.items()
    }
    return {"kind": kind_of(room, owner), **values}


def field_names(part: type) -> tuple[str, ...]:
    """The fields that a recipe may set: those of the constructor without an underscore."""
    return tuple(
        field.name
        for field in dataclasses.fields(part)
        if field.init and not field.name.startswith("_")
    )


def _read_part(room: str, entry: Value, at: str, faults: list[Fault]) -> object | None:
    if not isinstance(entry, dict):
        faults.append((at, f"must be a mapping with a kind; found {described(entry)}"))
        return None
    kind = entry.get("kind")
    if not isinstance(kind, str):
        wrong = "is missing" if "kind" not in entry else f"must be a text; found {described(kind)}"
        faults.append((joined((at, "kind")), f"{wrong} (one of {', '.join(kinds(room))})"))
        return None
    try:
        part = load(room, kind)
    except InputError as error:
        faults.append((joined((at, "kind")), str(error)))
        return None
    values = dict(_values(part, entry, at, faults))
    if faults:
        return None
    try:
        made: object = part(**values)
        return made
    except ValueError as error:
        faults.append((at, str(error)))
    except GlyphdataError as error:
        faults.append((at, str(error)))
    return None


def _values(
    part: type, entry: dict[str, Value], at: str, faults: list[Fault]
) -> Iterator[tuple[str, object]]:
    """The fields of a part that are sound, with their values."""
    fields = _fields(part)
    for name, value in entry.items():
        if name == "kind":
            continue
        if name not in fields:
            faults.append((joined((at, name)), unknown_field(name, fields)))
            continue
        try:
            yield name, _field_value(fields[name], value)
        except ValidationError as error:
            path = joined((at, name))
            faults.extend(dict.fromkeys(faults_of(error, value, {}, path)))
    for field in dataclasses.fields(part):
        needed = field.default is field.default_factory is dataclasses.MISSING
        if needed and field.init and field.name not in entry:
            faults.append((joined((at, field.name)), "is missing, and has no default"))


def _field_value(adapter: TypeAdapter[Any], value: Value) -> object:
    """The value as the field's type, strictly: lists may become tuples, texts never numbers."""
    try:
        return adapter.validate_python(_frozen(value), strict=True)
    except ValidationError:
        # A path or a nested dataclass is made from a text or a mapping only where JSON is read.
        try:
            return adapter.validate_json(json.dumps(value), strict=True)
        except ValidationError:
            pass
        raise


def _frozen(value: Value) -> Value:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


@lru_cache(maxsize=256)
def _fields(part: Any) -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(part, include_extras=True)
    return {name: TypeAdapter(hints[name]) for name in field_names(part)}
