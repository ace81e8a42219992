"""What pydantic finds wrong, in words: what stands there, what may, and the likely intent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from glyphdata.recipe.document import Value, described
from glyphdata.registry import nearest

Fault = tuple[str, str]
"""One fault: the path of the field (`boxes.count.0`) and what is wrong there."""

# What each of pydantic's complaints allows; the braces are filled from its context.
_ALLOWED = {
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "model_type": "must be a mapping",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_type": "must be a text",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "tuple_type": "must be a list",
}


def faults_of(
    error: ValidationError,
    value: Value,
    fields: dict[tuple[str | int, ...], tuple[str, ...]],
    at: str = "",
) -> Iterator[Fault]:
    """The faults of a validation of `value`, which stands at the path `at`.

    `fields` are the known fields of each mapping, by its place.
    """
    errors = error.errors(include_url=False)
    for one in errors:
        place = _written(tuple(one["loc"]), value)
        if one["type"] == "too_short" and any(_inside(other, one) for other in errors):
            continue  # entries that are wrong are not counted: they are what there is to tell
        path = joined((at, *place)) or "recipe"
        if one["type"] == "extra_forbidden":
            yield path, unknown_field(str(place[-1]), fields.get(place[:-1], ()))
        elif one["type"] == "missing" and isinstance(place[-1], int):
            yield joined((at, *place[:-1])), "must have more entries"
        elif one["type"] == "missing":
            yield path, "is missing, and has no default"
        else:
            yield path, _said(one)


def unknown_field(name: str, known: Iterable[str]) -> str:
    """What is said of a key that no field answers to."""
    return f"there is no such field ({nearest(name, known)})"


def joined(places: Sequence[str | int]) -> str:
    """A path as it is written in a recipe's overrides: `backgrounds.0.share`."""
    return ".".join(str(place) for place in places if place != "")


def _inside(one: ErrorDetails, other: ErrorDetails) -> bool:
    place = other["loc"]
    return len(one["loc"]) > len(place) and one["loc"][: len(place)] == place


def _written(place: tuple[str | int, ...], value: Value) -> tuple[str | int, ...]:
    """The place as far as it was written: where one number stands for a pair there are no ends."""
    for depth, step in enumerate(place):
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif not isinstance(value, list):
            return place[:depth]
    return place


def _said(one: ErrorDetails) -> str:
    kind, found, context = one["type"], one["input"], one.get("ctx", {})
    if kind == "fault":
        return one["msg"]
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", one["msg"]))
    if kind == "literal_error":
        return _not_among(found, re.findall(r"'([^']*)'", str(context["expected"])))
    allowed = _ALLOWED.get(kind)
    text = allowed.format(**_numbers(context)) if allowed else one["msg"].lower()
    return f"{text}; found {described(_plain(found))}"


def _not_among(found: Value, allowed: list[str]) -> str:
    choice = nearest(found, allowed) if isinstance(found, str) else f"one of {', '.join(allowed)}"
    return f"cannot be {described(_plain(found))} ({choice})"


def _numbers(context: dict[str, Any]) -> dict[str, Any]:
    """Bounds as people write them: 1 rather than 1.0."""
    return {
        name: f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else value
        for name, value in context.items()
    }


def _plain(value: Value) -> Value:
    return list(value) if isinstance(value, tuple) else value
