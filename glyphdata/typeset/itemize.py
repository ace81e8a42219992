"""Which script and direction a text has, and the runs that are shaped at one go.

Scripts are named as faces name them: `latin`, `cyrillic`, `greek`, `arabic`, `hebrew`,
`devanagari`, `thai`, `han`, `kana` (hiragana and katakana), `hangul`, and the Unicode name in small
letters for every other (`bengali`).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from fontTools.unicodedata import script as script_code_of
from fontTools.unicodedata import script_name

from glyphdata.scene.scene import Direction
from glyphdata.typeset import bidi

COMMON = "common"
_SHARED = frozenset(("Zyyy", "Zinh", "Zzzz"))
_KANA = frozenset(("Hira", "Kana"))
# Chinese and Japanese mix these in one word and one shaper sets them all.
_EAST_ASIAN = {"Hira": "Hani", "Kana": "Hani", "Bopo": "Hani"}
_LATIN = frozenset(("latin",))
_LATN = frozenset(("Latn",))
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_ASCII_LETTER = re.compile("[A-Za-z]")
# What a text of signs and digits alone is shaped as, by its language.
_HOME = {"ar": "Arab", "fa": "Arab", "ur": "Arab", "he": "Hebr", "hi": "Deva", "th": "Thai"} | {
    "zh": "Hani",
    "ja": "Hani",
    "ko": "Hang",
    "ru": "Cyrl",
    "el": "Grek",
}


class Run(NamedTuple):
    """Characters `start` to `end` of a text, in one script (ISO 15924) and at one bidi level."""

    start: int
    end: int
    script: str
    level: int


@lru_cache(maxsize=1 << 16)
def _code(char: str) -> str:
    code: str = script_code_of(char)
    return code


@lru_cache(maxsize=256)
def script_named(code: str) -> str:
    """The name of a script by its ISO 15924 code."""
    return "kana" if code in _KANA else str(script_name(code)).lower().replace(" ", "_")


@lru_cache(maxsize=16)
def _codes(text: str) -> frozenset[str]:
    """The script codes of its characters, but for signs; itemising asks for a text several times.

    ASCII is told apart first, for most of a text in Latin letters is that.
    """
    codes = set(map(_code, set(_NOT_ASCII.findall(text)))) - _SHARED
    return frozenset(codes | _LATN if _ASCII_LETTER.search(text) else codes)


def scripts_of(text: str) -> frozenset[str]:
    """The scripts a face must be at home in to set `text`; empty for signs and digits alone."""
    if text.isascii():
        return _LATIN if _ASCII_LETTER.search(text) else frozenset()
    return frozenset(map(script_named, _codes(text)))


def script_of(text: str, scripts: frozenset[str] | None = None) -> str:
    """The script most of the text's characters have; `common` where none has any.

    Han with any kana is `kana`: it is Japanese. `scripts` are its `scripts_of`, if they are known.
    """
    named = scripts_of(text) if scripts is None else scripts
    if len(named) < 2:
        return next(iter(named), COMMON)
    counts: Counter[str] = Counter()
    for code, count in Counter(map(_code, text)).items():
        if code not in _SHARED:
            counts[script_named(code)] += count
    most = max(counts, key=lambda name: (counts[name], name))
    return "kana" if most == "han" and "kana" in counts else most


def direction_of(text: str) -> Direction:
    """The way the text runs by its first strong character (UAX #9, P2 and P3)."""
    if not bidi.needs_levels(text):
        return "ltr"
    strong = bidi.first_strong([bidi.bidi_class(char) for char in text])
    return "rtl" if strong in ("R", "AL") else "ltr"


def scripts_by_char(text: str, language: str) -> list[str]:
    """The script of the run that each character stands in."""
    return [script_named(code) for code in _scripts(text, _home(language))]


def _home(language: str) -> str:
    return _HOME.get(language.split("-")[0].lower(), "Latn")


def runs(text: str, direction: Direction, language: str) -> list[Run]:
    """The text cut where script or level changes, in logical order; columns have level 0 alone.

    Signs and marks without a script of their own go with what stands before them, or after them
    at the start.
    """
    if not text:
        return []
    home = _home(language)
    if direction == "ttb" or (direction == "ltr" and not bidi.needs_levels(text)):
        if text.isascii():
            return [Run(0, len(text), "Latn" if _ASCII_LETTER.search(text) else home, 0)]
        mapped = {_EAST_ASIAN.get(code, code) for code in _codes(text)}
        if len(mapped) < 2:
            return [Run(0, len(text), mapped.pop() if mapped else home, 0)]
        levels = [0] * len(text)
    else:
        levels = bidi.levels(text, int(direction == "rtl"))
    out: list[Run] = []
    at = 0
    for (level, script), group in groupby(zip(levels, _scripts(text, home), strict=True)):
        size = sum(1 for _ in group)
        out.append(Run(at, at + size, script, level))
        at += size
    return out


def _scripts(text: str, home: str) -> list[str]:
    codes = [_EAST_ASIAN.get(code, code) for code in map(_code, text)]
    current = next((code for code in codes if code not in _SHARED), home)
    for i, code in enumerate(codes):
        if code in _SHARED:
            codes[i] = current
        else:
            current = code
    return codes
