"""Where a caption quotes: what stands between quotation marks of any kind.

An apostrophe (`don’t`, `'90s`), an inch mark (`5"`) and a Hebrew abbreviation (`צה"ל`) are no
quotation marks. Of nested quotes only the outermost counts: its words hold the inner one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 2000
"""Characters that a quoted text may have; marks further apart do not belong together."""

PAIRS = {
    '"': ('"', "”"),
    "“": ("”", '"'),
    "„": ("“", "”", '"'),
    "”": ("”",),
    "«": ("»",),
    "»": ("«", "»"),
    "‹": ("›",),
    "›": ("‹", "›"),
    "「": ("」",),
    "『": ("』",),
    "《": ("》",),
    "〝": ("〟", "〞"),
    "＂": ("＂",),
    "‘": ("’", "'"),
    "‚": ("‘", "’"),
    "'": ("'", "’"),
    "`": ("`", "'"),
}
"""Opening marks with the marks that close them, the better one first."""

_TRIES = 16  # apostrophes within one quoted text
_OPENING = re.compile("[" + re.escape("".join(PAIRS)) + "]")
_SINGLE = frozenset("‘‚'`")
_SHORTENED = re.compile(r"['‘’](?:\d0s|tis\b|twas\b|em\b|til\b|cause\b|n['’])", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n\s*\n")
_REOPENS = {"「": "」", "『": "』", "《": "》", "“": "”", "«": "»", "‹": "›"}


class Quoted(NamedTuple):
    """A quoted text: `words` from `start` to `end`, its marks one character outside."""

    start: int
    end: int
    words: str


def quoted(text: str) -> tuple[Quoted, ...]:
    """The quoted texts of a caption, from left to right, outermost only; empty ones are none."""
    found: list[Quoted] = []
    at = 0
    while (mark := _OPENING.search(text, at)) is not None:
        start = mark.end()
        at = start
        if not _opens(text, mark.start()):
            continue
        end = _close(text, mark[0], start)
        if end is not None:
            at = end + 1
            if text[start:end].strip():
                found.append(Quoted(start, end, text[start:end]))
    return tuple(found)


def masked(text: str, spans: tuple[Quoted, ...], by: str = "\ufffc") -> str:
    """The text with the quoted words replaced by as many stand-ins: offsets stay what they are."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += (text[at : span.start], by * (span.end - span.start))
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def marks_for(words: str, opening: str, closing: str) -> tuple[str, str]:
    """Marks that the words may stand between; these ones, unless the words hold them themselves."""
    for pair in (
        (opening, closing),
        ('"', '"'),
        ("“", "”"),
        ("«", "»"),
        ("「", "」"),
        ("『", "』"),
    ):
        said = pair[0] + words + pair[1]
        if [(span.start, span.end) for span in quoted(said)] == [(1, len(said) - 1)]:
            return pair
    return opening, closing


def _opens(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not after or after.isspace():
        return mark in "«»‹›「『《" and bool(after.strip(" \n"))
    if mark in _SINGLE or mark in "”»›":
        return not (before.isalnum() or _SHORTENED.match(text, at))
    return mark != '"' or not (before.isdigit() or _gershayim(text, at))


def _close(text: str, mark: str, start: int) -> int | None:
    stop = min(len(text), start + LONGEST)
    blank = _BLANK_LINE.search(text, start, stop)
    if blank is not None:
        stop = blank.start()
    for closing in PAIRS[mark]:
        end = _closing(text, mark, closing, start, stop)
        if end is not None:
            return end
    return None


def _closing(text: str, mark: str, closing: str, start: int, stop: int) -> int | None:
    if _REOPENS.get(mark) == closing:
        return _level(text, mark, closing, start, stop)
    end = text.find(closing, start, stop)
    for _ in range(_TRIES):
        if end < 0 or _closes(text, mark, end, start):
            break
        end = text.find(closing, end + 1, stop)
    else:
        return None
    return end if end >= 0 else None


def _level(text: str, mark: str, closing: str, start: int, stop: int) -> int | None:
    """The mark that closes this one and not one that opens in between."""
    depth, at = 1, start
    first = -1
    while (end := text.find(closing, at, stop)) >= 0:
        first = end if first < 0 else first
        depth += text.count(mark, at, end) - 1
        if depth == 0:
            return end
        at = end + 1
    return first if first >= 0 else None


def _closes(text: str, mark: str, at: int, start: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark in _SINGLE:
        return at > start and not before.isspace() and not after.isalnum()
    return text[at] != '"' or not _gershayim(text, at)


def _gershayim(text: str, at: int) -> bool:
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(around) == 2 and all("א" <= letter <= "ת" for letter in around)
