"""What the samples of a source look like, and how those of several come to have the same fields.

Readers want one type for a column: a field that only some sources have is there in all samples of
the mix, with nothing in it where a source knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glyphdata.errors import InputError
from glyphdata.recipe.document import Value
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import PICTURES
from glyphdata.shards.overlay import MEMBER


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the first samples of a source show: which members all have, and which fields.

    `picture` is the picture's extension. `blank` is a `json` of its fields with nothing in them, a
    single box among them where any sample has one.
    """

    picture: str
    members: frozenset[str]
    blank: Mapping[str, Value]

    @classmethod
    def of(cls, plain: Record, boxed: Record | None) -> Sampled:
        """From a sample, and one that has boxes; `InputError` where they are no samples of ours."""
        pictures = [one for one in PICTURES if one in plain.members]
        if len(pictures) != 1 or "txt" not in plain.members:
            raise InputError(
                f"sample {plain.key} has no picture or no txt", hint="`glyphdata verify` it"
            )
        blank = blanked(plain.facts)
        boxes = boxed.facts.get("boxes") if boxed is not None else None
        if isinstance(boxes, list) and boxes:
            blank["boxes"] = [blanked(boxes[0])]
        return cls(pictures[0], frozenset(plain.members) - {pictures[0], MEMBER}, blank)


def blanked(value: Value) -> Value:
    """The same value of JSON with nothing in it: empty texts and lists, zeros, false, null."""
    match value:
        case dict():
            return {name: blanked(inner) for name, inner in value.items()}
        case None:
            return None
        case bool() | int() | float() | str() | list():
            return type(value)()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def merged(one: Value, other: Value) -> Value:
    """Both blanks, the fields of each; where they differ in kind the first stays."""
    match one, other:
        case dict(), dict():
            more = {
                name: merged(one[name], other[name]) if name in one else other[name]
                for name in other
            }
            return {**one, **more}
        case list(), list():
            return [merged(one[0], other[0])] if one and other else one or other
    return one


def filled(value: Value, blank: Value) -> Value:
    """A value with every field that the blank has and it lacks; itself where it lacks none."""
    match value, blank:
        case dict(), dict():
            lacking = {name: _empty(inner) for name, inner in blank.items() if name not in value}
            changed = {
                name: new
                for name, inner in value.items()
                if name in blank and (new := filled(inner, blank[name])) is not inner
            }
            return {**value, **changed, **lacking} if lacking or changed else value
        case list(), list() if value and blank:
            new = [filled(inner, blank[0]) for inner in value]
            return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    return value


def _empty(blank: Value) -> Value:
    """What stands for a field that a sample lacks; a list is empty whatever is in its blank."""
    return [] if isinstance(blank, list) else blanked(blank)
