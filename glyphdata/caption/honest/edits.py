"""Changes to a caption: made together, from the last to the first, so that none moves another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from glyphdata.caption.record import Repair

_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)
_VOWEL = re.compile(r"[aeio8]|u(?!n[ai]|s[aeiu])|11\b|18\b", re.IGNORECASE)


class Edit(NamedTuple):
    """What stands from `start` to `end` (characters) becomes `words`; `what` as in `Repair`."""

    start: int
    end: int
    words: str
    what: str


def edited(text: str, edits: Iterable[Edit]) -> tuple[str, tuple[Repair, ...]]:
    """The text with the edits made; of two that overlap only the first one is."""
    parts: list[str] = []
    repairs: list[Repair] = []
    at = 0
    for edit in sorted(edits):
        if edit.start < at or text[edit.start : edit.end] == edit.words:
            continue
        parts += (text[at : edit.start], edit.words)
        repairs.append(Repair(edit.what, text[edit.start : edit.end].strip(), edit.words.strip()))
        at = edit.end
    return "".join(parts) + text[at:], tuple(repairs)


def reworded(text: str, start: int, end: int, words: str, what: str) -> Edit:
    """An edit that keeps a capital at the beginning and makes the article before it agree."""
    if text[start : start + 1].isupper() and not text[start : start + 2].isupper():
        words = words[:1].upper() + words[1:]
    article = _ARTICLE.search(text, max(0, start - 6), start)
    if article is None or not words[:1].isalnum():
        return Edit(start, end, words, what)
    right = "an" if _VOWEL.match(words) else "a"
    if article[1].istitle():
        right = right.title()
    return Edit(article.start(), end, right + article[2] + words, what)
