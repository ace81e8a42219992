"""The parts of speech: what a ground, a text, a face, a place and a turn are called."""

from __future__ import annotations

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import looks
from glyphdata.caption.grammar.looks import article
from glyphdata.caption.grammar.pen import Pen
from glyphdata.caption.grammar.vocabulary import (
    ADJECTIVES,
    PLACES,
    SIZES,
    basic_color,
    nearest_name,
    place,
    size_class,
    typeface,
)

EVEN = ("black", "solid", "noise", "paper")
"""Backgrounds that have one colour all over; of the others it is an average that none may see."""

_EVEN_NOUNS = {
    "solid": ("plain {} background", "solid {} background", "flat {} background", "{} background"),
    "noise": ("mottled {} background", "cloudy {} background", "blotchy {} background"),
    "paper": ("{} paper background", "sheet of {} paper", "textured {} paper background"),
}
_NOUNS = {
    "gradient": ("gradient background", "color gradient", "background that fades between colors"),
    "shapes": ("background of flat shapes", "backdrop of geometric shapes"),
    "photos": ("photograph", "photo"),
    "imported": ("picture", "image"),
}
_MIX = ("averaging {}", "{} on average", "{} overall")


def ground(pen: Pen, *, fine: bool = False, mixed: bool = True) -> str:
    """The background with its article: `a plain blue background`.

    `fine` names its colour finely; `mixed` gives the average of one that has many.
    """
    facts = pen.facts
    kind = facts.background
    if kind == "black":
        return pen.pick("ground", ("a plain black background", "a black background"))
    color = nearest_name(facts.ground) if fine else basic_color(facts.ground)
    if kind in _EVEN_NOUNS:
        return article(pen.pick("ground", _EVEN_NOUNS[kind]).format(color))
    noun = article(pen.pick("ground", _NOUNS[kind]) if kind in _NOUNS else _other(kind))
    if not mixed:
        return noun
    return f"{noun}, {pen.pick('mix', _MIX).format(color)}"


def closed(pattern: str, ground: str) -> str:
    """The pattern with a comma after its ground, where the ground's own comma opened a phrase."""
    if ", " not in ground:
        return pattern
    return pattern.replace("round} ", "round}, ")


def unread(pen: Pen) -> bool:
    """Is it a picture of others without labels? Whether it shows text is then not known."""
    return pen.facts.background == "imported" and not pen.rank


def ground_briefly(pen: Pen) -> str:
    """The background in few words, its colour only where it has one: `a plain blue background`."""
    facts = pen.facts
    kind = facts.background
    if kind == "black":
        return "a black background"
    if kind in EVEN:
        noun = "paper background" if kind == "paper" else "background"
        return article(f"{basic_color(facts.ground)} {noun}")
    short = {"gradient": "a gradient", "shapes": "geometric shapes", "photos": "a photograph"}
    short["imported"] = "a picture"
    return short.get(kind) or article(_other(kind))


def _other(kind: str) -> str:
    """A background of another package: its kind is all that is known."""
    spelled = looks.plain(kind.replace("-", " "))
    return f"{spelled} background" if spelled and len(spelled.split()) < 3 else "background"


def noun(pen: Pen, at: int) -> str:
    """A text by what it is, and its quote: `the words "Grand Opening"`."""
    said = pen.quoted(at)
    if not pen.whole(at):
        kind = kind_of(pen, at)
        what = f"a {kind}" if kind in ("paragraph", "sentence") else "a text"
        return f"{what} {pen.pick('begins', ('beginning', 'that begins', 'starting'), at)} {said}"
    return f"the {kind_of(pen, at)} {said}"


def kind_of(pen: Pen, at: int) -> str:
    """`word`, `words`, `number`, `sentence`, `paragraph` or `text`."""
    text = pen.text(at)
    flat = pen.flat[pen.rank[at]]
    if not any(char.isalpha() for char in flat):
        return "number" if flat.replace(".", "").replace(",", "").isdecimal() else "text"
    if text.level == "paragraph":
        return "paragraph"
    spaces = flat.split()
    if text.script in ("han", "kana", "thai"):
        return "text"
    if len(spaces) < 5 and not any(char.isdigit() for char in flat):
        return "word" if len(spaces) == 1 else "words"
    return "sentence" if flat.rstrip()[-1:] in ".!?।" else "text"


def where(pen: Pen, at: int) -> str:
    """The cell that a text stands in: `at the top left`."""
    facts = pen.facts
    return pen.pick("place", PLACES[place(pen.text(at).bbox, facts.width, facts.height)][:4], at)


def size(pen: Pen, at: int) -> str:
    """How large a text is, as an adjective."""
    return SIZES[size_class(pen.text(at).size_px, pen.facts.height)][0]


def letters(pen: Pen, at: int, named: str = "") -> str:
    """`large bold white sans-serif letters`; the colour is finely named where it is not given."""
    text = pen.text(at)
    face = typeface(text).replace("light", "light-weight").split()
    heft, family = face[:-1], face[-1:]
    what = pen.pick("letters", ("letters", "type", "lettering"), at)
    parts = (size(pen, at), *heft, named or looks.color(text), *family, what)
    return " ".join(filter(None, parts))


def writing(facts: Facts, at: int) -> str:
    """What the text is to someone who cannot read it: `Thai`, `Arabic`; empty for Latin."""
    return ADJECTIVES.get(facts.texts[at].script, "")
