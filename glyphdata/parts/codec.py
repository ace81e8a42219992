"""Scenes as JSON and back, exactly: the gate for scenes from disk.

The form follows the types: a frozen dataclass is an object; a NamedTuple whose fields are all of
one type (a point, a quad, a colour, a matrix) is an array, any other an object; an open part is an
object that opens with its `kind`. Floats are written so that they read back to the same bits.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson

from glyphdata.errors import InputError
from glyphdata.registry import kind_of, outcome
from glyphdata.scene.scene import Backdrop, BoxEffect, Effect, Scene

Json = Any
"""A JSON value: str, int, float, bool, None, or a list or dict (with text keys) of such."""

Write = Callable[[Any], Json]
Read = Callable[[Json, str], Any]
"""Reads a JSON value that was found at a path."""

_OPEN: dict[object, str] = {Backdrop: "backgrounds", Effect: "effects", BoxEffect: "effects"}


def encode(scene: Scene) -> bytes:
    """A scene as JSON (UTF-8). `InputError` where it holds what JSON cannot: a lone surrogate, a
    number that is not finite, a part that belongs to no kind.
    """
    try:
        return orjson.dumps(_writer(Scene)(scene))
    except TypeError as error:
        raise InputError(f"the scene cannot be written as JSON: {error}") from None


def decode(data: bytes) -> Scene:
    """The scene that `encode` wrote, equal to it; `InputError` naming the path of a fault."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"is no JSON: {error}").inside("scene") from None
    scene = _reader(Scene)(value, "scene")
    if not isinstance(scene, Scene):
        raise InputError("holds no scene").inside("scene")
    return scene


@lru_cache(maxsize=512)
def _writer(hint: Any) -> Write:
    """How a value of a type is written."""
    hint, origin = _bare(hint)
    if hint in _OPEN:
        return _open_writer(_OPEN[hint])
    if origin is tuple:
        return _tuple_writer(get_args(hint))
    if origin in (Union, types.UnionType):
        inner = _writer(_optional(hint))
        return lambda value: None if value is None else inner(value)
    if dataclasses.is_dataclass(hint):
        return _object_writer(hint)
    if _is_named_tuple(hint):
        return _array_writer(hint) if _is_even(hint) else _object_writer(hint)
    if hint is float:
        return _finite
    return _same


@lru_cache(maxsize=512)
def _reader(hint: Any) -> Read:
    """How a value of a type is read."""
    hint, origin = _bare(hint)
    if hint in _OPEN:
        return _open_reader(_OPEN[hint])
    if origin is tuple:
        return _tuple_reader(get_args(hint))
    if origin in (Union, types.UnionType):
        inner = _reader(_optional(hint))
        return lambda value, at: None if value is None else inner(value, at)
    if origin is Literal:
        return _literal_reader(get_args(hint))
    if dataclasses.is_dataclass(hint):
        return _object_reader(hint)
    if _is_named_tuple(hint):
        return _array_reader(hint) if _is_even(hint) else _object_reader(hint)
    return _plain_reader(hint)


def _bare(hint: Any) -> tuple[Any, Any]:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint, get_origin(hint)


def _optional(hint: Any) -> Any:
    """The one type that stands beside None in a union."""
    inner = [one for one in get_args(hint) if one is not types.NoneType]
    if len(inner) != 1 or len(get_args(hint)) != 2:
        raise InputError(f"{hint} is no type that a scene may hold", hint="use X | None")
    return inner[0]


def _is_named_tuple(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


@lru_cache(maxsize=512)
def _hints(owner: Any) -> dict[str, Any]:
    """The fields of a dataclass or NamedTuple with their types, in order."""
    hints = get_type_hints(owner, include_extras=True)
    if _is_named_tuple(owner):
        return {name: hints[name] for name in owner._fields}
    return {field.name: hints[field.name] for field in dataclasses.fields(owner) if field.init}


@lru_cache(maxsize=512)
def _defaulted(owner: Any) -> frozenset[str]:
    """The fields that may be left out."""
    if _is_named_tuple(owner):
        return frozenset(owner._field_defaults)
    return frozenset(
        field.name
        for field in dataclasses.fields(owner)
        if not field.default is field.default_factory is dataclasses.MISSING
    )


def _is_even(owner: Any) -> bool:
    return len(set(_hints(owner).values())) == 1


def _same(value: Any) -> Json:
    return value


def _finite(value: float) -> Json:
    if not math.isfinite(value):
        raise InputError(f"the scene holds {value}, which JSON cannot")
    return value


def _tuple_writer(of: tuple[Any, ...]) -> Write:
    if len(of) == 2 and of[1] is Ellipsis:
        inner = _writer(of[0])
        return lambda value: [inner(item) for item in value]
    writers = [_writer(one) for one in of]
    return lambda value: [write(item) for write, item in zip(writers, value, strict=True)]


def _array_writer(owner: Any) -> Write:
    inner = _writer(next(iter(_hints(owner).values())))
    return lambda value: [inner(item) for item in value]


def _object_writer(owner: Any) -> Write:
    writers = [(name, _writer(hint)) for name, hint in _hints(owner).items()]
    return lambda value: {name: write(getattr(value, name)) for name, write in writers}


def _open_writer(room: str) -> Write:
    @lru_cache(maxsize=64)
    def of(part: Any) -> tuple[str, Write]:
        return kind_of(room, part), _object_writer(part)

    def write(value: Any) -> Json:
        part: Any = type(value)
        kind, inner = of(part)
        return {"kind": kind, **inner(value)}

    return write


def _refuse(at: str, wanted: str, value: Json) -> InputError:
    found = type(value).__name__ if isinstance(value, list | dict) else repr(value)[:40]
    return InputError(f"must be {wanted}; found {found}").inside(at)


def _plain_reader(wanted: Any) -> Read:
    if wanted not in (int, float, str, bool):
        raise InputError(f"{wanted} is no type that a scene may hold")
    accepted = (int, float) if wanted is float else (wanted,)

    def read(value: Json, at: str) -> Any:
        if type(value) not in accepted:
            raise _refuse(at, f"of type {wanted.__name__}", value)
        return float(value) if wanted is float else value

    return read


def _literal_reader(choices: tuple[Any, ...]) -> Read:
    def read(value: Json, at: str) -> Any:
        if not any(value == choice and type(value) is type(choice) for choice in choices):
            raise _refuse(at, f"one of {', '.join(map(repr, choices))}", value)
        return value

    return read


def _tuple_reader(of: tuple[Any, ...]) -> Read:
    endless = len(of) == 2 and of[1] is Ellipsis
    readers = [_reader(one) for one in (of[:1] if endless else of)]

    def read(value: Json, at: str) -> Any:
        if not isinstance(value, list) or not (endless or len(value) == len(readers)):
            raise _refuse(at, "a list" if endless else f"a list of {len(readers)}", value)
        row = readers * len(value) if endless else readers
        return tuple(
            one(item, f"{at}.{n}") for n, (one, item) in enumerate(zip(row, value, strict=True))
        )

    return read


def _array_reader(owner: Any) -> Read:
    items = _tuple_reader(tuple(_hints(owner).values()))
    return lambda value, at: owner(*items(value, at))


def _object_reader(owner: Any) -> Read:
    readers = {name: _reader(hint) for name, hint in _hints(owner).items()}
    needed = readers.keys() - _defaulted(owner)

    def read(value: Json, at: str) -> Any:
        if not isinstance(value, dict):
            raise _refuse(at, "an object", value)
        for name in sorted(value.keys() - readers.keys()):
            raise InputError(f"{owner.__name__} has no such field").inside(f"{at}.{name}")
        for name in sorted(needed - value.keys()):
            raise InputError("is missing").inside(f"{at}.{name}")
        fields = {name: readers[name](item, f"{at}.{name}") for name, item in value.items()}
        try:
            return owner(**fields)
        except ValueError as error:
            raise InputError(str(error)).inside(at) from None

    return read


def _open_reader(room: str) -> Read:
    @lru_cache(maxsize=64)
    def of(kind: str) -> Read:
        return _object_reader(outcome(room, kind))

    def read(value: Json, at: str) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            raise _refuse(at, "an object with a kind", value)
        try:
            inner = of(value["kind"])
        except InputError as error:
            raise error.inside(f"{at}.kind") from None
        return inner({name: item for name, item in value.items() if name != "kind"}, at)

    return read
