"""Which samples? Conditions on the columns of the index, as people type them and as URLs hold them.

A condition is a field, a sign and a value: `level=word`, `contrast<3`, `size=10..20`, `text~hello`,
`char=é`, `font=12`, `color=crimson`, `edits!=replace`. Several conditions all hold; several values
of one field with `=` or `~` are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, cast

import numpy as np
import pyarrow as pa

from glyphdata.errors import InputError
from glyphdata.registry import nearest
from glyphdata.review.conditions import Among, Condition, Holds, Lists, Mask, Reaches
from glyphdata.scene.color import palette

Kind = Literal["word", "list", "tokens", "number", "text", "character"]
Sign = Literal["=", "!=", "<", "<=", ">", ">=", "~"]

_TERM = re.compile(r"\s*([a-z_]+)\s*(!=|<=|>=|=|<|>|~)(.*)", re.DOTALL)
_TOKEN = re.compile(r"(?:<(?:[a-z]{2}-)?(?:font|color)-)?([0-9]{1,9})>?")
_SIGNS: dict[Kind, tuple[Sign, ...]] = {
    "word": ("=", "!="),
    "list": ("=", "!="),
    "tokens": ("=", "!="),
    "number": ("=", "!=", "<", "<=", ">", ">="),
    "text": ("~", "=", "!="),
    "character": ("=", "!="),
}
_EXAMPLE = "such as level=word, contrast<3, size=10..20 or text~hello"


@dataclass(frozen=True, slots=True)
class Field:
    """What can be asked of a sample: the columns that tell, and in words what they tell.

    A number that is spread over a picture has two columns, its least and its greatest value there.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    summary: str


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("level", "word", ("level",), "word, sentence or paragraph"),
        Field("language", "word", ("language",), "BCP 47"),
        Field("background", "word", ("background",), "the kind of the ground"),
        Field("group", "word", ("group",), "the key that an original shares with its variants"),
        Field("key", "word", ("key",), "one sample"),
        Field("script", "list", ("scripts",), "a script that is drawn"),
        Field("edits", "list", ("edits",), "a kind of edit that was made"),
        Field("effects", "list", ("effects",), "a kind of effect that is seen"),
        Field("font", "tokens", ("font_tokens",), "the token of a face that is drawn in"),
        Field("color", "tokens", ("color_tokens",), "the token or CSS3 name of an ink"),
        Field("contrast", "number", ("contrast_min",), "the least contrast, a WCAG ratio"),
        Field("signal", "number", ("signal_min",), "the least signal, in deviations of the ground"),
        Field("size", "number", ("size_px_min", "size_px_max"), "sizes of text, pixels per em"),
        Field("angle", "number", ("angle_deg_max",), "the greatest turn, degrees"),
        Field("length", "number", ("length",), "characters of text"),
        Field("boxes", "number", ("boxes",), "boxes of text"),
        Field("clusters", "number", ("clusters",), "clusters"),
        Field("rejections", "number", ("rejections",), "drafts that were given up"),
        Field("width", "number", ("width",), "pixels"),
        Field("height", "number", ("height",), "pixels"),
        Field("shard", "number", ("shard",), "the shard's number"),
        Field("index", "number", ("index",), "the scene's index"),
        Field("variant", "number", ("variant",), "the variant's number, 0 for an original"),
        Field("text", "text", ("text",), "the text: ~ finds a part of it in either case"),
        Field("char", "character", ("text",), "a character that occurs, in its own case"),
    )
}
"""Everything that can be asked, by name; the names are those of a URL's query too."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which samples are meant; `terms` are its conditions as (field, sign, value)."""

    terms: tuple[tuple[str, Sign, str], ...]
    conditions: tuple[Condition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the index that are looked at, sorted."""
        names = {name for one in self.conditions for name in one.columns}
        return tuple(sorted({"text" if name == "length" else name for name in names}))

    def mask(self, table: pa.Table) -> pa.BooleanArray:
        """For each row of an index, is it meant? `InputError` where a column is not there."""
        for name in self.columns:
            if name not in table.column_names:
                raise InputError(f"this index has no column {name!r}", hint="generate it again")
        every: Mask = np.ones(len(table), np.bool_)
        met = reduce(np.logical_and, (one.mask(table) for one in self.conditions), every)
        return pa.array(met, pa.bool_())

    def sql(self) -> tuple[str, tuple[str | int | float, ...]]:
        """The same as an SQL expression over the columns, and the values of its parameters.

        The rows need two columns more than the index has: `length`, the characters of `text`, and
        `folded`, `text` in lower case.
        """
        parts = [one.sql() for one in self.conditions]
        expression = " AND ".join(part for part, _ in parts) or "true"
        return expression, tuple(value for _, values in parts for value in values)

    def without(self, field: str) -> Where:
        """The same but for what it says of one field."""
        return of_terms(term for term in self.terms if term[0] != field)


EVERYTHING = Where((), ())
"""Every sample there is."""


def parse_where(terms: Sequence[str]) -> Where:
    """The conditions that people typed, each such as `contrast<3`.

    `InputError` names the one that is none, or whose field, sign or value there is not.
    """
    return of_terms(_parsed(term) for term in terms)


def of_query(pairs: Iterable[tuple[str, str]]) -> Where:
    """The conditions in a URL's query: names of fields and values; `text` is for parts of it.

    `InputError` as for `parse_where`.
    """
    return of_terms((name, "~" if name == "text" else "=", value) for name, value in pairs)


def of_terms(terms: Iterable[tuple[str, Sign, str]]) -> Where:
    """The conditions that (field, sign, value) mean; alternatives of a field stand together."""
    kept = tuple(terms)
    together: dict[tuple[str, Sign, int], list[str]] = {}
    for place, (name, sign, value) in enumerate(kept):
        either = sign in ("=", "~")
        together.setdefault((name, sign, 0 if either else place), []).append(value)
    return Where(kept, tuple(_condition(*key[:2], values) for key, values in together.items()))


def _parsed(term: str) -> tuple[str, Sign, str]:
    found = _TERM.fullmatch(term)
    if found is None:
        raise InputError(f"{term!r} is no condition", hint=_EXAMPLE)
    return found[1], cast(Sign, found[2]), found[3]  # the expression lets no other sign through


def _condition(name: str, sign: Sign, values: list[str]) -> Condition:
    field = FIELDS.get(name)
    if field is None:
        raise InputError(f"there is no field {name!r} to choose by", hint=nearest(name, FIELDS))
    if sign not in _SIGNS[field.kind]:
        ways = ", ".join(f"{name}{one}…" for one in _SIGNS[field.kind])
        raise InputError(f"{name!r} is not compared with {sign!r}", hint=f"write {ways}")
    plain: Condition
    column = field.columns[0]
    match field.kind:
        case "word":
            plain = Among(column, tuple(_nonempty(name, one.strip()) for one in values))
        case "list":
            plain = Lists(column, tuple(_nonempty(name, one.strip()) for one in values))
        case "tokens":
            plain = Lists(column, tuple(_token(name, one.strip()) for one in values))
        case "number":
            spans = tuple(_span(name, sign, one.strip()) for one in values)
            plain = Reaches(column, field.columns[-1], spans)
        case "text" if sign != "~":
            plain = Among(column, tuple(_sound(name, one) for one in values))
        case _:
            found = tuple(_nonempty(name, one) for one in values)
            plain = Holds(found, folded=field.kind == "text")
    return plain.turned() if sign == "!=" else plain


def _nonempty(name: str, value: str) -> str:
    if not value:
        raise InputError(f"{name!r} is compared with nothing", hint=_EXAMPLE)
    return _sound(name, value)


def _sound(name: str, value: str) -> str:
    """The value; `InputError` where it holds what no UTF-8 can."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"the value of {name!r} is no sound text", hint="give UTF-8") from None
    return value


def _token(name: str, value: str) -> int:
    """A token as its number, as it is spelled in prompts, or as the name of a colour."""
    found = _TOKEN.fullmatch(value)
    if found is not None:
        return int(found[1])
    inks = palette().by_name
    if name != "color":
        raise InputError(
            f"{name!r} cannot be {value!r}, which is no token",
            hint="give a number; `glyphdata fonts list`",
        )
    if value not in inks:
        raise InputError(
            f"{name!r} cannot be {value!r}: there is no such colour", hint=nearest(value, inks)
        )
    return inks[value].token


def _span(name: str, sign: Sign, value: str) -> tuple[float, float, bool]:
    """From where to where, both ends included or both not."""
    if sign in ("=", "!="):
        low, dots, high = value.partition("..")
        first = _number(name, low, -np.inf) if dots else _number(name, value)
        last = _number(name, high, np.inf) if dots else first
        if first > last:
            raise InputError(f"{name!r} from {low} to {high} is empty", hint="give the less first")
        return first, last, True
    bound = _number(name, value)
    return (bound, np.inf, "=" in sign) if ">" in sign else (-np.inf, bound, "=" in sign)


def _number(name: str, value: str, unless: float | None = None) -> float:
    if not value.strip() and unless is not None:
        return unless
    try:
        number = float(value)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise InputError(
            f"{name!r} is compared with {value!r}, which is no number",
            hint=f"write {name}=3, {name}=2..5 or {name}<3",
        )
    return number
