"""Which characters a face draws, as ranges, and which characters need no drawing at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Blank by nature, although their category does not say so: the Hangul fillers, the blank Braille
# cell, the combining grapheme joiner, the Khmer inherent vowels, Mongolian selectors.
_FILLERS = frozenset(
    (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F)
)

# Tabs and line ends, which are set as room, and what HarfBuzz hides whether the face has a glyph
# for it or not (its list of default ignorables: Unicode's without the Hangul fillers).
_NEEDLESS_RANGES = (
    (0x09, 0x0D),
    (0x85, 0x85),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xE0000, 0xE0FFF),
)

PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
"""The private use areas, whose code points mean something else in every font."""


def needs_no_glyph(code: int) -> bool:
    """Is the code point drawn by no face: a tab, a line end, a joiner, a control, a selector?"""
    return any(low <= code <= high for low, high in _NEEDLESS_RANGES)


def is_private(code: int) -> bool:
    """Does the code point lie in a private use area?"""
    return any(low <= code <= high for low, high in PRIVATE)


def may_be_blank(code: int) -> bool:
    """Is a glyph without ink the right glyph for this code point (a space, a control, a filler)?"""
    return code in _FILLERS or unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cc", "Cf")


def ranges_of(codes: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The code points as ranges in rising order, both ends inclusive."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(set(codes)):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return tuple(ranges)


def written(ranges: Iterable[tuple[int, int]]) -> str:
    """The ranges in hexadecimal: `20-7e a9 ac-ff`."""
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in ranges)


def parsed(text: str) -> tuple[tuple[int, int], ...]:
    """The ranges that `written` wrote; `ValueError` for anything else."""
    ranges = []
    for piece in text.split():
        low, _, high = piece.partition("-")
        ranges.append((int(low, 16), int(high or low, 16)))
    return tuple(ranges)


def codes_in(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """Every code point of the ranges."""
    return {code for low, high in ranges for code in range(low, high + 1)}
