"""Which kinds there are: one file of a room's folder each, imported when it is asked for.

A room is an open set (`texts`, `backgrounds`); a kind is the name of a file in its folder. Other
packages add kinds through the entry point group `glyphdata.parts.<room>`: the entry's name is the
kind, its value the module that holds it.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import entry_points
from typing import NamedTuple

from glyphdata.errors import InputError


class Room(NamedTuple):
    """Where a room's files lie, the deed that its ranges do and the deed that its outcomes do.

    A deed is the name of a method, or of a field that only they have.
    """

    package: str
    deed: str
    outcome: str = ""


ROOMS: dict[str, Room] = {
    "texts": Room("glyphdata.parts.texts", "choose"),
    "backgrounds": Room("glyphdata.parts.backgrounds", "choose", "paint"),
    "layouts": Room("glyphdata.parts.layouts", "choose"),
    "edits": Room("glyphdata.parts.edits", "choose"),  # what they choose is `scene.Edit`
    "effects": Room("glyphdata.parts.effects", "choose", "apply"),
    "captioners": Room("glyphdata.caption.captioners", "caption"),
    "checks": Room("glyphdata.review.checks", "code"),
    "exporters": Room("glyphdata.convert.exporters", "write"),
    "importers": Room("glyphdata.convert.importers", "read"),
}


def nearest(word: str, words: Iterable[str]) -> str:
    """The way out of a misspelt word: `did you mean 'gradient'?`, or all words if none is close."""
    known = sorted(words)
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"one of {', '.join(known)}" if known else "there are none"


def kinds(room: str) -> tuple[str, ...]:
    """The kinds of a room in alphabetical order; `InputError` for a room there is not."""
    return tuple(sorted(_modules(room)))


def load(room: str, kind: str) -> type:
    """The range class of a kind: the one public dataclass of its file that has the room's deed.

    `InputError` for a kind there is not, or whose file holds no such class or more than one.
    """
    return _classes(room, kind)[0]


def outcome(room: str, kind: str) -> type:
    """The outcome class of a kind: what its range chooses. `InputError` as for `load`."""
    found = _classes(room, kind)[1]
    if found is None:
        raise InputError(f"the {room} have no outcome of their own").inside(f"{room}.{kind}")
    return found


def kind_of(room: str, part: type) -> str:
    """The kind that a range or outcome class belongs to; `InputError` for a stranger."""
    kind = _kind(room, part.__module__)
    if kind is None:
        raise InputError(
            f"{part.__module__}.{part.__qualname__} is none of the {room}",
            hint=f"a kind is a file of {_room(room).package}, or an entry point {_group(room)}",
        )
    return kind


def summary(room: str, kind: str) -> str:
    """The first line of the range's docstring, read from the source so that nothing is imported."""
    module = _module(room, kind)
    spec = importlib.util.find_spec(module)
    if spec is not None and spec.origin is not None and spec.origin.endswith(".py"):
        with open(spec.origin, "rb") as source:  # noqa: PTH123 - a spec's origin is text
            tree = ast.parse(source.read())
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and _does(node, _room(room).deed):
                return (ast.get_docstring(node) or "").partition("\n")[0]
    return (load(room, kind).__doc__ or "").strip().partition("\n")[0]


@lru_cache(maxsize=256)
def _kind(room: str, module: str) -> str | None:
    """The kind that a module holds; cached, for every sample asks."""
    return next((kind for kind, held in _modules(room).items() if held == module), None)


def _does(node: ast.ClassDef, deed: str) -> bool:
    def named(member: ast.stmt) -> str:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            return member.target.id
        return member.name if isinstance(member, ast.FunctionDef) else ""

    return not node.name.startswith("_") and any(named(one) == deed for one in node.body)


def _room(room: str) -> Room:
    found = ROOMS.get(room)
    if found is None:
        raise InputError(f"there is no room {room!r}", hint=nearest(room, ROOMS))
    return found


def _group(room: str) -> str:
    return f"glyphdata.parts.{room}"


def _module(room: str, kind: str) -> str:
    module = _modules(room).get(kind)
    if module is None:
        raise InputError(f"no {room} of kind {kind!r}", hint=nearest(kind, kinds(room)))
    return module


def _modules(room: str) -> dict[str, str]:
    """Kind to module name; only the room's own `__init__` is imported."""
    package = _room(room).package
    own: dict[str, str] = {}
    if importlib.util.find_spec(package) is not None:
        folder = importlib.import_module(package).__path__
        own = {
            found.name: f"{package}.{found.name}"
            for found in pkgutil.iter_modules(folder)
            if not found.name.startswith("_")
        }
    for kind, module in _foreign(_group(room), tuple(sys.path)):
        if own.setdefault(kind, module) != module:
            raise InputError(
                f"{own[kind]} and {module} both call themselves {kind!r}",
                hint="uninstall one of the two packages",
            ).inside(room)
    return own


@lru_cache(maxsize=32)
def _foreign(group: str, path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The entries (kind, module) of a group; cached per import path, for it reads every package."""
    return tuple((entry.name, entry.module) for entry in entry_points(group=group))


@lru_cache(maxsize=256)
def _found(module: str, room: Room) -> tuple[type, type | None]:
    """The range and the outcome that a module holds; cached, for a module is what it is."""
    values = vars(importlib.import_module(module)).values()
    classes = [
        value
        for value in values
        if isinstance(value, type)
        and value.__module__ == module
        and not value.__name__.startswith("_")
        and dataclasses.is_dataclass(value)
    ]
    ranges = [one for one in classes if hasattr(one, room.deed)]
    outcomes = [one for one in classes if room.outcome and hasattr(one, room.outcome)]
    if len(ranges) != 1:
        raise InputError(
            f"holds {len(ranges)} public dataclasses with a method {room.deed}, not one"
        ).inside(module)
    if room.outcome and len(outcomes) != 1:
        raise InputError(
            f"holds {len(outcomes)} public dataclasses with a method {room.outcome}, not one"
        ).inside(module)
    return ranges[0], outcomes[0] if outcomes else None


def _classes(room: str, kind: str) -> tuple[type, type | None]:
    return _found(_module(room, kind), _room(room))
