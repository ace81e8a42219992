"""The words that captions use, and every other phrase by which the same thing may be called.

Each table maps a canonical name to phrases, the first of them what our own captions prefer. Phrases
nest ("at the top" stands in "at the top left"), so whoever looks for them looks for the longest
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from glyphdata.caption.facts import TextFact
from glyphdata.caption.grammar.colors import BASIC, COLORS, basic_color, color_name, nearest_name
from glyphdata.caption.grammar.places import CELLS, PLACES, Table, place

__all__ = [
    "ADJECTIVES",
    "BASIC",
    "CELLS",
    "COLORS",
    "EFFECTS",
    "GROUNDS",
    "LANGUAGES",
    "NUMBERS",
    "PLACES",
    "SCRIPTS",
    "SIZES",
    "TYPEFACES",
    "WEIGHTS",
    "basic_color",
    "color_name",
    "nearest_name",
    "number",
    "place",
    "size_class",
    "typeface",
    "weight",
]

SIZES: Table = MappingProxyType(
    {
        "tiny": ("tiny", "very small", "minute"),
        "small": ("small", "little", "smallish"),
        "medium": ("medium-sized", "medium size", "mid-sized", "medium"),
        "large": ("large", "big", "sizable"),
        "huge": ("huge", "very large", "enormous", "giant", "gigantic"),
    }
)

TYPEFACES: Table = MappingProxyType(
    {
        "sans": ("sans-serif", "sans serif", "sans", "grotesque"),
        "serif": ("serif", "serifed", "roman"),
        "mono": ("monospaced", "monospace", "fixed-width", "typewriter"),
        "display": ("display", "decorative", "poster-style"),
        "handwriting": ("handwritten", "handwriting", "cursive", "calligraphic", "brush"),
    }
)

WEIGHTS: Table = MappingProxyType(
    {
        "thin": ("thin", "hairline", "extra-light"),
        "light": ("light", "light-weight", "lightweight"),
        "regular": ("regular", "normal"),
        "semi-bold": ("semi-bold", "semibold", "demi-bold"),
        "bold": ("bold", "boldface"),
        "heavy": ("heavy", "extra-bold", "black-weight", "ultra-bold"),
    }
)

EFFECTS: Table = MappingProxyType(
    {
        "shadow": ("a drop shadow", "a shadow", "shadow", "shadowed"),
        "glow": ("a soft glow", "a glow", "glowing", "glow", "halo"),
        "outline": ("an outline", "a thin outline", "outlined", "outline"),
        "gradient": ("a gradient fill", "a gradient", "gradient"),
        "texture": ("a textured fill", "a texture", "textured", "texture"),
        "opacity": ("some transparency", "see-through", "translucent", "semi-transparent"),
    }
)

GROUNDS: Table = MappingProxyType(
    {
        "black": ("plain black background", "black background", "black"),
        "solid": ("plain background", "solid background", "plain", "solid", "flat background"),
        "gradient": ("gradient background", "color gradient", "gradient", "fades"),
        "noise": ("mottled background", "cloudy background", "noise", "mottled", "cloudy"),
        "paper": ("paper background", "sheet of paper", "textured paper", "paper"),
        "shapes": (
            "background of flat shapes",
            "geometric shapes",
            "overlapping shapes",
            "flat shapes",
            "shapes",
        ),
        "photos": ("photograph", "photo", "snapshot"),
    }
)

SCRIPTS: Table = MappingProxyType(
    {
        "latin": ("Latin letters", "Latin script", "Latin alphabet"),
        "cyrillic": ("Cyrillic letters", "Cyrillic script", "Cyrillic"),
        "greek": ("Greek letters", "Greek script"),
        "arabic": ("Arabic script", "Arabic letters"),
        "hebrew": ("Hebrew letters", "Hebrew script"),
        "devanagari": ("Devanagari script", "Devanagari letters", "Devanagari"),
        "thai": ("Thai script", "Thai letters"),
        "han": ("Chinese characters", "Han characters", "hanzi", "kanji"),
        "kana": ("Japanese characters", "Japanese kana", "Japanese script", "kana"),
        "hangul": ("Hangul", "Korean letters", "Korean script"),
    }
)

ADJECTIVES: Mapping[str, str] = MappingProxyType(
    {
        "cyrillic": "Cyrillic",
        "greek": "Greek",
        "arabic": "Arabic",
        "hebrew": "Hebrew",
        "devanagari": "Devanagari",
        "thai": "Thai",
        "han": "Chinese",
        "kana": "Japanese",
        "hangul": "Korean",
    }
)
"""What writing in a script is called; none for Latin, which goes without saying."""

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "ar": "Arabic",
        "cs": "Czech",
        "da": "Danish",
        "de": "German",
        "el": "Greek",
        "en": "English",
        "es": "Spanish",
        "fa": "Persian",
        "fi": "Finnish",
        "fr": "French",
        "he": "Hebrew",
        "hi": "Hindi",
        "hu": "Hungarian",
        "id": "Indonesian",
        "it": "Italian",
        "ja": "Japanese",
        "ko": "Korean",
        "nl": "Dutch",
        "no": "Norwegian",
        "pl": "Polish",
        "pt": "Portuguese",
        "ro": "Romanian",
        "ru": "Russian",
        "sv": "Swedish",
        "th": "Thai",
        "tr": "Turkish",
        "uk": "Ukrainian",
        "ur": "Urdu",
        "vi": "Vietnamese",
        "zh": "Chinese",
    }
)

NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def number(count: int) -> str:
    """A count in words up to twelve, in figures above."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def size_class(size_px: float, height: int) -> str:
    """How large a text looks, as a key of `SIZES`: the height of its capitals (0.7 em) as a share
    of the picture's, below 1.5, 4, 9, 18 per cent or above."""
    share = 70.0 * size_px / max(height, 1)
    for name, limit in (("tiny", 1.5), ("small", 4.0), ("medium", 9.0), ("large", 18.0)):
        if share < limit:
            return name
    return "huge"


def weight(value: int) -> str:
    """A weight from 1 to 1000 (OpenType's usWeightClass) as a key of `WEIGHTS`."""
    for name, limit in (
        ("thin", 250),
        ("light", 350),
        ("regular", 550),
        ("semi-bold", 650),
        ("bold", 750),
    ):
        if value <= limit:
            return name
    return "heavy"


def typeface(text: TextFact) -> str:
    """The face's class as an adjective (`bold italic sans-serif`); empty for an unknown face."""
    if not text.category:
        return ""
    heft = weight(text.weight)
    known = TYPEFACES.get(text.category)
    return " ".join(
        part
        for part in (
            heft if heft != "regular" else "",
            "italic" if text.italic else "",
            known[0] if known else text.category,
        )
        if part
    )
