"""The reference of recipes: every section and field, and every kind of what a recipe lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docs.press.reference.kinds import kind_section, own_kinds
from docs.press.reference.typed import Definitions, Schema, cell, said, value
from glyphdata.recipe.open import DEFAULTS, OPEN_ROOMS
from glyphdata.recipe.schema import schema

HEAD = """\
# Recipes: every field

Made from the code. [Recipes](../recipes.md) is the guide; here stands every section, field and kind
with its type, bounds and default. The same as a JSON schema, for an editor:
[recipe.schema.json](../../recipes/recipe.schema.json). A range [low, high] may also be one number
where its type says so.
"""

_ABOUT = {
    "texts": "Where texts come from. A recipe has to list at least one.",
    "backgrounds": "What lies behind the text.",
    "layouts": "Where boxes lie.",
    "effects": "How ink is laid on, and what befalls the finished picture. `share` is how many of"
    " the boxes, or pictures, get it.",
    "edits": "What `variants.edits` names, each with its share. The fields below are what Python"
    " may set; a recipe takes them as they are.",
}


def page() -> str:
    """The page in Markdown."""
    whole = schema()
    definitions: Definitions = whole["$defs"]
    lines = [HEAD, *_top(whole, definitions)]
    for name, field in whole["properties"].items():
        if "$ref" in field:
            section = definitions[field["$ref"].rpartition("/")[2]]
            lines += [*_section(name, section, definitions), *_whole(section, field["default"])]
    for room in (*OPEN_ROOMS, "edits"):
        lines += ["", f"## {room}", "", _ABOUT[room], *_default(room)]
        for kind in own_kinds(room):
            lines += kind_section(room, kind)
    return "\n".join(lines).rstrip("\n") + "\n"


def _top(whole: Schema, definitions: Definitions) -> Iterator[str]:
    """The fields that are no section, then where the others are told."""
    yield from (
        "## A recipe",
        "",
        "| field | what it takes | default | meaning |",
        "|---|---|---|---|",
    )
    for name, field in whole["properties"].items():
        if "$ref" in field:
            told = definitions[field["$ref"].rpartition("/")[2]]["description"]
            yield f"| [`{name}`](#{name}) | a section | | {told.partition(chr(10))[0]} |"
        elif name in OPEN_ROOMS:
            told = _ABOUT[name].partition(". ")[0].rstrip(".")
            yield f"| [`{name}`](#{name}) | a list of kinds | {_given(name)} | {told}. |"
        else:
            yield row(name, field, definitions, name in whole["required"])


def _section(name: str, section: Schema, definitions: Definitions) -> Iterator[str]:
    told = " ".join(section["description"].split())
    yield from ("", f"## {name}", "", told, "")
    yield from ("| field | what it takes | default | meaning |", "|---|---|---|---|")
    for key, field in section["properties"].items():
        if "$ref" in field:
            inner = definitions[field["$ref"].rpartition("/")[2]]
            for deep, one in inner["properties"].items():
                yield row(f"{name}.{key}.{deep}", one, definitions)
        else:
            yield row(f"{name}.{key}", field, definitions)


def _whole(section: Schema, default: Mapping[str, object]) -> Iterator[str]:
    """What stands for a section that is left out, where that is not its fields' own defaults."""
    own = {key: field.get("default") for key, field in section["properties"].items()}
    if any(own[key] != one and own[key] is not None for key, one in default.items()):
        yield from ("", f"Where the whole section is left out, it is {value(default)}.")


def row(name: str, field: Schema, definitions: Definitions, needed: bool = False) -> str:
    """A field's line in a table: its name, what it takes, its default, what it means."""
    plain = {key: one for key, one in field.items() if key != "description"}
    default = "has to be given" if needed else value(field["default"])
    meaning = " ".join(str(field.get("description", "")).split())
    return f"| `{name}` | {cell(said(plain, definitions))} | {default} | {cell(meaning)} |"


def _given(room: str) -> str:
    if room not in DEFAULTS:
        return "has to be given"
    return value(list(DEFAULTS[room])) if DEFAULTS[room] else "none"


def _default(room: str) -> Iterator[str]:
    entries: tuple[Mapping[str, object], ...] = DEFAULTS.get(room, ())
    if entries:
        yield from ("", f"Left out, it is {value(list(entries))}.")
