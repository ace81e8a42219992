"""Questions from truth: each fact of a picture asked once so that yes is right, once so that no is.

Always yes scores one half. What a picture does not show clearly is not asked (`clear`), nor are the
looks of a text that stands there twice, for nobody could tell which of them is meant.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.colors import basic_color
from glyphdata.caption.grammar.vocabulary import CELLS, SIZES, place, size_class
from glyphdata.caption.score.clear import clear_color, clear_place, clear_size, other_colors
from glyphdata.caption.score.opening import altered, opening, plain
from glyphdata.caption.score.question import Matter, Question
from glyphdata.caption.score.wording import KIND_WORDS, worded
from glyphdata.scene.rng import Rng

KINDS = {
    "black": "plain",
    "solid": "plain",
    "gradient": "gradient",
    "noise": "noise",
    "paper": "paper",
    "shapes": "shapes",
    "photos": "photos",
}
"""What people see of each kind of background."""

INVERSE = {"above": "below", "below": "above", "left": "right", "right": "left"}
"""Each relation of a text to another, and that of the other to it."""

OTHER_FACES = {
    "sans": ("serif", "mono", "handwriting"),
    "serif": ("sans", "mono", "handwriting"),
    "mono": ("handwriting",),
    "display": ("mono",),
    "handwriting": ("sans", "serif", "mono"),
}
"""Classes that a face of a class is certainly not: a display face may be of almost any build."""

_FLAT = frozenset(("black", "solid", "paper"))
_MIXED = frozenset(("gray", "brown"))  # what a mean of two bright colours may look like
_GAP = 0.01  # of the picture, between two texts of which one is above or beside the other
_CATEGORIES: dict[Matter, str] = {
    "any": "general",
    "image": "image type",
    "text": "text",
    "color": "color",
    "place": "position",
    "relation": "relative position",
    "count": "count",
    "size": "entity size",
    "ground": "color palette",
    "font": "font",
    "kind": "background",
}


def questions(facts: Facts) -> tuple[Question, ...]:
    """The questions that a picture answers, parents before children; the same for the same facts.

    Looks hang on the words they belong to, relations on the words of both texts.
    """
    asking = _Asking(facts)
    asking.of_the_picture()
    named = [text for text in asking.texts if asking.of_the_words(text)]
    for text in named:
        asking.of_the_looks(text)
    for one, other in pairwise(named):
        way = _way(one, other, facts)
        if way:
            asking.add("relation", way, INVERSE[way], one, other)
    return tuple(asking.found)


class _Asking:
    """Questions under way."""

    def __init__(self, facts: Facts) -> None:
        self.found: list[Question] = []
        self.texts = tuple(text for text in facts.texts if plain(text.text))
        self._facts = facts
        self._rng = Rng.of(0, 0).at(f"questions:{facts.key}")
        self._openings = Counter(opening(text.text) for text in self.texts)

    def of_the_picture(self) -> None:
        """Is there writing, how many texts, what kind of picture, on what ground?"""
        facts, count = self._facts, len(self.texts)
        if count:
            self.add("any", "some", "none")
            self.add("count", str(count), str(count + 1))
        kind = KINDS.get(facts.background)
        if kind is not None:
            media = ("photo", "graphic") if kind == "photos" else ("graphic", "photo")
            self.add("image", *media)
            others = [one for one in KIND_WORDS if one != kind]
            self.add("kind", kind, self._rng.at("kind").pick(others))
        term = basic_color(facts.ground)
        mixed = facts.background not in _FLAT and term in _MIXED
        if kind not in (None, "photos") and clear_color(facts.ground) and not mixed:
            others = [*other_colors(facts.ground)]
            self.add("ground", term, self._rng.at("ground").pick(others))

    def of_the_words(self, text: TextFact) -> bool:
        """Does it stand there, to the letter? False where it cannot be told by its words."""
        said = opening(text.text)
        twin = altered(said, self._rng.at("text", text.id))
        alone = self._openings[said] == 1
        if alone and twin and twin not in self._openings:
            self.add("text", said, twin, text)
            return True
        return False

    def of_the_looks(self, text: TextFact) -> None:
        """Its colour, place, size and typeface, as far as they are clear."""
        facts, rng = self._facts, self._rng
        if text.inked and clear_color(text.color):
            other = rng.at("color", text.id).pick(other_colors(text.color))
            self.add("color", basic_color(text.color), other, text)
        if clear_place(text.bbox, facts.width, facts.height):
            cell = place(text.bbox, facts.width, facts.height)
            self.add("place", cell, rng.at("place", text.id).pick(_far(cell)), text)
        if clear_size(text.size_px, facts.height):
            size = size_class(text.size_px, facts.height)
            self.add("size", size, rng.at("size", text.id).pick(_unlike(size)), text)
        if text.category in OTHER_FACES:
            other = rng.at("font", text.id).pick(OTHER_FACES[text.category])
            self.add("font", text.category, other, text)

    def add(self, matter: Matter, true: str, false: str, *texts: TextFact) -> None:
        """A question and its twin, which asks for what is false."""
        refs = tuple(text.id for text in texts)
        names = tuple(opening(text.text) for text in texts)
        part = matter == "text" and names[0] != plain(texts[0].text)
        stem = ".".join([matter, *map(str, refs)])
        parents = () if matter == "text" else tuple(f"text.{ref}.yes" for ref in refs)
        category, yes, no = _CATEGORIES[matter], f"{stem}.yes", f"{stem}.no"
        ask, deny = (worded(matter, value, names, part) for value in (true, false))
        self.found += (
            Question(yes, category, ask, "yes", no, parents, matter, refs, true),
            Question(no, category, deny, "no", yes, parents, matter, refs, false),
        )


def shares(one: str, other: str) -> bool:
    """Do two cells of the grid share a row or a column?"""
    mine, its = CELLS.index(one), CELLS.index(other)
    return mine // 3 == its // 3 or mine % 3 == its % 3


def apart(one: str, other: str) -> int:
    """How many steps lie between two classes of size."""
    names = tuple(SIZES)
    return abs(names.index(one) - names.index(other))


def _far(cell: str) -> tuple[str, ...]:
    return tuple(other for other in CELLS if not shares(cell, other))


def _unlike(size: str) -> tuple[str, ...]:
    return tuple(other for other in SIZES if apart(size, other) > 1)


def _way(one: TextFact, other: TextFact, facts: Facts) -> str:
    """Which way `one` lies from `other`: empty where the two lie neither one above the other nor
    side by side, with a gap that is seen."""
    mine, its = one.bbox, other.bbox
    for way, gap, length in (
        ("above", its.top - mine.bottom, facts.height),
        ("below", mine.top - its.bottom, facts.height),
        ("left", its.left - mine.right, facts.width),
        ("right", mine.left - its.right, facts.width),
    ):
        if gap >= _GAP * length:
            return way
    return ""
