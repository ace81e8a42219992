"""Colours in words: the eleven basic terms, and the spoken names of the palette."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.color import LINEAR, Color, palette

_SPOKEN: dict[str, str] = {
    "black": "black",
    "white": "white, white smoke, linen, snow, antique white, floral white, seashell, old lace, "
    "ivory, ghost white, beige, mint cream, azure, alice blue:bluish white, honeydew, "
    "navajo white",
    "gray": "gray, dim gray, gainsboro, dark gray, light gray, silver, slate gray, "
    "light slate gray, dark slate gray",
    "red": "red, maroon, firebrick, crimson, tomato, dark red, indian red, orange red:orange-red",
    "orange": "orange, coral, dark orange, sandy brown:sandy orange, light salmon, peach puff, "
    "bisque",
    "brown": "brown, saddle brown, sienna, peru, chocolate, tan, burlywood, rosy brown",
    "yellow": "yellow, khaki, gold, goldenrod, dark khaki, wheat, dark goldenrod, "
    "pale goldenrod, blanched almond, papaya whip, cornsilk, moccasin, lemon chiffon, "
    "light yellow, light goldenrod yellow",
    "green": "green, dark olive green, dark green, sea green, olive drab, forest green, "
    "light sea green, yellow green:yellowish green, green yellow:yellow-green, "
    "medium sea green, dark sea green, olive, medium aquamarine, lime green, pale green, "
    "aquamarine, lawn green, light green, chartreuse, medium spring green, lime, spring green",
    "blue": "blue, midnight blue, teal, steel blue, royal blue, dark cyan, cadet blue, "
    "dodger blue, cornflower blue, turquoise, medium blue, medium turquoise, pale turquoise, "
    "sky blue, light steel blue, dark turquoise, powder blue, light sky blue, light cyan, navy, "
    "light blue, dark blue, deep sky blue, cyan",
    "purple": "purple, dark slate blue:dark slate purple, lavender, slate blue:slate purple, "
    "indigo, medium slate blue:bluish purple, blue violet:blue-violet, medium purple, "
    "medium orchid, plum, orchid, dark orchid, violet, thistle, dark magenta, magenta, "
    "dark violet",
    "pink": "pink, pale violet red:dusty pink, hot pink, light coral, dark salmon, light pink, "
    "misty rose, medium violet red:dark pink, deep pink, salmon, lavender blush",
}
"""Basic term to the palette's names, written apart; `css name:what is said` where the name itself
would mislead about what people see."""

_MORE: dict[str, str] = {
    "black": "0a0a0a 141414 1c1c1c 16161c",
    "gray": "303030 484848 5c5a58 787878 969696 b4b4b4 5a626a 8c8680",
    "white": "f0ece4 eae6de e6e6ea",
    "red": "500a0a 640000 a01e1e",
    "brown": "3c2010 503018 64482c 785a40 96745a 403020 87604a",
    "green": "d2ebd7 0a280a 143c14 1e5028 3c5a3c 5a785a 4a5a28 556211",
    "blue": "0a0a3c 0e2b4e 142850 1e3c64 3c5a82 5a7896 0a3c50 285a6e 78a0be",
    "purple": "280a3c 3c1e50 5a3c6e 785a8c a082b4",
    "pink": "f0c8c8 dca0aa c8788c f8daef fdddf3 f0b4d2",
    "orange": "c85a14 b45014",
    "yellow": "d2be3c f0e6a0",
}
"""What the palette lacks: dark and dull shades, in sRGB hex."""


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """CSS name to spoken name, and CSS name to basic term."""
    spoken, basic = {}, {}
    for term, names in _SPOKEN.items():
        for entry in names.split(", "):
            name, _, said = entry.partition(":")
            css = name.replace(" ", "")
            spoken[css] = said or name
            basic[css] = term
    return spoken, basic


_NAMES, _TERMS = _tables()

BASIC = tuple(_SPOKEN)
"""The eleven basic colour terms of English (Berlin and Kay, 1969)."""

COLORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        term: tuple(
            dict.fromkeys(
                phrase
                for css, own in _TERMS.items()
                if own == term
                for name in (_NAMES[css], css)
                for phrase in ((name, name.replace("gray", "grey")) if "gray" in name else (name,))
            )
        )
        for term in BASIC
    }
)
"""Basic term to every phrase that names a colour of it; look for the longest first."""


@lru_cache(maxsize=1)
def _prototypes() -> tuple[NDArray[np.float64], tuple[str, ...]]:
    inks = [(ink.color, _TERMS[ink.name]) for ink in palette().inks]
    more = [(Color.parse(one), term) for term, shades in _MORE.items() for one in shades.split()]
    known = inks + more
    return np.array([_lab(color) for color, _ in known]), tuple(term for _, term in known)


def _lab(color: Color) -> tuple[float, float, float]:
    """CIELAB under D65 (CIE 15:2004), its lightness halved: a hue keeps its name in the shade."""
    red, green, blue = (LINEAR[value] for value in color)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (_root(value) for value in (x, y, z))
    return 0.5 * (116.0 * fy - 16.0), 500.0 * (fx - fy), 200.0 * (fy - fz)


def _root(share: float) -> float:
    return float(share ** (1.0 / 3.0)) if share > 0.008856 else 7.787 * share + 16.0 / 116.0


@lru_cache(maxsize=16384)
def basic_color(color: Color) -> str:
    """The basic term of a colour: that of the nearest known shade in CIELAB.

    The shades are the palette, each with its term, and some that the palette lacks; distances
    are rounded, so that the last bits of a power decide nothing.
    """
    known, terms = _prototypes()
    away = np.square(known - np.array(_lab(color))).sum(axis=1).round(6)
    return terms[int(away.argmin())]


@lru_cache(maxsize=4096)
def color_name(name: str, color: Color) -> str:
    """What a colour of a palette's name is called: the name in words where it agrees with the
    basic term, else the term."""
    term = basic_color(color)
    return _NAMES[name] if _TERMS.get(name) == term else term


@lru_cache(maxsize=16384)
def nearest_name(color: Color) -> str:
    """What a colour without a name is called: by the palette's nearest, or by its basic term."""
    return color_name(palette().nearest(color).name, color)
