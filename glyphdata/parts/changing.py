"""How an edit comes to be: tried a few times, and given only where it is what it says.

Whatever a kind proposes passes one gate: the text differs, can be read, and falls into the very
clusters that were meant; what came is drawn by the face; and the edit alone leads there and back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, NamedTuple

from glyphdata.errors import InputError, Rejection
from glyphdata.parts.lookalikes import look_the_same
from glyphdata.parts.phrase import (
    Phrase,
    edited,
    is_ideographic,
    runs_together,
    segmented,
    undone,
)
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

_TRIES = 64
_IDEOGRAPHIC_KINDS = ("repeat", "drop", "lookalike")
"""What can be made of a text in Han or kana: its characters are words, and any two chosen at
random differ so much that telling them apart teaches nothing (Glyph-ByT5-v2 restricts them so)."""

_SPOKEN = re.compile(r"[^\W_]")


class Change(NamedTuple):
    """The clusters `start` to `end` of a phrase give way to those that `come`.

    `word` is the word that changes first, and None where the edit is one of characters.
    """

    start: int
    end: int
    come: tuple[str, ...]
    word: int | None = None


def made(
    kind: str,
    phrase: Phrase,
    draws: Callable[[str], bool],
    propose: Callable[[], Change | None],
) -> Edit:
    """The first of a few proposals that is sound; `Rejection("no-edit")` where none is."""
    if kind in _IDEOGRAPHIC_KINDS or not is_ideographic(phrase.text, phrase.language):
        for _ in range(_TRIES):
            change = propose()
            if change is not None:
                edit = _sound(kind, phrase, change, draws)
                if edit is not None:
                    return edit
    raise Rejection(
        "no-edit",
        f"no {kind} can be made of {phrase.text[:40]!r}",
        hint="ask for other kinds of edits beside it",
    )


def visible(cluster: str) -> bool:
    """Is it a letter, digit or sign that shows, not white space or a control?"""
    char = cluster[0]
    if char.isascii():
        return " " < char < "\x7f"
    return char.isalnum() or unicodedata.category(char)[0] in "LNPS"


def any_visible(rng: Rng, phrase: Phrase) -> int | None:
    """A cluster that shows, each as likely; None where one is hard to find."""
    count = len(phrase.clusters)
    for _ in range(_TRIES if count else 0):
        at = rng.integer(0, count)
        if visible(phrase.clusters[at]):
            return at
    return None


def any_word(rng: Rng, phrase: Phrase) -> int | None:
    """A word that shows, each as likely; None where one is hard to find."""
    if not phrase.words:
        return None
    word = rng.integer(0, len(phrase.words))
    start, end = phrase.words[word]
    return word if any(map(visible, phrase.clusters[start:end])) else None


def gap(phrase: Phrase, word: int) -> tuple[str, ...]:
    """What parts a word from another put beside it: a space, but in Thai and its like nothing."""
    start, end = phrase.words[word]
    return () if runs_together("".join(phrase.clusters[start:end])) else (" ",)


def with_gap(phrase: Phrase, start: int, end: int) -> tuple[int, int]:
    """Clusters `start` to `end`, and the white space on one side of them if there is some on both.

    The ends of the text count as such. Of two gaps the one goes that ends no line, else the
    shorter, else the one after.
    """
    clusters = phrase.clusters
    first, last = start, end
    while first > 0 and clusters[first - 1].isspace():
        first -= 1
    while last < len(clusters) and clusters[last].isspace():
        last += 1
    if first == 0:
        return start, last
    if last == len(clusters):
        return first, end
    if first == start or last == end:
        return start, end
    before, after = "".join(clusters[first:start]), "".join(clusters[end:last])
    return (first, end) if _weight(before) < _weight(after) else (start, last)


def _weight(gap: str) -> tuple[int, int]:
    """How much stands to be lost with some white space: line ends, then width."""
    return len(f"{gap}.".splitlines()), len(gap)


def _sound(kind: str, phrase: Phrase, change: Change, draws: Callable[[str], bool]) -> Edit | None:
    """The change as an edit, if it keeps every promise."""
    start, end, come, word = change
    gone, after = phrase.clusters[start:end], "".join(come)
    before = "".join(gone)
    if look_the_same(before, after) or not any(map(visible, gone + come)):
        return None
    if after and not draws(after):
        return None
    unit: Literal["char", "word"] = "char" if word is None else "word"
    edit = Edit(kind, unit, start if word is None else word, before, after)
    try:
        text = edited(phrase, edit)
    except InputError:  # between two words stands what is none: its place cannot be told by them
        return None
    if not _speaks(text, phrase.text) or _same_words(text, phrase.text, before, after):
        return None
    if not (text.isascii() and "\r" not in text):
        meant = (*phrase.clusters[:start], *come, *phrase.clusters[end:])
        if segmented(text) != meant:
            return None
        if word is not None and not _comes_back(text, phrase, edit):
            return None
    return edit


def _comes_back(text: str, phrase: Phrase, edit: Edit) -> bool:
    """Does the edit lead back? A dictionary may cut anew the words that its place is counted in."""
    try:
        return undone(Phrase.of(text, phrase.language), edit) == phrase.text
    except InputError:
        return False


def _speaks(text: str, original: str) -> bool:
    """Is anything left to read: a letter or digit, or a sign where there was nothing else?"""
    if _SPOKEN.search(text):
        return True
    return bool(text.strip()) and not _SPOKEN.search(original)


def _same_words(text: str, original: str, before: str, after: str) -> bool:
    """Are the texts the same but for white space and the spelling of composed characters?"""
    if "".join(before.split()) == "".join(after.split()):
        return True
    if text.isascii() and original.isascii():
        return False
    return _composed(text) == _composed(original)


def _composed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())
