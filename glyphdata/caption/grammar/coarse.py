"""The four coarse levels: a full sentence, a brief one, a line, and the mere idea."""

from __future__ import annotations

from glyphdata.caption.grammar import looks, phrases
from glyphdata.caption.grammar.looks import listed
from glyphdata.caption.grammar.pen import Pen, capital
from glyphdata.caption.grammar.vocabulary import number
from glyphdata.caption.levels import BUDGETS

_SENTENCES = (
    "A picture with {ground}, showing {texts}.",
    "An image of {texts} on {ground}.",
    "{Texts} on {ground}.",
    "{Ground} with {texts}.",
    "On {ground}: {texts}.",
    "A design with {texts} on {ground}.",
)
_OVER = (
    "{Ground}, with {texts} laid over it.",
    "{Texts} over {ground}.",
    "A picture of {texts} over {ground}.",
    "{Ground}, overlaid with {texts}.",
)
_LINES = (
    "{Texts} on {ground}.",
    "{Ground} with {texts}.",
    "A picture with {texts} on {ground}.",
    "An image with {texts} on {ground}.",
)
_LINES_OVER = (
    "{Texts} over {ground}.",
    "{Ground} with {texts} on it.",
    "{Ground} overlaid with {texts}.",
)
_IDEAS = ("{what} on {ground}", "{ground} with {what}", "{what} on {ground}")
_IDEAS_OVER = ("{what} over {ground}", "{ground} with {what}")


def sentence(pen: Pen) -> str:
    """Level 3: all texts that fit, each with basic colour and place, and the background."""
    if not pen.rank:
        return _empty(pen)
    told = pen.told(pen.share.brief)
    if len(pen.rank) == 1:
        items = [_alone(pen)]
    else:
        items = [
            f"{looks.inked(pen.quoted(at), looks.basic(pen.text(at)))} {phrases.where(pen, at)}"
            for at in told
        ]
    left = len(pen.rank) - len(told)
    if left:
        items.append(f"{number(left)} more {'text' if left == 1 else 'texts'}")
    ground = phrases.ground(pen)
    return _filled(pen, _SENTENCES, _OVER, listed(items), ground)


def brief(pen: Pen) -> str:
    """Level 4: the two texts that strike most, in their basic colours, and the background."""
    if not pen.rank:
        return _empty(pen)
    told = pen.told(pen.share.brief)
    items = [
        looks.inked(
            phrases.noun(pen, at) if len(told) == 1 else pen.quoted(at), looks.basic(pen.text(at))
        )
        for at in told
    ]
    return _filled(pen, _SENTENCES[1:], _OVER[1:], listed(items), phrases.ground(pen, mixed=False))


def line(pen: Pen) -> str:
    """Level 5: the main text and the background."""
    if not pen.rank:
        return _empty(pen)
    text = pen.quoted(0)
    if pen.chance("noun", 0.6):
        text = phrases.noun(pen, 0)
    if pen.whole(0) and pen.chance("color", 0.4):
        text = looks.inked(text, looks.basic(pen.text(0)))
    ground = phrases.ground_briefly(pen)
    made = _filled(pen, _LINES, _LINES_OVER, text, ground)
    return made if pen.words(made) <= BUDGETS[5] else f"{pen.quoted(0)} on {ground}."


def idea(pen: Pen) -> str:
    """Level 6: that there is text, of what script, and on what."""
    ground = phrases.ground_briefly(pen)
    if not pen.rank:
        return ground if phrases.unread(pen) else f"{ground} without text"
    script = phrases.writing(pen.facts, pen.rank[0])
    nouns = (
        ("text", "writing", "lettering") if script else ("text", "writing", "lettering", "words")
    )
    what = f"{script} {pen.pick('what', nouns)}".strip()
    over = pen.facts.background not in phrases.EVEN
    made = pen.pick("opening", _IDEAS_OVER if over else _IDEAS).format(what=what, ground=ground)
    return capital(made) + "."


def _alone(pen: Pen) -> str:
    """The only text of a picture, with its size and kind of letters where finer levels say them."""
    basic, place = looks.basic(pen.text(0)), phrases.where(pen, 0)
    if pen.shares[1].full == 0:
        return f"{looks.inked(phrases.noun(pen, 0), basic)} {place}"
    return f"{phrases.noun(pen, 0)} in {phrases.letters(pen, 0, basic)} {place}"


def _empty(pen: Pen) -> str:
    ground = phrases.ground(pen)
    return f"{capital(ground)}." if phrases.unread(pen) else f"{capital(ground)}, without any text."


def _filled(pen: Pen, on: tuple[str, ...], over: tuple[str, ...], texts: str, ground: str) -> str:
    """One of the patterns, filled; a photograph has its own, for texts lie over it."""
    patterns = over if pen.facts.background in ("photos", "shapes", "imported") else on
    return phrases.closed(pen.pick("opening", patterns), ground).format(
        texts=texts, Texts=capital(texts), ground=ground, Ground=capital(ground)
    )
