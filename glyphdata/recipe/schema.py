"""The JSON schema of recipes, for completion and checks in an editor."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from glyphdata.recipe.model import Closed
from glyphdata.recipe.open import DEFAULTS, OPEN_ROOMS, field_names
from glyphdata.registry import kinds, load, summary

Json = dict[str, Any]
_TEMPLATE = "#/$defs/{model}"


def schema() -> Json:
    """The JSON schema (draft 2020-12) of a recipe with every kind that is installed."""
    whole = Closed.model_json_schema(ref_template=_TEMPLATE, mode="validation")
    definitions: Json = whole.pop("$defs", {})
    for room in OPEN_ROOMS:
        for kind in kinds(room):
            definitions[f"{room}.{kind}"] = _part(room, kind, definitions)
        whole["properties"][room] = {
            "type": "array",
            "minItems": 0 if room == "effects" else 1,
            "items": {"oneOf": [{"$ref": f"#/$defs/{room}.{kind}"} for kind in kinds(room)]},
        }
        if room in DEFAULTS:
            whole["properties"][room]["default"] = list(DEFAULTS[room])
    whole["required"] = [*whole["required"], "texts"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "A recipe of glyphdata",
        "$defs": dict(sorted(definitions.items())),
    }


def _part(room: str, kind: str, definitions: Json) -> Json:
    """The schema of one kind; what it refers to goes to `definitions`."""
    part = load(room, kind)
    drawn = TypeAdapter(part).json_schema(ref_template=_TEMPLATE, mode="validation")
    definitions.update(drawn.pop("$defs", {}))
    settable = field_names(part)
    return {
        "type": "object",
        "title": kind,
        "description": summary(room, kind),
        "properties": {
            "kind": {"const": kind},
            **{name: drawn["properties"][name] for name in settable},
        },
        "required": ["kind", *(name for name in drawn.get("required", ()) if name in settable)],
        "additionalProperties": False,
    }
