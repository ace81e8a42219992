"""Tables of faces that others made, read and matched with our own by name.

Glyph-ByT5's tables (100, 512 and 988 names) call faces much as PostScript does,
`OpenSans-ExtraBoldItalic`, not always alike: `Poppins` is Regular, `TAN - MON CHERI-Regular` has
spaces. Most of those fonts are not free, so that much of a table stays without a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.spelling import PREFIXES, tables

_PREFIXED = re.compile(r"(en|cn|jp|kr)-(.+)")
# Names of one and the same weight or slant; tried where a name as it stands is not ours.
_SAME = (
    *(("demibold", "semibold"), ("ultrabold", "extrabold"), ("ultralight", "extralight")),
    *(("oblique", "italic"), ("hairline", "thin"), ("roman", "")),
)
# Adobe's name and Google's for the same designs of Han, kana and Hangul, and for their weights.
_PAN_CJK = re.compile(r"sourcehan(sans|serif)(sc|tc|hk|jp|kr|cn|tw|j|k)?(.*)")
_REGIONS = {"": "jp", "j": "jp", "k": "kr", "cn": "sc", "tw": "tc"}
_HAN_WEIGHTS = {"extralight": "thin", "normal": "demilight", "heavy": "black"}


@dataclass(frozen=True, slots=True)
class Match:
    """A name of a foreign table with its token there, and our face of that name, if there is one.

    `ours` is our token as it is spelled, "" where we have no such face; `token` is then -1.
    """

    name: str
    theirs: str
    ours: str
    token: int


def read_table(data: bytes) -> dict[str, int]:
    """The names of a table and their ids; `InputError` where it is no object of whole numbers."""
    try:
        table = orjson.loads(data)
    except ValueError as fault:
        raise InputError(f"is no JSON: {fault}", hint="give a font_idx.json") from fault
    if not (
        isinstance(table, dict)
        and table
        and all(type(number) is int and number >= 0 for number in table.values())
    ):
        raise InputError("is no table of faces", hint='it must say {"OpenSans-Bold": 0, …}')
    return table


def matches(table: dict[str, int], catalogue: Catalogue) -> tuple[Match, ...]:
    """Every name of the table, matched.

    A table whose names all begin with `en-`, `cn-`, `jp-` or `kr-` is of version 2: there our face
    must stand in the table of that prefix. Of several faces with one name the first usable is
    taken, else the first.
    """
    split = [_PREFIXED.fullmatch(name) for name in table]
    if not all(split):
        index = _index(catalogue, range(len(catalogue)))
        return tuple(
            _match(name, "font", number, _found(name, index), None)
            for name, number in table.items()
        )
    numbers = tables(catalogue)
    indexes = {prefix: _index(catalogue, tuple(numbers[prefix])) for prefix in PREFIXES}
    return tuple(
        _match(name, f"{one[1]}-font", number, _found(one[2], indexes[one[1]]), numbers[one[1]])
        for one, (name, number) in zip(split, table.items(), strict=True)
        if one is not None
    )


def _match(
    name: str, kind: str, number: int, token: int | None, numbers: dict[int, int] | None
) -> Match:
    theirs = f"<{kind}-{number}>"
    if token is None:
        return Match(name, theirs, "", -1)
    return Match(name, theirs, f"<{kind}-{token if numbers is None else numbers[token]}>", token)


def _index(catalogue: Catalogue, tokens: range | tuple[int, ...]) -> dict[str, int]:
    """The plain names of the faces, each with its token."""
    usable = [token for token in tokens if catalogue.status(token) == "active"]
    order = (*usable, *(token for token in tokens if token not in usable))
    index = {_bare(catalogue[token].key): token for token in reversed(order)}
    for token in order:
        for name in _plain(catalogue[token].key):
            index.setdefault(name, token)
    return index


def _found(name: str, index: dict[str, int]) -> int | None:
    return next((index[plain] for plain in _plain(name) if plain in index), None)


def _plain(name: str) -> Iterator[str]:
    """A name without case, spaces, hyphens and the word Regular; then by its other names."""
    bare = _bare(name)
    yield bare
    # An optical size that the name tells (NunitoSans10pt) is the family's own.
    other = re.sub(r"\d+pt", "", bare)
    for word, same in _SAME:
        other = other.replace(word, same)
    if other != bare:
        yield other
    han = _PAN_CJK.fullmatch(bare)
    if han:
        design, region, weight = han[1], han[2] or "", han[3]
        yield f"noto{design}cjk{_REGIONS.get(region, region)}{_HAN_WEIGHTS.get(weight, weight)}"


def _bare(name: str) -> str:
    word = re.sub(r"[\W_]+", "", name.casefold())
    return re.sub(r"regular(?=italic$|$)", "", word)
