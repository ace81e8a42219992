"""What a model is asked, level by level, and how scene text is kept from being read as commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.record import LEVELS
from glyphdata.errors import InputError
from glyphdata.registry import nearest

Grounding = Literal["none", "text", "full"]
"""What a model is told beside the picture: nothing, the texts, or the texts and how they look."""

CHAT: Mapping[int, str] = {
    1: "Describe this image in detail, in five to eight sentences. Say what kind of image it is "
    "and what its background looks like. Quote every text in it exactly, in double quotes, and "
    "give the colour, the size, the kind of lettering and the place of each. Say nothing that "
    "cannot be seen.",
    2: "Describe this image in three or four sentences. Begin with its background. Quote every "
    "text in it exactly, in double quotes, with its colour and its place. Say nothing that cannot "
    "be seen.",
    3: "Describe this image in one or two full sentences. Quote every text in it exactly, in "
    "double quotes, with its colour and its place.",
    4: "Describe this image in one sentence of at most twenty words. Quote its most prominent "
    "texts exactly, in double quotes.",
    5: "Describe this image in one sentence of at most twelve words. Quote its main text exactly, "
    "in double quotes.",
    6: "Name what this image is, in two to six words, without quoting it.",
}
"""The question of each level to a model that follows instructions."""

CONTINUED: Mapping[int, str] = {
    **dict.fromkeys(LEVELS, "a photo of"),
    1: "Question: what does this image show, in detail? Answer:",
    2: "Question: what does this image show? Answer:",
}
"""The beginning that a model without instructions writes on from."""

_GROUNDED = " The texts in the image, in reading order, are: {texts}."
_DETAILED = " What is known about the texts in the image: {facts}"
_GROUNDINGS: Mapping[Grounding, str] = {"none": "", "text": _GROUNDED, "full": _DETAILED}

_MOST_TEXTS = 40
_MOST_CHARACTERS = 2000
_PASSES = 4
_KINDS = {"sans": "sans-serif", "mono": "monospaced", "handwriting": "handwritten"}
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_CELLS = (("top left", "top", "top right"), ("left", "center", "right"))
_ROWS = (*_CELLS, ("bottom left", "bottom", "bottom right"))

VARIABLES = ("texts", "facts", "count", "language", "width", "height", "background", "level")
"""What may stand in braces in a prompt, to be filled in for each picture."""


def templates(own: Mapping[int, str], default: Mapping[int, str]) -> tuple[str, ...]:
    """A prompt for each level, the user's where there is one.

    `InputError` for a level there is not, an empty prompt, or a variable that nobody fills.
    """
    for level, prompt in sorted(own.items()):
        if level not in LEVELS:
            raise InputError(
                f"there is no level {level}", hint=f"levels go from {LEVELS[0]} to {LEVELS[-1]}"
            ).inside("prompts")
        if not prompt.strip():
            raise InputError("is empty", hint="say what is asked").inside(f"prompts.{level}")
        for name in _VARIABLE.findall(prompt):
            if name not in VARIABLES:
                raise InputError(f"no variable {{{name}}}", hint=nearest(name, VARIABLES)).inside(
                    f"prompts.{level}"
                )
    return tuple(own.get(level, default[level]) for level in LEVELS)


def question(template: str, facts: Facts, level: int, grounding: Grounding = "none") -> str:
    """The prompt for one picture: what is known is told first, then the variables are filled.

    Braces within scene text stay as they are, for everything is filled in one pass.
    """
    known = _GROUNDINGS[grounding]
    named = set(_VARIABLE.findall(template))
    if known and not named & {"texts", "facts"}:
        template += known
    values = {
        "texts": lambda: _listed(facts.texts),
        "facts": lambda: _told(facts),
        "count": lambda: str(len(facts.texts)),
        "language": lambda: facts.language,
        "width": lambda: str(facts.width),
        "height": lambda: str(facts.height),
        "background": lambda: facts.background,
        "level": lambda: str(level),
    }
    return _VARIABLE.sub(
        lambda found: values[found[1]]() if found[1] in values else found[0], template
    )


def harmless(text: str, specials: Iterable[str]) -> str:
    """The text with every special token in it broken up by a space behind its first character.

    `<image>` in a scene would otherwise be a place for a second picture, `</s>` the end of it all.
    """
    tokens = sorted({token.strip() for token in specials} - {""}, key=len, reverse=True)
    if not tokens:
        return text
    special = re.compile("|".join(map(re.escape, tokens)))
    for _ in range(_PASSES):  # the pieces of one may make another with their neighbours
        if special.search(text) is None:
            return text
        text = special.sub(_broken, text)
    return special.sub(" ", text)


def _broken(token: re.Match[str]) -> str:
    return f"{token[0][0]} {token[0][1:]}" if len(token[0]) > 1 else " "


def _listed(texts: tuple[TextFact, ...]) -> str:
    """The texts in quotes, as many as fit, and how many do not."""
    return _bounded([_quoted(text.text) for text in texts], ", ", "texts")


def _told(facts: Facts) -> str:
    """A clause for each text: how it is spelled, how it looks, where it stands."""
    return _bounded([_clause(text, facts) for text in facts.texts], "; ", "texts") + "."


def _bounded(parts: list[str], joint: str, noun: str) -> str:
    """The parts joined, as far as a prompt can bear; no model reads a page of hints."""
    kept: list[str] = []
    room = _MOST_CHARACTERS
    for part in parts[:_MOST_TEXTS]:
        room -= len(part) + len(joint)
        if room < 0:
            break
        kept.append(part)
    if not kept and parts:
        kept.append(parts[0][:_MOST_CHARACTERS])
    left = len(parts) - len(kept)
    return joint.join([*kept, f"and {left} more {noun}"] if left else kept)


def _quoted(text: str) -> str:
    return '"' + " ".join(text.split()) + '"'


def _clause(text: TextFact, facts: Facts) -> str:
    left, top, right, bottom = text.bbox
    across = min(2, max(0, int(3 * (left + right) / 2 / facts.width)))
    down = min(2, max(0, int(3 * (top + bottom) / 2 / facts.height)))
    letters = f"{_KINDS.get(text.category, text.category)} letters".lstrip()
    drawn = f"{text.color_name} {letters}".lstrip()
    return f"{_quoted(text.text)} in {drawn} at the {_ROWS[down][across]}"
