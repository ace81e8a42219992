"""What a caption of each level claims, as values: the ground on which levels are compared."""

from __future__ import annotations

from typing import NamedTuple

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar import looks, phrases
from glyphdata.caption.grammar.plan import Share, beginning, planned
from glyphdata.caption.grammar.vocabulary import basic_color, place, size_class, typeface


class Claim(NamedTuple):
    """One claim: of what kind (`text`, `color`, `place`, …), of which text (its id, -1 for the
    whole picture), and what."""

    kind: str
    ref: int
    value: str


def said(facts: Facts, level: int) -> frozenset[Claim]:
    """What every plain caption of a level claims, and what that implies.

    A coarser level claims a subset. A text that is quoted counts letter by letter, so that
    its beginning is part of it; a finely named colour claims its basic term too.
    """
    plan = planned(facts)
    share = plan.shares[level - 1]
    claims = {Claim("background", -1, facts.background)}
    if level < 4 or facts.background in phrases.EVEN:
        claims.add(Claim("ground", -1, basic_color(facts.ground)))
    if level < 3:
        claims.add(Claim("count", -1, str(len(plan.rank))))
    if level == 1:
        claims.add(Claim("ground-exact", -1, facts.ground.hex))
        claims.add(Claim("canvas", -1, f"{facts.width} {facts.height}"))
    if plan.rank:
        claims.add(Claim("script", -1, facts.texts[plan.rank[0]].script))
    for at, index in enumerate(plan.rank[: share.quoted]):
        text = facts.texts[index]
        quote = beginning(plan.flat[index], share.caps[at])
        claims.update(Claim(f"letter {n}", text.id, one) for n, one in enumerate(quote))
        claims.update(_of(facts, text, level, at, share))
    if level == 3 and len(plan.rank) == 1 and plan.shares[1].full:
        claims.update(_lettering(facts, facts.texts[plan.rank[0]]))
    return frozenset(claims)


def _of(facts: Facts, text: TextFact, level: int, at: int, share: Share) -> set[Claim]:
    """What is claimed of the look of the text at that place of the rank."""
    claims = set()
    if at < share.brief:
        if text.inked:
            claims.add(Claim("color", text.id, looks.basic(text)))
        if level < 4:
            claims.add(Claim("place", text.id, place(text.bbox, facts.width, facts.height)))
        if level < 3 and text.inked:
            claims.add(Claim("color-name", text.id, looks.color(text)))
    if at < share.full:
        claims |= _lettering(facts, text)
        claims |= {Claim("look", text.id, one) for one in _seen(text)}
        if level == 1:
            if text.faced:
                claims.add(Claim("font", text.id, f"{text.family} {text.style}"))
            if text.inked:
                claims.add(Claim("color-exact", text.id, text.color.hex))
            claims.add(Claim("box", text.id, " ".join(map(str, text.bbox))))
            claims |= {Claim("detail", text.id, one) for one in looks.details(text, exact=True)}
    return claims


def _lettering(facts: Facts, text: TextFact) -> set[Claim]:
    return {
        Claim("size", text.id, size_class(text.size_px, facts.height)),
        Claim("typeface", text.id, typeface(text)),
    }


def _seen(text: TextFact) -> list[str]:
    return looks.details(text, exact=False)
