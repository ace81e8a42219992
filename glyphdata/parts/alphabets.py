"""Named sets of characters to draw random strings from, and strings cut into graphemes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

import icu4py.breakers


def _span(*ranges: tuple[int, int]) -> tuple[str, ...]:
    return tuple(chr(code) for first, last in ranges for code in range(first, last + 1))


def _letters(*ranges: tuple[int, int]) -> tuple[str, ...]:
    """The assigned letters of the ranges that NFC leaves as they are."""
    return tuple(
        char
        for char in _span(*ranges)
        if unicodedata.category(char) in ("Lu", "Ll", "Lo")
        and unicodedata.normalize("NFC", char) == char
    )


def _coded(codec: str, rows: tuple[int, int]) -> tuple[str, ...]:
    """The characters of the rows (lead bytes, both included) of a 94 × 94 national standard."""
    out = []
    for lead in range(rows[0], rows[1] + 1):
        for trail in range(0xA1, 0xFF):
            char = bytes((lead, trail)).decode(codec, errors="ignore")
            if char:
                out.append(char)
    return tuple(out)


def _devanagari() -> tuple[str, ...]:
    """Vowels, and consonants bare and with each vowel sign or nasal mark."""
    consonants = tuple(char for char in _span((0x0915, 0x0939)) if char not in "ऩऱऴ")
    signs = (*"ािीुूृेैोौंँः",)
    return (
        *"अआइईउऊऋएऐओऔ",
        *consonants,
        *(consonant + sign for consonant in consonants for sign in signs),
    )


def _thai() -> tuple[str, ...]:
    """Consonants bare, with a vowel above or below, and with a tone on either."""
    consonants = tuple(char for char in _span((0x0E01, 0x0E2E)) if char not in "ฃฅฤฦ")
    vowels, tones = (*"ิีึืุู",), (*"่้๊๋",)
    return (
        *consonants,
        *(consonant + vowel for consonant in consonants for vowel in vowels),
        *(consonant + tone for consonant in consonants for tone in tones),
        *(
            consonant + vowel + tone
            for consonant in "กขคจดตนปมรลสหอ"
            for vowel in "ิีุู"
            for tone in tones
        ),
    )


_NAMED: dict[str, Callable[[], tuple[str, ...]]] = {
    "ascii_letters": lambda: _letters((0x41, 0x5A), (0x61, 0x7A)),
    "digits": lambda: _span((0x30, 0x39)),
    # Latin-1 and Latin Extended-A, less the n that is deprecated and the long s.
    "latin": lambda: tuple(
        char for char in _letters((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17E)) if char not in "ŉĿŀĸ"
    ),
    "greek": lambda: _letters((0x386, 0x3CE)),
    "cyrillic": lambda: (*_letters((0x401, 0x45F)), *"ҐґҒғҚқҢңҮүҰұҺһӘәӨө"),
    "arabic": lambda: (*_letters((0x621, 0x63A), (0x641, 0x64A)), *"پچژگکیڤ"),
    "hebrew": lambda: _letters((0x5D0, 0x5EA)),
    "devanagari": _devanagari,
    "thai": _thai,
    # The common characters of GB 2312: level 1, rows 16 to 55, ordered by pronunciation.
    "han": lambda: _coded("gb2312", (0xB0, 0xD7)),
    # The common kanji of JIS X 0208: level 1, rows 16 to 47.
    "kanji": lambda: _coded("euc_jp", (0xB0, 0xCF)),
    "kana": lambda: (*_span((0x3041, 0x3093)), *_span((0x30A1, 0x30F4)), "ー"),
    # The 2,350 syllables of KS X 1001, rows 16 to 40.
    "hangul": lambda: _coded("euc_kr", (0xB0, 0xC8)),
}
NAMES = tuple(_NAMED)
"""The named sets."""

LANGUAGES = {"han": "zh", "kanji": "ja", "kana": "ja", "hangul": "ko"}
"""The language that a set's characters are drawn as, where the set decides it."""


@lru_cache(maxsize=256)
def alphabet(name: str) -> tuple[str, ...]:
    """The graphemes of a named set, or of `name` itself (NFC, white space left out, each once).

    `ValueError` where nothing is left, where a character is no text, or where `name` is a set's
    name but for a slip of the pen.
    """
    if name in _NAMED:
        return _NAMED[name]()
    near = get_close_matches(name.lower(), NAMES, n=1, cutoff=0.75)
    if near:
        raise ValueError(f"{name!r} is no named set; did you mean {near[0]!r}?")
    bare = "".join(unicodedata.normalize("NFC", name).split())
    wrong = next((char for char in bare if unicodedata.category(char) in ("Cc", "Cs", "Cn")), None)
    if wrong is not None:
        raise ValueError(f"U+{ord(wrong):04X} is no character that can be drawn")
    graphemes = tuple(dict.fromkeys(icu4py.breakers.CharacterBreaker(bare, "en")))
    if not graphemes:
        raise ValueError(f"no characters to draw from; name a set: {', '.join(NAMES)}")
    return graphemes
