"""The words and sentences of the languages that come with the toolkit, read from `texts/lexicon`.

A language is one text file of sections: `[words]` (parted by spaces), `[sentences]` (one a line)
and any number of phrase lists (parted by `|`) under names of their own. A sentence names the lists
it draws from in braces; `{Who}` draws from `who` with a capital letter. Phrases agree with every
sentence that names them: that is the writer's care, so that no grammar has to run here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from glyphdata.scene.rng import Rng

Language = Literal[
    "ar", "cs", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru",
    "th", "tr", "uk", "vi", "zh",
]  # fmt: skip
"""A language with a lexicon, as its BCP 47 tag."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Every language with a lexicon, in the order of their tags."""

_UNSPACED = {"ja": "", "zh": "", "th": ""}
_PAUSES = {"ja": "", "zh": ""}
_SLOT = re.compile(r"\{(\w+)\}")
_HOURS = tuple(f"{hour}:{minute:02d}" for hour in range(6, 24) for minute in range(0, 60, 5))
_COUNTED = {
    # Numerals from 5 to 20 ask for one and the same plural in every language here.
    "n": tuple(str(number) for number in range(5, 21)),
    "year": tuple(str(year) for year in range(1900, 2031)),
    "hour": _HOURS,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with open places: a pattern for `str.format`, and the phrases for each place."""

    pattern: str
    slots: tuple[tuple[str, ...], ...]

    def said(self, rng: Rng) -> str:
        """The sentence with a phrase drawn for every place."""
        return self.pattern.format(*[slot[rng.integer(0, len(slot))] for slot in self.slots])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its words as written, capitalised and in capitals, and its sentences.

    `space` stands between words, `pause` between sentences.
    """

    language: Language
    words: tuple[str, ...]
    titles: tuple[str, ...]
    capitals: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    space: str
    pause: str


def capitalised(text: str, language: str) -> str:
    """The text with its first letter raised as the language does it (Turkish İ, Dutch IJ)."""
    if language == "nl" and text.startswith("ij"):
        return "IJ" + text[2:]
    return in_capitals(text[:1], language, bare=False) + text[1:]


def in_capitals(text: str, language: str, *, bare: bool = True) -> str:
    """The text in capitals; Greek ones without accents (`bare`), as they are set."""
    if language == "tr":
        text = text.replace("i", "İ")
    if language == "el" and bare:
        parted = unicodedata.normalize("NFD", text.upper())
        return unicodedata.normalize("NFC", parted.replace("\u0301", ""))
    return unicodedata.normalize("NFC", text.upper())


def _sections(text: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[] "), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


def _sentence(line: str, phrases: dict[str, tuple[str, ...]], language: str) -> Sentence:
    slots = []
    for name in _SLOT.findall(line):
        slot = phrases[name if name in phrases else name.lower()]
        if name not in phrases:
            slot = tuple(capitalised(phrase, language) for phrase in slot)
        slots.append(slot)
    return Sentence(_SLOT.sub("{}", line), tuple(slots))


@lru_cache(maxsize=len(LANGUAGES))
def lexicon(language: Language) -> Lexicon:
    """The lexicon of a language, read once a process."""
    source = files("glyphdata.parts") / "texts" / "lexicon" / f"{language}.txt"
    sections = _sections(unicodedata.normalize("NFC", source.read_text(encoding="utf-8")))
    words = tuple(dict.fromkeys(" ".join(sections.pop("words")).split()))
    lines = sections.pop("sentences")
    phrases = _COUNTED | {
        name: tuple(phrase.strip() for line in body for phrase in line.split("|") if phrase.strip())
        for name, body in sections.items()
    }
    return Lexicon(
        language,
        words,
        tuple(capitalised(word, language) for word in words),
        tuple(in_capitals(word, language) for word in words),
        tuple(_sentence(line, phrases, language) for line in lines),
        _UNSPACED.get(language, " "),
        _PAUSES.get(language, " "),
    )
