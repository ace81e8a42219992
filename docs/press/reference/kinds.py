"""The kinds of a room, each with its fields; and the page of rooms that recipes do not list."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pydantic import TypeAdapter

from docs.press.reference.told import told
from docs.press.reference.typed import Schema, cell, said, value
from glyphdata.recipe.open import OPEN_ROOMS, field_names
from glyphdata.registry import ROOMS, kinds, load

HEAD = """\
# Captioners, checks, formats

Made from the code: the kinds that commands name. Those that recipes list are in
[Recipes: every field](recipes.md). `glyphdata kinds ROOM` lists a room, those of installed packages
included.
"""

_ABOUT = {
    "captioners": "What `glyphdata caption OUT --captioner KIND` asks; `-s FIELD=VALUE` sets"
    " a field.",
    "checks": "What `glyphdata verify OUT` asks, and with `--deep` of the samples too"
    " ([checks](../checks.md)).",
    "exporters": "What `glyphdata export OUT DEST --format KIND` writes; `-s FIELD=VALUE` sets"
    " a field.",
    "importers": "What `glyphdata import SRC OUT --format KIND` reads; `-s FIELD=VALUE` sets"
    " a field.",
}


def own_kinds(room: str) -> tuple[str, ...]:
    """The kinds that come with this package, and none of other installed ones."""
    return tuple(
        kind for kind in kinds(room) if load(room, kind).__module__.startswith("glyphdata.")
    )


def other_rooms() -> tuple[str, ...]:
    """The rooms whose kinds stand in no recipe."""
    return tuple(room for room in ROOMS if room not in (*OPEN_ROOMS, "edits") and own_kinds(room))


def page() -> str:
    """The page of captioners, checks, exporters and importers, in Markdown."""
    lines = [HEAD]
    for room in other_rooms():
        lines += ["", f"## {room}", "", _ABOUT.get(room, f"`glyphdata kinds {room}`.")]
        if room == "checks":
            lines += _checks()
        else:
            for kind in own_kinds(room):
                lines += kind_section(room, kind)
    return "\n".join(lines).rstrip("\n") + "\n"


def kind_section(room: str, kind: str) -> Iterator[str]:
    """A kind's heading, docstring, example and fields."""
    part = load(room, kind)
    summary, example, prose = told(part)
    yield from ("", f"### {room}: {kind}", "", summary)
    if example:
        yield from ("", f"```{'yaml' if example.startswith('{') else 'text'}", example, "```")
    if prose:
        yield from ("", prose)
    names = field_names(part)
    if not names:
        return
    drawn = TypeAdapter(part).json_schema(mode="validation")
    definitions, properties = drawn.get("$defs", {}), drawn["properties"]
    yield from ("", "| field | what it takes | default |", "|---|---|---|")
    for name in names:
        takes = cell(said(properties[name], definitions))
        yield f"| `{name}` | {takes} | {_default(part, name, properties[name])} |"


def _default(part: type, name: str, schema: Schema) -> str:
    if "default" in schema:
        return value(schema["default"])
    field = next(one for one in dataclasses.fields(part) if one.name == name)
    if field.default_factory is not dataclasses.MISSING:
        return value(field.default_factory())
    return "has to be given"


def _checks() -> Iterator[str]:
    """A line per check: they have no fields that anybody sets."""
    yield from ("", "| code | file | what has to hold |", "|---|---|---|")
    for kind in own_kinds("checks"):
        part = load("checks", kind)
        yield f"| `{vars(part)['code']}` | `{kind}` | {told(part).summary} |"
