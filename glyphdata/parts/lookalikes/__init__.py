"""Which characters look nearly like which, measured once from faces and kept as text.

`tests/bench/derive_lookalikes.py` writes the files beside this page: a line is a character, a
space, and those that look most like it, the nearest first. Pairs that a face draws the same are
left out: to change one for the other would change the label and not the picture.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

FILES = {
    "Latn": "latin", "Cyrl": "cyrillic", "Grek": "greek", "Arab": "arabic", "Hebr": "hebrew",
    "Deva": "devanagari", "Thai": "thai", "Hira": "kana", "Kana": "kana", "Hang": "hangul",
    "Hani": "han",
}  # fmt: skip
"""The file of each script (ISO 15924)."""

OF_LANGUAGE = {("Hani", "ja"): "kanji", ("Latn", "vi"): "vietnamese"}
"""The file of a script in a language that has one of its own."""

PAIRS = {"rn": "m", "cl": "d", "vv": "w", "VV": "W"}
"""Two letters that look like one, in Latin; they hold the other way round too."""

_SPELT = {one: two for two, one in PAIRS.items()}
# What many faces draw the same, and a label must not hang on.
_TWINS = ("Il1|", "O0", "كک", "ىيی")
_FOLD = {ord(other): twins[0] for twins in _TWINS for other in twins[1:]}


def spelt_with_two(letter: str) -> str:
    """The two letters that look like this one; empty where none do."""
    return _SPELT.get(letter, "")


def lookalikes(char: str, script: str, language: str) -> tuple[str, ...]:
    """What looks most like a character of a script (ISO 15924; digits count as Latin).

    Nearest first; empty where nothing does.
    """
    name = OF_LANGUAGE.get((script, language.partition("-")[0]), FILES.get(script, ""))
    return _read(name).get(char, ()) if name else ()


@lru_cache(maxsize=len(FILES) + len(OF_LANGUAGE))
def _read(name: str) -> dict[str, tuple[str, ...]]:
    source = files(__name__) / f"{name}.txt"
    lines = source.read_text(encoding="utf-8").splitlines()
    return {line[0]: tuple(line[2:]) for line in lines if line}


def look_the_same(before: str, after: str) -> bool:
    """Do some faces draw these two strings alike, as those of I and l?"""
    return len(before) == len(after) and before.translate(_FOLD) == after.translate(_FOLD)
