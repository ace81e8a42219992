"""From the labels of a foreign picture to boxes as ours are.

What its source does not know stays unknown. What a source says and no sample of ours can is counted
by name, never dropped in silence.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from glyphdata.convert.importing.shape import Corners, quad_of, turned, within
from glyphdata.convert.item import Item, Label, Part
from glyphdata.scene.color import Color, palette
from glyphdata.typeset.itemize import direction_of, script_of

_LANGUAGES = {
    "arabic": "ar",
    "bangla": "bn",
    "bengali": "bn",
    "ch": "zh",
    "chinese": "zh",
    "cn": "zh",
    "english": "en",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "jp": "ja",
    "korean": "ko",
    "kr": "ko",
    "thai": "th",
}
_OF_SCRIPT = {
    "bengali": "bn",
    "devanagari": "hi",
    "greek": "el",
    "hangul": "ko",
    "hebrew": "he",
    "kana": "ja",
    "thai": "th",
}
_COLUMNS = frozenset(("han", "kana", "hangul"))  # scripts that are set from top to bottom too
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A word or character of a text: its bytes in it, its quad, its value in the source's mask."""

    start: int
    end: int
    quad: Corners
    value: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """One text of a picture as a box of ours.

    `line` tells whether the text is a single line; of more, no places are known. `words` and
    `clusters` are all that the text has, or none where they are not known.
    """

    label: Label
    quad: Corners
    script: str
    language: str
    direction: str
    line: bool
    words: tuple[Span, ...]
    clusters: tuple[Span, ...]

    @property
    def text(self) -> str:
        """What it says."""
        return self.label.text

    @property
    def level(self) -> str:
        """Word, sentence or paragraph, by its blanks and lines."""
        if len(self.text.splitlines()) > 1:
            return "paragraph"
        return "sentence" if len(self.text.split()) > 1 else "word"

    @property
    def size_px(self) -> float:
        """The height of a line, or the width of a column, in pixels: no source tells the em."""
        wide, tall = _sides(self.quad)
        lines = max(1, len(self.text.splitlines()))
        return round((wide if self.direction == "ttb" else tall) / lines, 3)

    @property
    def angle_deg(self) -> float:
        """How far the text is turned, clockwise, in degrees."""
        x, y = (self.quad[1] - self.quad[0]).tolist()
        return round(math.degrees(math.atan2(y, x)), 3)

    @property
    def ink(self) -> tuple[str, str, int]:
        """The colour as `#rrggbb`, the palette's name nearest to it, its token where it is that.

        Empty and -1 where that is not known.
        """
        if self.label.rgb is None:
            return "", "", -1
        color = Color(*self.label.rgb)
        nearest = palette().nearest(color)
        return color.hex, nearest.name, nearest.token if nearest.color == color else -1


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture that labels lie on: its size upright, how it was stored, the labels' space."""

    width: int
    height: int
    stored: tuple[int, int]
    orientation: int
    space: int = 0

    def placed(self, polygon: Corners) -> Corners:
        """Corners in the labels' space, where they are in the upright picture."""
        if self.space:
            polygon = polygon * (np.array(self.stored) / self.space)
        return turned(polygon, self.orientation, *self.stored)


def boxes_of(
    item: Item, canvas: Canvas
) -> tuple[tuple[Described, ...], tuple[Corners, ...], list[str]]:
    """The boxes of a picture in its source's order, the quads of ignored texts, what was left out.

    The last are reasons in a few fixed words, one for each thing.
    """
    boxes: list[Described] = []
    ignored: list[Corners] = []
    left_out: list[str] = []
    for label in item.labels:
        outline = np.array(label.polygon, np.float64).reshape(-1, 2)
        quad = quad_of(canvas.placed(outline), label.text, ordered=label.ordered)
        on = None if quad is None else within(quad, canvas.width, canvas.height)
        if quad is None or on is None:
            left_out.append("text-without-area" if quad is None else "text-outside")
            continue
        if label.ignored or not label.text.strip():
            ignored.append(on)
            left_out.append("text-ignored")
            continue
        if len(label.polygon) != 4:
            left_out.append("outline-as-quad")
        boxes.append(_described(label, on, canvas, left_out))
    return tuple(boxes), tuple(ignored), left_out


def _described(label: Label, quad: Corners, canvas: Canvas, left_out: list[str]) -> Described:
    text = label.text
    script = script_of(text)
    line = len(text.splitlines()) == 1 and not text.endswith("\n")
    direction: str = direction_of(text)
    wide, tall = _sides(quad)
    if script in _COLUMNS and len(text) > 1 and tall > 1.5 * wide:
        direction = "ttb"
    words: tuple[Span, ...] = ()
    clusters: tuple[Span, ...] = ()
    if line:
        words = tuple(_found(label.words, text, canvas))
        clusters = tuple(_found(label.characters, text, canvas))
        left_out += ["words-unmatched"] * (bool(label.words) and not words)
        left_out += ["characters-unmatched"] * (bool(label.characters) and not clusters)
    if line and not words and len(text.split()) == 1:
        core = text.strip()
        start = len(text[: text.index(core)].encode())
        words = (Span(start, start + len(core.encode()), quad),)
    language = _language(label.language, script)
    return Described(label, quad, script, language, direction, line, words, clusters)


def _found(parts: tuple[Part, ...], text: str, canvas: Canvas) -> list[Span]:
    """Parts of a text where they stand in it, in order; none where they leave some of it out."""
    found: list[Span] = []
    at = 0
    for part in parts:
        start = text.find(part.text, at) if part.text else -1
        if start < 0 or text[at:start].strip():
            return []
        at = start + len(part.text)
        outline = canvas.placed(np.array(part.polygon, np.float64).reshape(-1, 2))
        quad = quad_of(outline, part.text, ordered=True)
        on = None if quad is None else within(quad, canvas.width, canvas.height)
        if on is None:
            return []
        first, end = len(text[:start].encode()), len(text[:at].encode())
        found.append(Span(first, end, on, part.value))
    return [] if text[at:].strip() else found


def _language(said: str, script: str) -> str:
    """What the source says as a BCP 47 tag, else what the script alone tells; empty if neither."""
    plain = said.strip().lower()
    if plain in _LANGUAGES:
        return _LANGUAGES[plain]
    if 2 <= len(plain.split("-")[0]) <= 3 and plain not in ("na", "und") and _TAG.fullmatch(plain):
        return plain
    return _OF_SCRIPT.get(script, "")


def _sides(quad: Corners) -> tuple[float, float]:
    """How long a quad is along its text's own top and bottom, and along its sides, in pixels."""
    edges = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2
