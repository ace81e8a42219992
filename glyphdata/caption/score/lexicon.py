"""The words of a caption that a parser listens for, found in one pass.

Phrases and what they mean come from the captioners' own vocabulary; what is only grammar (what ends
a sentence, how a background is spoken of, which words lead from one text to the next) stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from glyphdata.caption.grammar.colors import BASIC, COLORS, basic_color
from glyphdata.caption.grammar.vocabulary import GROUNDS, NUMBERS, PLACES, SIZES, TYPEFACES
from glyphdata.caption.score.questions import KINDS
from glyphdata.scene.color import Color, palette

STAND_IN = "\ufffc"
"""Stands for each character of a text that the caption quotes."""

NAMED = "\ufffb"
"""Stands for each character of a name, whose words mean nothing (`Archivo Black`)."""


class Token(NamedTuple):
    """Something said: its sort, its canonical value, and where it starts (characters)."""

    sort: str
    value: str
    start: int


def _phrases(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Phrase to canonical name, small letters, the spelling of either side of the Atlantic."""
    found: dict[str, str] = {}
    for name, phrases in table.items():
        for phrase in phrases:
            said = phrase.lower()
            for one in (said, said.replace("gray", "grey"), said.replace("center", "centre")):
                found.setdefault(one, name)
    return found


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first, blanks and hyphens of any kind."""
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest)


_COLORS = _phrases(COLORS)
_PLACES = _phrases(PLACES)
_SIZES = _phrases(SIZES)
_FACES = _phrases(TYPEFACES)
_KINDS = _phrases({kind: GROUNDS[kind] for kind in GROUNDS if kind != "black"}) | {
    "blotchy": "noise",
    "grainy": "noise",
    "flat": "solid",
    "photographic": "photos",
}
_NUMBERS = {word: str(count) for count, word in enumerate(NUMBERS)} | {"single": "1"}

_COLOR = (
    rf"(?:{_any(_COLORS)})(?![\w-])|#(?:[0-9a-f]{{6}}|[0-9a-f]{{3}})\b"
    r"|rgb\(\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\)|<color-\d+>"
)
_STOPS = (
    "on in of at to by from over against with and or the a an is are was its it this that which has"
    " text texts word words letters letter lettering type writing reading saying reads says set"
    " font typeface characters script"
)
_PLAIN_WORD = rf"(?!(?:{'|'.join(_STOPS.split())})\b)[\w#'-]+"
_ADJECTIVES = rf"(?:{_PLAIN_WORD}\s+){{0,4}}"
_TAIL = (
    r"(?:,?\s+(?:that\s+|which\s+)?(?:is|of|in|fades|fading|made|averaging)\b"
    rf"(?:\s+(?!with\b|and\b|shows?\b|in\b|on\b|text\b)[\w#()-]+){{1,5}})?"
    rf"(?:,?\s+(?:averaging\s+(?:{_COLOR})|(?:{_COLOR})\s+(?:on\s+average|overall)))?"
)
_SURFACE = (
    r"(?:background|backdrop|ground|canvas|poster|banner|flyer|leaflet|sign|card|cover|page|graphic"
    r"|illustration|design|image|picture|photograph|photo|snapshot|sheet\s+of\s+(?:[\w-]+\s+){0,3}?paper|paper"
    r"|geometric\s+shapes|flat\s+shapes|overlapping\s+shapes|gradient)(?![\w-])"
)
_GROUND = (
    rf"{_ADJECTIVES}{_SURFACE}(?!\s+(?:fill|fills|effect|letters|type|text))"
    rf"(?:\s+background)?{_TAIL}"
    rf"|(?:solid|plain|pure)\s+(?:{_COLOR})(?!\s+(?:letter|type|text|word|{_any(_FACES)}))"
)
_UNTOLD = (
    r"aligned\s+(?:to\s+the\s+)?(?:left|right|center)|(?:left|right)-aligned"
    r"|from\s+(?:right\s+to\s+left|left\s+to\s+right)|(?:counter)?clockwise"
    r"|outlined\s+in\s+[\w-]+|(?:with\s+)?(?:an?\s+)?(?:[\w-]+\s+){0,3}?"
    r"(?:shadow|outline|glow|halo|border|fill)\b(?:\s+in\s+[\w-]+)?"
)
_NEXT = rf"(?=\s+(?:the\s+)?(?:[\w-]+\s+){{0,3}}[^\w\s,.;]?{STAND_IN})"
_WAYS = {
    "above": "above",
    "over": "above",
    "on top of": "above",
    "below": "below",
    "under": "below",
    "underneath": "below",
    "beneath": "below",
    "to the left of": "left",
    "left of": "left",
    "to the right of": "right",
    "right of": "right",
}
_SURFACES = frozenset(("over", "on top of"))  # of it: more often of the background than of a text
_NOUNS = r"(?:texts?|pieces?\s+of\s+text|text\s+(?:elements?|blocks?)|inscriptions?)"
_LEADS = (
    *("and", "while", "whereas", "but", "with", "plus", "then", "beside", "alongside"),
    *("next to", "followed by", "as well as"),
)
_SORTS = {
    "mention": f"{STAND_IN}+",
    "untold": rf"\b(?:{_UNTOLD})",
    "way_it": rf"\b(?:{_any(_WAYS.keys() - _SURFACES)})(?=\s+(?:it|that|this|which|them)\b)",
    "way": rf"\b(?:{_any(_WAYS)}){_NEXT}",
    "ground": rf"\b(?:{_GROUND})",
    "color": rf"(?<![\w-])(?:{_COLOR})",
    "count": rf"\b(?:{_any(_NUMBERS)}|\d+)\s+(?:(?!more\b|other\b|further\b)[\w-]+\s+)?{_NOUNS}\b",
    "bare": r"\b(?:no|without(?:\s+any)?)\s+(?:text|texts|writing|words|lettering)\b",
    "place": rf"(?<![\w-])(?:{_any(_PLACES)})(?![\w-])",
    "size": rf"(?<![\w-])(?:{_any(_SIZES)})(?![\w-])",
    "face": rf"(?<![\w-])(?:{_any(_FACES)})(?![\w-])",
    "all": r"\b(?:both|all|each)\b",
    "respectively": r"\brespectively\b",
    "writing": r"\b(?:texts?|words?|writing|lettering|letters|characters|inscriptions?)\b",
    "end": r"[.!?…](?=\s|$)|\n",
    "lead": rf"[,;]|\b(?:{_any(_LEADS)})\b",
}
_LISTEN = re.compile("|".join(f"(?P<{sort}>{pattern})" for sort, pattern in _SORTS.items()))
_IN_GROUND = re.compile(rf"(?<![\w-])(?:(?P<color>{_COLOR})|(?P<kind>{_any(_KINDS)})(?![\w-]))")
_PHOTO = re.compile(r"\b(?:photographs?|photos?|snapshots?|photographic)\b")
_GRAPHIC = re.compile(r"\b(?:poster|banner|flyer|leaflet|graphic|illustration|design)\b")
_STRONG = re.compile(
    r"\s+(?:typeface|fonts?|letters?|lettering|type|characters|script|face|hand)\b"
)
_RGB = re.compile(r"\d+")


def listened(said: str) -> Iterator[Token]:
    """What is said, in order; `said` is in small letters, its quotes replaced by stand-ins.

    Of a background come several tokens: `ground` (a colour), `kind` and `image`.
    """
    for found in _LISTEN.finditer(said):
        sort, words, start = str(found.lastgroup), found[0], found.start()
        if sort == "ground":
            yield from _of_ground(words, start)
        elif sort == "face":
            strong = _STRONG.match(said, found.end()) is not None
            yield Token("font" if strong else "face", _FACES[_single(words)], start)
        elif sort != "untold":
            yield Token(sort, _value(sort, words), start)


def color_term(words: str) -> str:
    """The basic term of a colour as captions spell it: a name, `#rrggbb`, `rgb(…)`, `<color-n>`;
    empty for a token or number there is not."""
    if words.startswith("#"):
        return basic_color(Color.parse(words))
    if words[:4] == "rgb(" or words[0] == "<":
        numbers = [int(digits) for digits in _RGB.findall(words)]
        inks = palette().inks
        if len(numbers) == 3:
            return basic_color(Color(*numbers)) if max(numbers) < 256 else ""
        return basic_color(inks[numbers[0]].color) if numbers[0] < len(inks) else ""
    term = _COLORS[_single(words)]
    return term if term in BASIC else ""


def _value(sort: str, words: str) -> str:
    match sort:
        case "color":
            return color_term(words)
        case "place":
            return _PLACES[_single(words)]
        case "size":
            return _SIZES[_single(words)]
        case "way" | "way_it":
            return _WAYS[_single(words)]
        case "count":
            number = words.split(None, 1)[0]
            return _NUMBERS.get(number, number)
        case _:
            return words


def _of_ground(words: str, start: int) -> Iterator[Token]:
    colored = False
    kinds = []
    for found in _IN_GROUND.finditer(words):
        if found["color"] and not colored:
            colored = True
            yield Token("ground", color_term(found["color"]), start)
        elif found["kind"]:
            kinds.append(KINDS[_KINDS[_single(found["kind"])]])
    if kinds:
        kind = next((kind for kind in kinds if kind != "plain"), "plain")
        yield Token("kind", kind, start)
    if _PHOTO.search(words):
        yield Token("image", "photo", start)
    elif kinds or _GRAPHIC.search(words):
        yield Token("image", "graphic", start)


def _single(words: str) -> str:
    return " ".join(words.split())
