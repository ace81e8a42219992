"""The two fine levels: everything that is known, and what anybody would see."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar import looks, phrases
from glyphdata.caption.grammar.looks import article, listed
from glyphdata.caption.grammar.pen import Pen, capital
from glyphdata.caption.grammar.vocabulary import number, typeface
from glyphdata.caption.levels import BUDGETS
from glyphdata.caption.prompt import parse

_OPENINGS = (
    "A picture of {size} pixels with {ground}.",
    "An image of {size} pixels with {ground}.",
    "{Ground} fills this picture of {size} pixels.",
    "The picture measures {size} pixels and has {ground}.",
    "{Ground}, {size} pixels in size.",
)
_PHOTO_OPENINGS = (
    "{Ground}, fills this picture of {size} pixels.",
    "Behind the text lies {ground}; the picture measures {size} pixels.",
    "A picture of {size} pixels: {ground}.",
)
_COUNTS = (
    "It carries {many}.",
    "There {are} {many} on it.",
    "On it {are} {many}.",
)
_SEEN = (
    "A picture with {ground} and {many}.",
    "An image with {ground} and {many}.",
    "{Many} on {ground}.",
    "{Ground} with {many} on it.",
    "On {ground} {are} {many}.",
)
_SEEN_OVER = (
    "{Many} over {ground}.",
    "{Ground}, with {many} laid over it.",
    "Over {ground}, {are} {many}.",
)


def everything(pen: Pen) -> str:
    """Level 1: every text with its font, exact colour, size, place, turn, lines and effects."""
    facts = pen.facts
    exact = pen.pick("exact", (facts.ground.hex, "rgb({}, {}, {})".format(*facts.ground)))
    plain = phrases.ground(pen, fine=True)
    ground = f"{plain} ({exact})"
    many = _many(pen)
    openings = _PHOTO_OPENINGS if facts.background == "photos" else _OPENINGS
    opening = phrases.closed(pen.pick("opening", openings), plain).format(
        size=f"{facts.width} by {facts.height}", ground=ground, Ground=capital(ground)
    )
    if phrases.unread(pen):
        return opening
    count = pen.pick("count", _COUNTS).format(many=many, are=_are(len(pen.rank)))
    sentences = [opening, capital(count)]
    told = pen.told(pen.share.full)
    sentences += [_told(pen, at, turn, len(told)) for turn, at in enumerate(told)]
    sentences += _rest(pen)
    for one in _relations(pen):
        if pen.words(" ".join((*sentences, one))) <= BUDGETS[1]:
            sentences.append(one)
    return " ".join(sentences)


def seen(pen: Pen) -> str:
    """Level 2: every text as anybody would see it: size, weight, colour, kind of letters, place."""
    ground, many = phrases.ground(pen), _many(pen)
    if phrases.unread(pen):
        return f"{capital(ground)}."
    opening = pen.pick("opening", _SEEN_OVER if pen.facts.background == "photos" else _SEEN)
    first = phrases.closed(opening, ground).format(
        ground=ground,
        Ground=capital(ground),
        many=many,
        Many=capital(many),
        are=_are(len(pen.rank)),
    )
    told = pen.told(pen.share.full)
    sentences = [_shown(pen, at, turn, len(told)) for turn, at in enumerate(told)]
    return " ".join((first, *sentences, *_rest(pen)))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _many(pen: Pen) -> str:
    """`three texts`."""
    count = len(pen.rank)
    if count == 0:
        return "no text"
    if count == 1:
        return pen.pick("many", ("a single text", "one text", "one piece of text"))
    return f"{number(count)} {pen.pick('many', ('texts', 'texts', 'pieces of text'))}"


def _head(pen: Pen, at: int, turn: int, last: int) -> str:
    """Which text is meant: `The largest text`, `Another text`, `The last text`."""
    count = len(pen.rank)
    if count == 1:
        return "The text"
    size = pen.text(at).size_px
    if at == 0 and size >= 1.25 * max(pen.text(other).size_px for other in range(1, count)):
        return pen.pick("largest", ("The largest text", "The largest", "The biggest text"))
    if turn == 0:
        return pen.pick("head", ("The first text", "One text", "One of them"))
    if turn == last - 1 == count - 1:
        return pen.pick("head", ("The last text", "The last", "The last one"))
    return pen.pick("head", ("Another text", "The next text", "Another", "The next"), at)


def _verb(pen: Pen, at: int) -> str:
    return pen.pick("verb", ("reads", "says"), at) if pen.whole(at) else "begins"


def _told(pen: Pen, at: int, turn: int, last: int) -> str:
    """One text with all that is known of it."""
    text = pen.text(at)
    if not (text.inked and text.faced):
        return _partly(pen, at, turn, last)
    font, color, place = (
        _font(pen, at),
        _color(pen, at),
        f"{phrases.where(pen, at)} {_box(pen, at)}",
    )
    size, quote, noun = phrases.size(pen, at), pen.quoted(at), phrases.noun(pen, at)
    tail = "".join(f", {one}" for one in looks.details(text, exact=True))
    plural = noun.startswith("the words")
    match pen.pick("telling", (0, 0, 1, 2, 3), at):
        case 0:
            head = f"{_head(pen, at, turn, last)} {_verb(pen, at)} {quote}"
            return f"{head}, set in {font}, in {color}. It is {size} and stands {place}{tail}."
        case 1:
            verb, it = ("are", "they are") if plural else ("is", "it is")
            return f"{capital(noun)} {verb} set in {font}, in {color}; {it} {size}, {place}{tail}."
        case 2:
            verb = "stand" if plural else "stands"
            return f"{capital(place)} {verb} {noun}, {size}, in {color}, set in {font}{tail}."
        case _:
            head = f"{_head(pen, at, turn, last)} {_verb(pen, at)} {quote}"
            many = f"{size} letters" if text.script != "han" else f"{size} characters"
            return f"{head} in {many} of {color}, {place}{tail}. The font is {font}."


def _partly(pen: Pen, at: int, turn: int, last: int) -> str:
    """One text whose colour or font is not known, with all that is."""
    text = pen.text(at)
    how = [phrases.size(pen, at)]
    how += [f"in {_color(pen, at)}"] if text.inked else []
    how += [f"set in {_font(pen, at)}"] if text.faced else []
    tail = "".join(f", {one}" for one in looks.details(text, exact=True))
    head = f"{_head(pen, at, turn, last)} {_verb(pen, at)} {pen.quoted(at)}"
    place = f"{phrases.where(pen, at)} {_box(pen, at)}"
    return f"{head}. It is {', '.join(how)} and stands {place}{tail}."


def _shown(pen: Pen, at: int, turn: int, last: int) -> str:
    """One text as it is seen."""
    text = pen.text(at)
    letters, place, noun = phrases.letters(pen, at), phrases.where(pen, at), phrases.noun(pen, at)
    tail = "".join(f", {one}" for one in looks.details(text, exact=False))
    plural = noun.startswith("the words")
    match pen.pick("telling", (0, 0, 1, 2), at):
        case 0:
            head = f"{_head(pen, at, turn, last)} {_verb(pen, at)} {pen.quoted(at)}"
            return f"{head} in {letters} {place}{tail}."
        case 1:
            verb = "stand" if plural else "stands"
            return f"{capital(place)} {verb} {noun} in {letters}{tail}."
        case _:
            verb = "are" if plural else "is"
            way = pen.pick("way", ("written", "set"), at)
            return f"{capital(noun)} {verb} {way} in {letters} {place}{tail}."


def _rest(pen: Pen) -> list[str]:
    """The texts that are not told in full: some in brief, some by their words, the rest counted."""
    share = pen.share
    sentences = []
    if share.brief > share.full:
        brief = sorted(range(share.full, share.brief), key=pen.rank.__getitem__)
        items = [
            f"{looks.inked(pen.quoted(at), looks.color(pen.text(at)))} {phrases.where(pen, at)}"
            for at in brief
        ]
        there = f"There {_are(len(items))} also"
        lead = pen.pick("brief", (there, there, "The picture also shows", "Also seen:"))
        sentences.append(f"{lead} {listed(items)}.")
    if share.quoted > share.brief:
        quotes = sorted(range(share.brief, share.quoted), key=pen.rank.__getitem__)
        verb = "reads" if len(quotes) == 1 else "read"
        others = "Another text" if len(quotes) == 1 else "Other texts"
        sentences.append(f"{others} {verb} {listed([pen.quoted(at) for at in quotes])}.")
    left = len(pen.rank) - share.quoted
    if left:
        more = f"{number(left)} more {'text' if left == 1 else 'texts'}"
        besides = (f"There {_are(left)} {more}.", f"Besides, there {_are(left)} {more}.")
        sentences.append(pen.pick("more", besides))
    return sentences


def _font(pen: Pen, at: int) -> str:
    """Family and style, the kind of face, and perhaps the token."""
    text = pen.text(at)
    plain = text.style in ("", "Regular") and pen.chance("plain style", 0.5, at)
    name = text.family if plain else f"{text.family} {text.style}".strip()
    name = looks.plain(name) or "an unnamed font"
    if pen.pick("token", (0, 0, 1), at):
        name = f"{name} ({_font_tokens(pen.facts)[pen.rank[at]]})"
    kind = typeface(text)
    if not kind:
        return name
    return f"{name}, {article(f'{kind} typeface')}"


@lru_cache(maxsize=64)
def _font_tokens(facts: Facts) -> tuple[str, ...]:
    """The fonts' tokens as the prompt spells them, else by their global numbers."""
    said = parse(facts.prompt)
    if len(said) == len(facts.texts) and all(one.font_token is not None for one in said):
        return tuple(f"<{one.font}-{one.font_token}>" for one in said)
    return tuple(f"<font-{text.font_token}>" for text in facts.texts)


def _color(pen: Pen, at: int) -> str:
    """The ink by name, and exactly: as RGB, as hex, or as its token."""
    text = pen.text(at)
    exact = pen.pick(
        "exact", ("rgb({}, {}, {})".format(*text.color), text.color.hex, _token(text)), at
    )
    return f"{looks.color(text)} ({exact})"


def _token(text: TextFact) -> str:
    return f"<color-{text.color_token}>" if text.color_token >= 0 else text.color.hex


def _box(pen: Pen, at: int) -> str:
    """The upright box around a text, in per cent of the picture or in pixels."""
    left, top, right, bottom = pen.text(at).bbox
    if pen.pick("box", (0, 1), at):
        return f"(pixels {left:.0f}–{right:.0f} across, {top:.0f}–{bottom:.0f} down)"
    across, down = 100 / max(pen.facts.width, 1), 100 / max(pen.facts.height, 1)
    return (
        f"({left * across:.0f}–{right * across:.0f}% across,"
        f" {top * down:.0f}–{bottom * down:.0f}% down)"
    )


def _relations(pen: Pen) -> list[str]:
    """How neighbours in reading order stand to each other, where both are short and it is plain."""
    order = sorted(range(pen.share.full), key=pen.rank.__getitem__)
    out = []
    for one, other in pairwise(order):
        short = all(pen.whole(at) and len(pen.said(at)) < 30 for at in (one, other))
        relation = _relation(pen.text(one), pen.text(other))
        if short and relation:
            out.append(f"{pen.quoted(one)} {relation} {pen.quoted(other)}.")
    return out[:2]


def _relation(one: TextFact, other: TextFact) -> str:
    a, b = one.bbox, other.bbox
    beside = a.top < b.bottom and b.top < a.bottom
    above = a.left < b.right and b.left < a.right
    if above and not beside:
        return "stands above" if a.bottom <= b.top else "stands below"
    if beside and not above:
        return "stands to the left of" if a.right <= b.left else "stands to the right of"
    return ""
