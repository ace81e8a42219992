"""The colours that a caption names, found and compared with the truth.

The words are those of `glyphdata.caption.grammar.vocabulary` and some that only others use.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from glyphdata.caption.grammar.vocabulary import BASIC, COLORS, basic_color
from glyphdata.scene.color import Color

_OBJECTS = frozenset(
    ("snow", "linen", "peru", "wheat", "tomato", "seashell", "chocolate", "thistle", "plum")
)
_OTHERS = {
    "golden": ("yellow", "orange", "brown"),
    "cream": ("white", "yellow"),
    "cream-colored": ("white", "yellow"),
    "off-white": ("white", "yellow", "gray"),
    "charcoal": ("gray", "black"),
    "scarlet": ("red",),
    "burgundy": ("red", "purple", "brown"),
    "mustard": ("yellow", "brown"),
    "amber": ("orange", "yellow"),
    "peach": ("orange", "pink"),
    "rose": ("pink", "red"),
    "mauve": ("purple", "pink"),
    "lilac": ("purple",),
    "mint": ("green", "white"),
    "emerald": ("green",),
    "aqua": ("blue", "green"),
    "bronze": ("brown", "orange"),
}
_BETWEEN = {
    "teal": ("blue", "green"),
    "turquoise": ("blue", "green"),
    "cyan": ("blue", "green"),
    "beige": ("white", "yellow", "brown", "orange"),
    "tan": ("brown", "orange", "yellow"),
    "khaki": ("yellow", "brown", "green"),
    "gold": ("yellow", "orange", "brown"),
    "magenta": ("purple", "pink"),
    "violet": ("purple", "pink"),
    "lavender": ("purple", "white"),
    "silver": ("gray", "white"),
    "maroon": ("red", "brown", "purple"),
    "coral": ("orange", "pink", "red"),
    "salmon": ("pink", "orange"),
    "crimson": ("red", "pink"),
    "olive": ("green", "yellow", "brown"),
    "ivory": ("white", "yellow"),
    "navy": ("blue", "black"),
    "indigo": ("purple", "blue"),
}
_DEGREES = (
    "very dark darker light lighter bright pale deep vivid soft neon pastel rich muted dull warm "
    "cool pure crisp stark brilliant faded medium"
)
_SHADES = frozenset(_DEGREES.split())


def _split(name: str) -> list[str]:
    return name.replace("-", " ").split()


def _terms() -> dict[str, tuple[str, ...]]:
    found = {
        phrase: (term,)
        for term, phrases in COLORS.items()
        for phrase in phrases
        if phrase not in _OBJECTS
    }
    named = {
        " ".join(_split(name)): terms for name, terms in {**found, **_OTHERS, **_BETWEEN}.items()
    }
    return {**named, **{f"{name}ish": (name,) for name in BASIC if name != "white"}}


_TERMS = _terms()
_HEADS = {
    head: max(len(_split(name)) for name in _TERMS if _split(name)[0] == head)
    for head in {_split(name)[0] for name in _TERMS}
}
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_EXACT = re.compile(
    r"(?P<hex>#[0-9a-f]{6}\b)|\brgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)", re.IGNORECASE
)
_JOINS = frozenset((" ", "-", "\n"))


class ColorClaim(NamedTuple):
    """A colour that a caption names from `start` to `end`: the basic terms it may mean."""

    start: int
    end: int
    terms: tuple[str, ...]
    form: str  # name, hex, rgb


def colors(shown: str) -> tuple[ColorClaim, ...]:
    """The colours that a caption names outside its quotes."""
    claims = []
    words = [(found.start(), found.end(), found[0].lower()) for found in _WORD.finditer(shown)]
    place = 0
    while place < len(words):
        size = _named(shown, words, place)
        if size:
            end = words[place + size - 1][1]
            terms = _TERMS[" ".join(word for _, _, word in words[place : place + size])]
            claims.append(ColorClaim(_shaded(shown, words, place), end, terms, "name"))
        place += size or 1
    for found in _EXACT.finditer(shown) if "#" in shown or "rgb" in shown.lower() else ():
        form = "hex" if found["hex"] else "rgb"
        terms = (basic_color(_numbers(found[0])),)
        claims.append(ColorClaim(found.start(), found.end(), terms, form))
    return tuple(sorted(claims))


def _named(shown: str, words: list[tuple[int, int, str]], place: int) -> int:
    """How many words from this one on name a colour, the longest name there is."""
    for size in range(min(_HEADS.get(words[place][2], 0), len(words) - place), 0, -1):
        joined = all(
            shown[words[at][1] : words[at + 1][0]] in _JOINS
            for at in range(place, place + size - 1)
        )
        end = words[place + size - 1][1]
        if (
            joined
            and " ".join(word for _, _, word in words[place : place + size]) in _TERMS
            and not (shown[end : end + 1] == "-" and shown[end + 1 : end + 2].isalpha())
        ):
            return size
    return 0


def _shaded(shown: str, words: list[tuple[int, int, str]], place: int) -> int:
    """Where a colour begins, with what shades it: `very dark blue`."""
    while (
        place > 0
        and words[place - 1][2] in _SHADES
        and shown[words[place - 1][1] : words[place][0]] in _JOINS
    ):
        place -= 1
    return words[place][0]


def _numbers(written: str) -> Color:
    if written.startswith("#"):
        return Color.parse(written)
    red, green, blue = (min(255, int(part)) for part in re.findall(r"\d+", written))
    return Color(red, green, blue)


@lru_cache(maxsize=4096)
def may_be_called(color: Color) -> frozenset[str]:
    """The basic terms of a colour and of its near neighbours in sRGB: none of them is wrong."""
    steps = [(0, 0, 0), (18, 18, 18), (-18, -18, -18)]
    steps += [
        tuple(18 * sign * (place == axis) for place in range(3))  # type: ignore[misc]
        for axis in range(3)
        for sign in (1, -1)
    ]
    return frozenset(
        basic_color(
            Color(*(min(255, max(0, own + by)) for own, by in zip(color, step, strict=True)))
        )
        for step in steps
    )


def spelled(color: Color, form: str) -> str:
    """The colour in the form of the claim that it replaces."""
    if form == "hex":
        return color.hex
    if form == "rgb":
        return f"rgb({color.red}, {color.green}, {color.blue})"
    return basic_color(color)
