"""The types of a sample's members, as Hugging Face `datasets` wants them in a dataset card.

Without them `datasets` guesses from the first five samples: a list that is empty there and filled
later fails the whole load, a number that is whole there and broken later loses its fraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from glyphdata.shards.keys import PICTURES


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: `string`, `int64`, `float64`, `bool`, `image`, `binary`, or `null`."""

    dtype: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class Struct:
    """An object with fixed keys."""

    fields: tuple[tuple[str, Type], ...]


Type = Scalar | ListOf | Struct

NULL, STRING, INT, FLOAT, BOOL = map(Scalar, ("null", "string", "int64", "float64", "bool"))

_EDIT = Struct(
    (
        ("kind", STRING),
        ("unit", STRING),
        ("position", INT),
        ("before", STRING),
        ("after", STRING),
    )
)
_BOX = Struct(
    (
        ("id", INT),
        *((name, STRING) for name in ("level", "text", "source_text")),
        *((name, STRING) for name in ("language", "script", "direction")),
        ("face", Struct((("token", INT), ("family", STRING), ("style", STRING)))),
        ("font_token", INT),
        ("color", STRING),
        ("color_name", STRING),
        ("color_token", INT),
        ("size_px", FLOAT),
        ("align", STRING),
        *((name, FLOAT) for name in ("angle_deg", "bend_deg", "letter_spacing_em")),
        ("quad", ListOf(FLOAT)),
        ("bbox", ListOf(FLOAT)),
        *((name, INT) for name in ("lines", "words", "clusters")),
        *((name, FLOAT) for name in ("contrast", "noise", "signal")),
        ("effects", ListOf(STRING)),
        ("edits", ListOf(_EDIT)),
        ("negatives", ListOf(STRING)),
    )
)
_FACTS = Struct(
    (
        ("key", STRING),
        ("index", INT),
        ("group", STRING),
        ("variant", INT),
        ("seed", INT),
        ("recipe", STRING),
        ("width", INT),
        ("height", INT),
        *((name, STRING) for name in ("level", "language", "prompt")),
        ("background", Struct(tuple((n, STRING) for n in ("kind", "name", "license", "color")))),
        ("boxes", ListOf(_BOX)),
        ("effects", ListOf(STRING)),
        ("pwatermark", FLOAT),
        ("original_width", INT),
        ("original_height", INT),
        ("ignored", ListOf(ListOf(FLOAT))),
        ("origin", Struct(tuple((n, STRING) for n in ("source", "key", "license")))),
    )
)
_SPAN = (("start", INT), ("end", INT))
_LAYOUT_BOX = Struct(
    (
        ("id", INT),
        ("lines", ListOf(Struct((*_SPAN, ("quad", ListOf(INT)), ("baseline", ListOf(INT)))))),
        ("words", ListOf(Struct((*_SPAN, ("line", INT), ("quad", ListOf(INT)))))),
        (
            "clusters",
            Struct(
                tuple(
                    (name, ListOf(INT)) for name in ("start", "end", "line", "mask", "quads", "ink")
                )
            ),
        ),
    )
)
_CAPTION = Struct(
    (
        ("level", INT),
        *((name, STRING) for name in ("text", "source", "recipe", "style")),
        ("mentions", ListOf(Struct((("ref", INT), *_SPAN, ("status", STRING))))),
        ("finish", STRING),
        ("flags", ListOf(STRING)),
        ("raw", STRING),
        ("repairs", ListOf(Struct((("what", STRING), ("before", STRING), ("after", STRING))))),
        ("locked", BOOL),
    )
)
_FAILURE = Struct(
    (
        ("recipe", STRING),
        ("level", INT),
        ("code", STRING),
        ("message", STRING),
        ("attempts", INT),
    )
)
_KNOWN: dict[str, Type] = {
    "captions.json": Struct((("captions", ListOf(_CAPTION)), ("failures", ListOf(_FAILURE)))),
    "json": _FACTS,
    "layout.json": Struct((("unit", INT), ("boxes", ListOf(_LAYOUT_BOX)))),
}
"""What may be empty, null or whole in every sample looked at, and still has its own type."""


def type_of(value: Any) -> Type:
    """The type of a JSON value; an empty list is a list of `null`."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case str():
            return STRING
        case list():
            return ListOf(_item(value))
        case dict():
            return Struct(tuple((str(name), type_of(inner)) for name, inner in value.items()))
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _item(values: list[Any]) -> Type:
    """The type of the items of a list, each kind of scalar looked at once: coordinates are many."""
    kinds = {type(one): one for one in values}
    nested = any(kind in (list, dict) for kind in kinds)
    item: Type = NULL
    for one in values if nested else kinds.values():
        item = joined(item, type_of(one))
    return item


def joined(one: Type, other: Type) -> Type:
    """The type that holds values of both; `ValueError` where no type of a column does."""
    if one is other or one == other:
        return one
    match one, other:
        case (Scalar("null"), known) | (known, Scalar("null")):
            return known
        case (Scalar("int64"), Scalar("float64")) | (Scalar("float64"), Scalar("int64")):
            return FLOAT
        case ListOf(mine), ListOf(theirs):
            return ListOf(joined(mine, theirs))
        case Struct(mine), Struct(theirs):
            fields = dict(mine)
            for name, inner in theirs:
                fields[name] = joined(fields[name], inner) if name in fields else inner
            return Struct(tuple(fields.items()))
    raise ValueError(f"no column holds both {one} and {other}")


def member_types(samples: Iterable[Mapping[str, bytes]]) -> dict[str, Type]:
    """The type of each member over these samples, plus what is known of its empty lists."""
    types: dict[str, Type] = {}
    for sample in samples:
        for extension, content in sample.items():
            last = extension.rpartition(".")[2]
            if last == "json":
                before = types.get(extension, NULL)
                types[extension] = joined(before, type_of(orjson.loads(content)))
            elif last in PICTURES:
                types[extension] = Scalar("image")
            else:
                types[extension] = STRING if last == "txt" else Scalar("binary")
    return {extension: _with_known(extension, found) for extension, found in sorted(types.items())}


def _with_known(extension: str, found: Type) -> Type:
    """The type as found, its unknown parts taken from what is known."""
    known = _KNOWN.get(extension)
    return found if known is None else _filled(found, known)


def _filled(found: Type, known: Type) -> Type:
    match found, known:
        case (Scalar("null"), _) | (Scalar("int64"), Scalar("float64")):
            return known
        case ListOf(mine), ListOf(theirs):
            return ListOf(_filled(mine, theirs))
        case Struct(mine), Struct(theirs):
            more = dict(theirs)
            return Struct(
                tuple(
                    (name, _filled(inner, more[name]) if name in more else inner)
                    for name, inner in mine
                )
            )
    return found


def as_card(types: Mapping[str, Type]) -> list[dict[str, object]]:
    """The value of `dataset_info.features` in a card, with the reader's own two columns."""
    columns = {**types, "__key__": STRING, "__url__": STRING}
    return [{"name": name, **_spelled(one)} for name, one in columns.items()]


def _spelled(one: Type) -> dict[str, object]:
    match one:
        case Scalar(dtype):
            return {"dtype": "string" if dtype == "null" else dtype}
        case Struct(fields):
            return {"struct": [{"name": name, **_spelled(inner)} for name, inner in fields]}
        case ListOf(Struct(fields)):
            return {"list": [{"name": name, **_spelled(inner)} for name, inner in fields]}
        case ListOf(Scalar() as item):
            return {"list": _spelled(item)["dtype"]}
        case ListOf(item):
            return {"list": _spelled(item)}
