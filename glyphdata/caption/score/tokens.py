"""Words of a caption in any script, as metrics that count n-grams need them."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, name, normalize

_JOINING = "'’-"
_ALONE = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, case folded (NFKC), without punctuation.

    A word is a run of letters, marks and digits, with apostrophes and hyphens between them; in
    Chinese and Japanese, which put no blanks between words, it is one character.
    """
    found: list[str] = []
    word = ""
    for one in normalize("NFKC", text).casefold() + " ":
        kind = _kind(one)
        if kind == "part" or (kind == "joint" and word):
            word += one
            continue
        if word:
            found.append(word.rstrip(_JOINING))
        word = ""
        if kind == "alone":
            found.append(one)
    return tuple(found)


@lru_cache(maxsize=8192)
def _kind(one: str) -> str:
    """What a character is to a word: `part`, `joint`, `alone` or none of it."""
    if one in _JOINING:
        return "joint"
    if category(one)[0] not in "LMN":
        return ""
    return "alone" if name(one, "").startswith(_ALONE) else "part"
