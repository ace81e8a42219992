"""Captions as other trainers want them: Glyph-ByT5's clauses, AnyText's lines, GLIGEN's phrases.

They tell of every text, so they have no budget of words; a reader of them has limits of its own.
"""

from __future__ import annotations

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import looks, phrases
from glyphdata.caption.grammar.looks import listed
from glyphdata.caption.grammar.pen import Pen, capital
from glyphdata.caption.prompt import parse
from glyphdata.caption.record import Caption, Mention

_LEADS = (
    "with the words",
    "that reads",
    "on which is written",
    "showing the words",
    "and the lettering says",
    "with lettering that says",
)
_WHOLE = 1_000_000
_CUT = {1: _WHOLE, 2: _WHOLE, 3: 20, 4: 12, 5: 6, 6: 1}


def clauses(facts: Facts) -> tuple[str, tuple[Mention, ...]]:
    """The prompt of Glyph-ByT5's grammar as the sample has it, the same on each level.

    A mention spans what stands between the quotes, escapes included. `InputError` where the
    prompt does not follow the grammar.
    """
    spans = (phrase.text_span for phrase in parse(facts.prompt))
    mentions = tuple(
        Mention(text.id, *span) for text, span in zip(facts.texts, spans, strict=False)
    )
    return facts.prompt, mentions


def lines(pen: Pen, level: int) -> str:
    """The background, a lead-in and every text whole, in reading order, as AnyText (arXiv
    2311.03054) says them; up to level 3 with the cells that the texts stand in."""
    ground = phrases.ground(pen, mixed=False) if level < 5 else phrases.ground_briefly(pen)
    pen.tell_all(_WHOLE)
    if not pen.rank:
        return f"{capital(ground)}."
    texts = ", ".join(pen.quoted(at) for at in range(len(pen.rank)))
    said = f"{capital(ground)} {pen.pick('lead', _LEADS)} {texts}"
    if level > 3:
        return f"{said}."
    places = listed([phrases.where(pen, at) for at in range(len(pen.rank))])
    each = " respectively" if len(pen.rank) > 1 else ""
    return f"{said}, placed {places}{each}."


def grounded(pen: Pen, level: int) -> str:
    """A phrase a line, one for every text box and in their order, to go with GLIGEN's boxes (arXiv
    2301.07093)."""
    pen.tell_all(_CUT[level])
    where = {index: at for at, index in enumerate(pen.rank)}
    return "\n".join(
        _phrase(pen, where[index], level) if index in where else "blank text"
        for index in range(len(pen.facts.texts))
    )


def _phrase(pen: Pen, at: int, level: int) -> str:
    text = pen.text(at)
    if level == 6:
        return f"{phrases.writing(pen.facts, pen.rank[at])} text".strip()
    noun = phrases.noun(pen, at)
    if level == 5:
        return noun
    if level > 2:
        return looks.inked(noun, looks.basic(text))
    tail = "".join(f", {one}" for one in looks.details(text, exact=level == 1))
    font = f", set in {looks.plain(text.family)}" if level == 1 and text.family else ""
    return f"{noun} in {phrases.letters(pen, at)}{font}{tail}"


def placeheld(caption: Caption) -> str:
    """A caption with AnyText's `*` for each quoted text, marks included; a `*` of the caption's own
    becomes a blank."""
    data = caption.text.encode("utf-8", "surrogatepass")
    out, at = [], 0
    for mention in sorted(caption.mentions, key=lambda one: one.start):
        before = data[at : mention.start].decode("utf-8", "surrogatepass")
        after = data[mention.end :].decode("utf-8", "surrogatepass")
        closing = 2 if after.startswith("…") else 1
        out.append(before[:-1].replace("*", " "))
        at = mention.end + len(after[:closing].encode())
    out.append(data[at:].decode("utf-8", "surrogatepass").replace("*", " "))
    return "*".join(out)
