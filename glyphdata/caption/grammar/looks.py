"""How one text looks, in words that need no choice."""

from __future__ import annotations

from collections.abc import Sequence

from glyphdata.caption.facts import TextFact
from glyphdata.caption.grammar.vocabulary import (
    EFFECTS,
    LANGUAGES,
    SCRIPTS,
    basic_color,
    color_name,
    number,
    typeface,
)


def article(noun: str) -> str:
    """A noun with `a` or `an` before it, as its first word sounds."""
    first = noun.split(" ", 1)[0].lower()
    if first[:1].isdigit():
        sounded = first.startswith("8") or first in ("11", "18")
    else:
        sounded = first[:1] in "aeiou" and not first.startswith(("uni", "one", "eu", "use"))
    return f"{'an' if sounded else 'a'} {noun}"


def plain(name: str) -> str:
    """A name from elsewhere as words on one line: of a family, a kind, an effect."""
    return " ".join(name.replace("_", " ").replace("\0", " ").split())


def listed(items: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def color(text: TextFact) -> str:
    """The ink's spoken name; empty where it is not known."""
    return color_name(text.color_name, text.color) if text.inked else ""


def basic(text: TextFact) -> str:
    """The ink's basic colour; empty where it is not known."""
    return basic_color(text.color) if text.inked else ""


def inked(said: str, color: str) -> str:
    """What is said of a text, and its colour where that is known: `"A" in white`."""
    return f"{said} in {color}" if color else said


def turned(text: TextFact, *, exact: bool) -> str:
    """How a text is turned: in degrees, or which way; empty where it is straight."""
    degrees = round(abs(text.angle_deg))
    way = "clockwise" if text.angle_deg > 0 else "counterclockwise"
    if degrees == 0 or (degrees < 3 and not exact):
        return ""
    if degrees == 180:
        return "turned upside down"
    if exact:
        return f"turned {degrees} degree{'' if degrees == 1 else 's'} {way}"
    if degrees < 20:
        return f"tilted slightly {way}"
    return f"turned {way}" if degrees > 60 else f"tilted {way}"


def tongue(text: TextFact, *, exact: bool) -> str:
    """`in Hindi (Devanagari script)`; empty for English, and for Latin letters where only the
    script counts."""
    language = LANGUAGES.get(text.language, "") if text.language != "en" else ""
    script = "" if text.script in ("latin", "common") else SCRIPTS.get(text.script, ("",))[0]
    if not exact:
        return f"in {script}" if script else ""
    if script and language and not script.startswith(language):
        return f"in {language} ({script})"
    return f"in {script or language}" if script or language else ""


def effects(text: TextFact) -> str:
    """`with a drop shadow and an outline`; empty where the letters are plain."""
    named = [
        EFFECTS[one][0] if one in EFFECTS else article(f"{plain(one)} effect")
        for one in text.effects
    ]
    return f"with {listed(named)}" if named else ""


def run(text: TextFact, *, exact: bool) -> str:
    """How a text runs, where that is worth saying: in columns, on several lines, or bent."""
    count = number(text.lines)
    if text.direction == "ttb":
        return "set vertically" if text.lines == 1 else f"set vertically in {count} columns"
    if text.lines == 1:
        return _bent(text, exact=exact)
    aligned = {"left": "aligned left", "right": "aligned right", "center": "centered"}
    if not exact or text.align not in aligned:
        return f"on {count} lines"
    return f"on {count} lines, {aligned[text.align]}"


def _bent(text: TextFact, *, exact: bool) -> str:
    degrees = round(abs(text.bend_deg))
    if degrees < 5:
        return ""
    curve = "bent into an arch" if text.bend_deg > 0 else "bent into a hollow"
    return f"{curve} of {degrees} degrees" if exact else curve


def details(text: TextFact, *, exact: bool) -> list[str]:
    """Lines, turn, language, direction and effects, as far as there is something to say."""
    found = (
        run(text, exact=exact),
        turned(text, exact=exact),
        tongue(text, exact=exact),
        "read from right to left" if exact and text.direction == "rtl" else "",
        effects(text),
    )
    return [one for one in found if one]


def length(text: TextFact, *, exact: bool) -> int:
    """The most words that the grammar takes to tell a text in full, without those quoted."""
    named = len(color(text).split()) + len(typeface(text).split())
    named += sum(len(one.split()) for one in details(text, exact=exact))
    if not exact:
        return 14 + named
    return 28 + named + max(len(text.family.split()) + len(text.style.split()), 3)
