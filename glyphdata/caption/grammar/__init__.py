"""A seeded grammar that says what is true of a picture, on six levels and in four styles.

Nothing is looked at and nothing is guessed: every word comes from the facts. Choices of words
belong to (seed, key, level, variant) and the name of the decision, so any process says the same.

Quotes hold a text as it is, in logical order and without marks for its direction: such marks would
be read as text. Line ends become blanks, and a text that is cut short ends in `…` outside its span.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import coarse, fine, styles, vocabulary
from glyphdata.caption.grammar.claims import said
from glyphdata.caption.grammar.pen import Pen
from glyphdata.caption.grammar.styles import placeheld
from glyphdata.caption.record import LEVELS, Caption, Style
from glyphdata.errors import InputError

__all__ = ["digest", "placeheld", "said", "say", "vocabulary"]

_PLAIN: dict[int, tuple[Callable[[Pen], str], float, float]] = {
    1: (fine.everything, 0.0, 0.1),
    2: (fine.seen, 0.05, 0.1),
    3: (coarse.sentence, 0.1, 0.3),
    4: (coarse.brief, 0.15, 0.5),
    5: (coarse.line, 0.3, 0.7),
    6: (coarse.idea, 0.6, 0.8),
}
"""Per level: what is said, and how many captions are in small letters or lack their full stop."""


def say(
    facts: Facts, level: int, style: Style = "plain", seed: int = 0, variant: int = 0
) -> Caption:
    """A caption of a level from truth alone; `variant` words it anew. `InputError` for a level or
    a style there is not."""
    if level not in LEVELS:
        raise InputError(f"there is no caption level {level}", hint="levels are 1 (fine) to 6")
    pen = Pen(facts, level, seed, variant)
    match style:
        case "plain":
            words, lower, bare = _PLAIN[level]
            text, mentions = pen.finished(words(pen), lower=lower, bare=bare)
        case "glyph":
            text, mentions = styles.clauses(facts)
        case "anytext":
            text, mentions = pen.finished(styles.lines(pen, level), lower=0.2, bare=0.5)
        case "gligen":
            text, mentions = pen.finished(styles.grounded(pen, level))
        case _:
            raise InputError(
                f"there is no caption style {style!r}",
                hint="one of plain, glyph, anytext, gligen",
            )
    return Caption(level, text, "truth", digest(), style, mentions)


@lru_cache(maxsize=1)
def digest() -> str:
    """The first 12 hex digits of what decides the words: the grammar's own sources."""
    caption = files("glyphdata.caption")
    own = sorted(
        (one for one in caption.joinpath("grammar").iterdir() if one.name.endswith(".py")),
        key=lambda one: one.name,
    )
    content = sha256()
    for one in (*own, caption.joinpath("levels.py"), caption.joinpath("prompt.py")):
        content.update(one.name.encode() + b"\0" + one.read_bytes() + b"\0")
    return content.hexdigest()[:12]
