"""A text cut into what can be changed of it, and the changes themselves, there and back."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Self

from icu4py.breakers import CharacterBreaker, WordBreaker

from glyphdata.errors import InputError
from glyphdata.scene.scene import Edit

# Characters that are graphemes of their own beside any others of them (UAX #29).
_ALONE = re.compile(
    "[ -\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u0620-\u064a\u0660-\u066f"
    "\u0671-\u06d4\u1e00-\u1fff\u2010-\u2027\u2030-\u203b\u3001-\u3029\u3041-\u3096\u30a0-\u30ff"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
_IDEOGRAPHIC = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U000323af]"
)
_IDEOGRAPHIC_LANGUAGES = ("zh", "ja", "yue")
# Thai, Lao, Burmese and Khmer put no space between words.
_DICTIONARY = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SPACED = re.compile(r"\S+")
_OPENING = ("Ps", "Pi")


def segmented(text: str) -> tuple[str, ...]:
    """The extended grapheme clusters of a text (UAX #29), in order; joined they are the text."""
    if _ALONE.fullmatch(text):
        return tuple(text)
    return tuple(CharacterBreaker(text, "en"))


def is_ideographic(text: str, language: str) -> bool:
    """Is the text written as Chinese and Japanese are: with Han or kana, without word spaces?"""
    if language.partition("-")[0] in _IDEOGRAPHIC_LANGUAGES:
        return True
    return not text.isascii() and _IDEOGRAPHIC.search(text) is not None


def runs_together(text: str) -> bool:
    """Does the text hold letters of a script that puts no space between its words, as Thai?"""
    return not text.isascii() and _DICTIONARY.search(text) is not None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in a language (BCP 47), its grapheme clusters, and its words as spans of these.

    A word is what stands between white space, in Thai and its like a dictionary's word with the
    punctuation after it; a text in Han or kana has none. `clusters` joined are `text`.
    """

    text: str
    language: str
    clusters: tuple[str, ...]
    words: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, language: str) -> Self:
        """The phrase of a text."""
        clusters = segmented(text)
        if is_ideographic(text, language):
            return cls(text, language, clusters, ())
        spans = [found.span() for found in _SPACED.finditer(text)]
        if runs_together(text):
            spans = _by_dictionary(text, language, spans)
        if len(clusters) == len(text):
            return cls(text, language, clusters, tuple(spans))
        return cls(text, language, clusters, tuple(_in_clusters(clusters, spans)))


def _by_dictionary(text: str, language: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans cut further where a dictionary's words meet."""
    ends = accumulate(map(len, WordBreaker(text, language or "th")))
    cuts = [end for end in ends if 0 < end < len(text) and _parts_words(text, end)]
    out = []
    for start, end in spans:
        bounds = [start, *cuts[bisect_left(cuts, start + 1) : bisect_left(cuts, end)], end]
        out += list(pairwise(bounds))
    return out


def _parts_words(text: str, at: int) -> bool:
    """Does a boundary of ICU part two words here, rather than a word from its punctuation?"""
    before, after = text[at - 1], text[at]
    if unicodedata.category(before) in _OPENING:
        return False
    if not (after.isalnum() or unicodedata.category(after) in _OPENING):
        return False
    return _DICTIONARY.search(text[max(at - 3, 0) : at + 1]) is not None


def _in_clusters(
    clusters: tuple[str, ...], spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Spans of characters as spans of clusters; one that a span ends or starts in ends it."""
    ends = list(accumulate(map(len, clusters), initial=0))
    for start, end in spans:
        first, last = bisect_left(ends, start), bisect_left(ends, end)
        if first < last:
            yield first, last


def edited(phrase: Phrase, edit: Edit) -> str:
    """The text after the edit; `InputError` where `before` does not stand at its place.

    An edit of characters starts at the cluster `position`. One of words starts where the word
    `position` starts, or where the word before it ends if what goes or comes opens with white
    space, or if there is no such word.
    """
    return _exchanged(phrase, edit, edit.before, edit.after)


def undone(phrase: Phrase, edit: Edit) -> str:
    """The text before the edit, from the phrase after it; `InputError` where it does not fit."""
    return _exchanged(phrase, edit, edit.after, edit.before)


def _exchanged(phrase: Phrase, edit: Edit, old: str, new: str) -> str:
    text, clusters = phrase.text, phrase.clusters
    first = _first_cluster(phrase, edit)
    start = first if len(clusters) == len(text) else len("".join(clusters[:first]))
    if not text.startswith(old, start):
        raise InputError(
            f"{old!r} does not stand at {edit.unit} {edit.position} of {text[:60]!r}",
            hint="an edit belongs to the one text it was made for",
        ).inside(edit.kind)
    return text[:start] + new + text[start + len(old) :]


def _first_cluster(phrase: Phrase, edit: Edit) -> int:
    """The cluster that an edit starts at; `InputError` where there is none."""
    at, words = edit.position, phrase.words
    if edit.unit == "char":
        if 0 <= at <= len(phrase.clusters):
            return at
    else:
        trails = (edit.before or edit.after)[:1].isspace() or at == len(words)
        if trails and 1 <= at <= len(words):
            return words[at - 1][1]
        if not trails and 0 <= at < len(words):
            return words[at][0]
    raise InputError(
        f"there is no {edit.unit} {at} in {phrase.text[:60]!r}",
        hint="an edit belongs to the one text it was made for",
    ).inside(edit.kind)
