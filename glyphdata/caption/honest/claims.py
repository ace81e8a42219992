"""What each clause of a caption claims of its text, and what the caption claims of the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.vocabulary import PLACES, place
from glyphdata.caption.honest.clauses import Clause, Parsed
from glyphdata.caption.honest.colors import ColorClaim, colors, may_be_called, spelled
from glyphdata.caption.honest.counts import counted, counts
from glyphdata.caption.honest.edits import Edit, reworded
from glyphdata.caption.honest.places import PlaceClaim, places, stands

SINGLE_COLORED = frozenset(("black", "solid", "paper", "noise"))
"""Kinds of background of which one colour is true; any other may show several."""

_LOOK = (
    r"(?:bold|italic|large|larger|small|smaller|tiny|huge|big|medium(?:[\s-]sized)?|sans(?:[\s-]serif)?|"
    r"serif|slab|handwritten|cursive|script|display|decorative|monospaced?|mono|thin|light|heavy|"
    r"condensed|stylized|elegant|uppercase|lowercase|capital|all[\s-]caps|block|modern|simple|clean|"
    r"retro|playful|brush|calligraphic|semi-?bold|plain|solid|uniform|flat|mottled|cloudy|textured|"
    r"gradient|smooth|and)"
)
_LOOKS = rf"(?:[\s,-]+{_LOOK}\b)*"
_GROUND_AFTER = re.compile(
    rf"{_LOOKS}[\s-]+(?:background|backdrop|ground|canvas|poster|sign|banner|card|image|picture)\b",
    re.IGNORECASE,
)
_GROUND_BEFORE = re.compile(
    rf"(?:\b(?:on|against|over|atop|upon)\s+(?:(?:an?|the)\s+)?(?:{_LOOK}\s+)*"
    r"|\b(?:background|backdrop)\s+(?:color\s+)?(?:is|of|in|:)\s+(?:an?\s+)?"
    rf"(?:{_LOOK}\s+)*)$",
    re.IGNORECASE,
)
_TEXT_AFTER = re.compile(
    rf"{_LOOKS}(?:\s*(?:$|[.,;:!?()\ufffc\"“”«»‘’'「『—–-])|\s+(?:letters?|lettering|text|font|type|typeface|"
    r"words?|characters?|script|print|capitals|caps|writing|handwriting|letterforms|numerals|digits|"
    r"in|on|at|with|against|and|or|that|which|is|are|near|across|over|by|of|for|as|to|from|placed|"
    r"set|positioned|located|written|above|below|centered|while|reading|saying|where|along|"
    r"towards?|beneath|under|followed|appears?|stands?|sits?)\b)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:It|Its|This|That|The\s+(?:text|letters?|lettering|words?|font|typeface|writing|script))\b"
)


_RELATED = re.compile(
    r"\b(?:above|below|beneath|under|over|beside|next\s+to|(?:left|right)\s+of|between|behind)\s+"
    r"(?:the\s+)?(?:(?:texts?|words?|line)\s+)?$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r",?\s+(?:and|while)\s+(?!(?:in|at|on|near|along|across|towards?|is|are|it|its|it['’]s|placed|"
    r"positioned|set|stands?|sits?|appears?|located|centered|aligned|written|printed|drawn|made|"
    r"colored|takes?|fills?|has|reads?|spans?)\b)(?=[a-z]+\b(?!\s*[.,;]))",
)


@dataclass(slots=True)
class About:
    """The claims about one quoted text."""

    colors: list[ColorClaim] = field(default_factory=list)
    places: list[PlaceClaim] = field(default_factory=list)


@dataclass(slots=True)
class Claims:
    """All claims of a caption: by quote, and about the picture's background."""

    quotes: list[About]
    ground: list[ColorClaim]


def claims(caption: Parsed, facts: Facts) -> Claims:
    """What a caption claims, each claim with the quote whose clause it stands in."""
    found = Claims([About() for _ in caption.quotes], [])
    owners = _owners(caption, facts)
    for color in colors(caption.shown):
        role = _role(caption.shown, color)
        if role == "ground":
            found.ground.append(color)
        elif role == "text":
            owner = _owner(owners, color.start)
            if owner >= 0:
                found.quotes[owner].colors.append(color)
    for cell in places(caption.shown):
        owner = _owner(owners, cell.start)
        if owner >= 0:
            found.quotes[owner].places.append(cell)
    return found


def _role(shown: str, claim: ColorClaim) -> str:
    before = shown[max(0, claim.start - 48) : claim.start]
    if _GROUND_AFTER.match(shown, claim.end) or _GROUND_BEFORE.search(before):
        return "ground"
    return "text" if claim.form != "name" or _TEXT_AFTER.match(shown, claim.end) else "other"


def _owners(caption: Parsed, facts: Facts) -> list[tuple[int, int, int]]:
    """Which quote each stretch of the caption is about."""
    owners: list[tuple[int, int, int]] = []
    topic, alone = -1, False
    for clause in caption.clauses:
        quote = clause.quote
        if quote >= 0:
            topic, alone = quote, clause.first and clause.last
            owners += _apart(caption, clause)
        elif topic >= 0 and (
            (alone and _GOES_ON.match(caption.text, clause.start)) or len(facts.texts) == 1
        ):
            quote = topic
        else:
            topic = -1
        owners.append((clause.start, clause.end, quote))
    return owners


def _apart(caption: Parsed, clause: Clause) -> list[tuple[int, int, int]]:
    """What a clause says after its quote that need not be about it: `"A" above "B" in white`, or
    `"A" in white and contact details at the bottom`."""
    said = caption.quotes[clause.quote]
    if _RELATED.search(caption.shown, max(0, said.start - 40), said.start - 1):
        return [(said.end, clause.end, -1)]
    other = _ELSEWHERE.search(caption.shown, said.end, clause.end)
    return [(other.start(), clause.end, -1)] if other else []


def _owner(owners: list[tuple[int, int, int]], at: int) -> int:
    return next((quote for start, end, quote in owners if start <= at < end), -1)


def fit(about: About, box: TextFact, facts: Facts) -> tuple[int, int]:
    """How many claims are true of a box, and how many are not."""
    stated = about.colors if box.inked else ()
    right = [bool(may_be_called(box.color) & set(claim.terms)) for claim in stated]
    right += [stands(box.bbox, facts.width, facts.height, claim) for claim in about.places]
    return sum(right), len(right) - sum(right)


def corrections(
    caption: Parsed, found: Claims, meant: Sequence[Sequence[TextFact]], facts: Facts
) -> tuple[list[Edit], set[str]]:
    """The edits that make a caption's colours, places and counts true, and what they leave open.

    `meant` are the boxes that each quote may be about; a claim is wrong that is true of none.
    """
    edits: list[Edit] = []
    flags: set[str] = set()
    for about, boxes in zip(found.quotes, meant, strict=True):
        if boxes:
            _colors(caption.text, about, boxes, edits, flags)
            _places(caption.text, about, boxes, facts, edits, flags)
    if facts.background in SINGLE_COLORED:
        true = may_be_called(facts.ground)
        for claim in found.ground:
            if not true & set(claim.terms):
                words = spelled(facts.ground, claim.form)
                edits.append(reworded(caption.text, claim.start, claim.end, words, "background"))
    _counts(caption, facts, edits, flags)
    return edits, flags


def _colors(
    text: str, about: About, boxes: Sequence[TextFact], edits: list[Edit], flags: set[str]
) -> None:
    mixed = any("gradient" in box.effects or "texture" in box.effects for box in boxes)
    if mixed or not all(box.inked for box in boxes):
        return
    true = frozenset[str]().union(*(may_be_called(box.color) for box in boxes))
    for form in ("name", "hex", "rgb"):
        stated = [claim for claim in about.colors if claim.form == form]
        if not stated or any(true & set(claim.terms) for claim in stated):
            continue
        options = {spelled(box.color, form) for box in boxes}
        if len(options) > 1 or len(stated) > 1:
            flags.add("color")
            continue
        edits.append(reworded(text, stated[0].start, stated[0].end, options.pop(), "color"))


def _places(
    text: str,
    about: About,
    boxes: Sequence[TextFact],
    facts: Facts,
    edits: list[Edit],
    flags: set[str],
) -> None:
    size = facts.width, facts.height
    wrong = [
        claim for claim in about.places if not any(stands(box.bbox, *size, claim) for box in boxes)
    ]
    cells = {place(box.bbox, *size) for box in boxes}
    if wrong and len(cells) > 1:
        flags.add("place")
        return
    alone = len(about.places) == 1
    for number, claim in enumerate(wrong):
        cell = cells.copy().pop()
        if number == 0 or _axis(claim, cell):
            words = _axis(claim, cell) if not alone else ""
            words = words or (PLACES[cell][0] if claim.lead else _bare(text, claim, cell))
            words += text[claim.tail : claim.end]
            edits.append(reworded(text, claim.start, claim.end, words, "place"))
        else:
            flags.add("place")


def _axis(claim: PlaceClaim, cell: str) -> str:
    """The place along the one axis that a claim is about, where that has words."""
    if not claim.lead:
        return ""
    if claim.column < 0:
        return {"t": "at the top", "b": "at the bottom"}.get(cell[0], "")
    if claim.row < 0:
        side = cell.rpartition("-")[2]
        return f"on the {side}" if side in ("left", "right") else ""
    return ""


def _bare(text: str, claim: PlaceClaim, cell: str) -> str:
    the = "the " if text[claim.start : claim.start + 4].lower() == "the " else ""
    corner = " corner" if text[: claim.tail].lower().endswith("corner") else ""
    kept = corner if cell.count("-") and "center" not in cell else corner and " area"
    return f"{the}{cell.replace('-', ' ')}{kept}"


def _counts(caption: Parsed, facts: Facts, edits: list[Edit], flags: set[str]) -> None:
    stated = [
        claim for claim in counts(caption.shown) if not _of_some(caption, claim.start, claim.end)
    ]
    total = len(facts.texts)
    lines = sum(text.lines for text in facts.texts)
    right = [
        claim.number == total
        or (claim.number == 0 and total > 1)
        or ("line" in claim.noun and claim.number == lines)
        for claim in stated
    ]
    if any(right) or not stated or sum(claim.number for claim in stated) == total:
        return
    if len(stated) > 1:
        flags.add("count")
        return
    claim = stated[0]
    edits.append(reworded(caption.text, claim.start, claim.end, counted(total, claim), "count"))


def _of_some(caption: Parsed, start: int, end: int) -> bool:
    """Does a count speak of the texts of one place only: `two texts at the bottom`?"""
    begins = next((at for at, stop in caption.sentences if at <= start < stop), 0)
    for cell in places(caption.shown[begins : end + 60]):
        at, stop = begins + cell.start, begins + cell.end
        if stop <= start or (at >= end and not caption.shown[end:at].strip()):
            return True
    return False
