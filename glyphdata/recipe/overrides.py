"""Single values set from the command line: `canvas.width=1024`, `backgrounds.0.kind=solid`."""

from __future__ import annotations

from glyphdata.errors import RecipeError
from glyphdata.recipe.document import MAX_DEPTH, Value, described, parse
from glyphdata.recipe.faults import Fault, joined


def override(values: dict[str, Value], text: str) -> list[Fault]:
    """Set one value in place; the fault where the text is no override or its path leads nowhere."""
    path, equals, written = text.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys) or len(keys) > MAX_DEPTH:
        return [(text[:80], "sets nothing; write KEY=VALUE")]
    try:
        value = parse(written.encode("utf-8", "surrogateescape"))
    except RecipeError as error:
        return [(path, f"cannot be set: {error}")]
    inner: Value = values
    for depth, key in enumerate(keys[:-1]):
        step = _step(inner, key)
        if isinstance(step, str):
            return [(path, f"leads nowhere: {joined(keys[:depth]) or 'the recipe'} {step}")]
        if isinstance(inner, dict) and step is None:
            inner[key] = {}
        inner = inner[key if step is None else step[0]]
    step = _step(inner, keys[-1])
    if isinstance(step, str):
        return [(path, f"leads nowhere: {joined(keys[:-1]) or 'the recipe'} {step}")]
    inner[keys[-1] if step is None else step[0]] = value
    return []


def _step(inner: Value, key: str) -> tuple[str | int] | str | None:
    """The key or index that `key` is in `inner`; None for a new key; a text where there is none."""
    if isinstance(inner, dict):
        return (key,) if key in inner else None
    if not isinstance(inner, list):
        return f"is {described(inner)}, which has no {key!r} inside"
    if key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(inner):
        return (int(key),)
    return f"has {len(inner)} entries, counted from 0; there is no {key!r}"
