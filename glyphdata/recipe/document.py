"""The text of a recipe as plain values: YAML with the traps closed.

Scalars follow the YAML 1.2 core schema (`no` and `12:30:45` are texts, `010` is ten), keys are
texts and stand once, and there are no aliases, anchors or tags. Size, depth and the count of values
are capped, so that no document, however made, takes long. Values are built from the parser's
events: nothing is ever constructed that is not a text, a number, a boolean, null, a list or a dict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from glyphdata.errors import RecipeError

Value = Any
"""A plain value: str, int, float, bool, None, or a list or dict (with text keys) of such."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 50_000

# YAML 1.2.2, section 10.3.2 (the core schema's tag resolution).
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_OCTAL = re.compile(r"0o[0-7]{1,300}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_YAML = "a recipe is YAML; `glyphdata new` writes one to compare with"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> dict[str, Value]:
    """The mapping that a YAML file holds; `RecipeError` naming file, line and fault otherwise."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(
            f"cannot be read: {error.strerror or error}", hint="`glyphdata new` writes a starter"
        ).inside(str(path)) from error
    try:
        value = parse(data)
    except RecipeError as error:
        raise error.inside(str(path)) from None
    if not isinstance(value, dict):
        raise RecipeError(
            f"holds {described(value)} where a recipe is a mapping",
            hint="write `name: …`, `samples: …`, one field a line",
        ).inside(str(path))
    return value


def parse(data: bytes) -> Value:
    """The value that a YAML document of UTF-8 holds; `RecipeError` naming the line otherwise."""
    if len(data) > MAX_BYTES:
        raise RecipeError(
            f"is larger than {MAX_BYTES} bytes", hint="keep texts in files of their own"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(
            f"is not UTF-8 at byte {error.start}", hint="a recipe is YAML, saved as UTF-8"
        ) from None
    try:
        return _document(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        fault = error.problem or error.context or "is no YAML"
        raise RecipeError(f"{_place(error.problem_mark)}{fault}", hint=_YAML) from None
    except yaml.YAMLError as error:
        raise RecipeError(f"is no YAML: {' '.join(str(error).split())}", hint=_YAML) from None


def described(value: Value) -> str:
    """A value in a few words, as it is quoted in a fault: `the text 'no'`, `a list of 3`, `12`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value if len(value) <= 40 else value[:39] + '…'!r}"
        case list():
            if len(value) <= 4 and all(isinstance(item, int | float) for item in value):
                return f"[{', '.join(described(item) for item in value)}]"
            return f"a list of {len(value)}"
        case dict():
            return "a mapping" if value else "an empty mapping"
        case _:
            shown = repr(value)
            return shown if len(shown) <= 24 else shown[:23] + "…"


def _document(events: Iterator[yaml.Event]) -> Value:
    """The one value of an event stream."""
    builder = _Builder()
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse(event, "a second document starts here", "keep one recipe in one file")
        elif isinstance(event, yaml.AliasEvent):
            _refuse(event, f"uses the alias *{event.anchor}", "write the value out")
        elif isinstance(event, yaml.NodeEvent):
            _untagged(event)
            builder.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.end()
    return builder.value


class _Builder:
    """Builds one value from events, with a stack of its own in place of recursion."""

    def __init__(self) -> None:
        self.value: Value = None
        self._open: list[list[Value] | dict[str, Value]] = []
        self._keys: list[str | None] = []
        self._count = 0

    def node(self, event: yaml.NodeEvent) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            _refuse(event, f"holds more than {MAX_VALUES} values", "keep texts in files")
        if isinstance(event, yaml.ScalarEvent):
            if self._wants_key():
                self._keys[-1] = self._key(event)
            else:
                self._put(_scalar(event))
            return
        if self._wants_key():
            _refuse(event, "a key is a list or a mapping", "keys are plain texts")
        if len(self._open) == MAX_DEPTH:
            _refuse(event, f"is nested deeper than {MAX_DEPTH} levels", "no field goes that deep")
        value: list[Value] | dict[str, Value] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        self._put(value)
        self._open.append(value)
        self._keys.append(None)

    def end(self) -> None:
        self._open.pop()
        self._keys.pop()

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], dict) and self._keys[-1] is None

    def _key(self, event: yaml.ScalarEvent) -> str:
        key = str(event.value)
        if key in self._open[-1]:
            _refuse(event, f"the key {key!r} stands here a second time", "keep one of the two")
        return key

    def _put(self, value: Value) -> None:
        if not self._open:
            self.value = value
            return
        inner = self._open[-1]
        if isinstance(inner, dict):
            inner[str(self._keys[-1])] = value
            self._keys[-1] = None
        else:
            inner.append(value)


def _untagged(event: yaml.NodeEvent) -> None:
    if event.anchor is not None:
        _refuse(event, f"sets the anchor &{event.anchor}", "write the value out where it is used")
    tag = getattr(event, "tag", None)
    if tag is not None:
        _refuse(event, f"carries the tag {tag}", "recipes are plain data")


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    """A scalar by the YAML 1.2 core schema; what is quoted or in a block is a text."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text[2:], 16)
    if _NOT_FINITE.fullmatch(text):
        _refuse(event, f"{text} is no finite number", "write the number out")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            _refuse(event, f"{text[:24]} is too large a number", "write a smaller one")
        return number
    return text


def _refuse(event: yaml.Event, fault: str, hint: str) -> NoReturn:
    raise RecipeError(f"{_place(event.start_mark)}{fault}", hint=hint)


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
