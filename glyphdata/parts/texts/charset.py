"""Random strings over a set of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from glyphdata.errors import InputError
from glyphdata.parts import Passage
from glyphdata.parts.alphabets import LANGUAGES, alphabet
from glyphdata.parts.fields import Share, pair, rising
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

Length = Annotated[int, Field(ge=1, le=64)]
Count = Annotated[int, Field(ge=1, le=20)]


def _known(name: str) -> str:
    alphabet(name)
    return name


@dataclass(frozen=True, slots=True)
class Charset:
    """Random strings over a named set of characters, or over characters of your own.

    Recipe: {kind: charset, alphabet: ascii_letters, length: [1, 12]}

    `alphabet` is ascii_letters, digits, latin, greek, cyrillic, arabic, hebrew, devanagari, thai,
    han, kanji, kana, hangul, or the characters themselves; `length` counts graphemes; `count` is
    how many strings a sentence-level text has, parted by spaces.
    """

    alphabet: Annotated[str, AfterValidator(_known)] = "ascii_letters"
    length: Annotated[tuple[Length, Length], pair, rising] = (1, 12)
    count: Annotated[tuple[Count, Count], pair, rising] = (2, 5)
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its set made; `InputError` where `alphabet` names nothing to draw."""
        try:
            alphabet(self.alphabet)
        except ValueError as fault:
            raise InputError(str(fault)) from None
        return self

    def levels(self) -> Sequence[Level]:
        """One string, or several."""
        return ("word", "sentence")

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One string, or at any other level `count` of them; every grapheme as likely."""
        signs = alphabet(self.alphabet)
        words = 1 if level == "word" else rng.integer(self.count[0], self.count[1] + 1)
        text = " ".join([self._string(rng, signs) for _ in range(words)])
        # Neighbours drawn apart may compose (jamo), and what is drawn is always NFC.
        return Passage(unicodedata.normalize("NFC", text), LANGUAGES.get(self.alphabet, "und"))

    def _string(self, rng: Rng, signs: tuple[str, ...]) -> str:
        length = rng.integer(self.length[0], self.length[1] + 1)
        return "".join([signs[rng.integer(0, len(signs))] for _ in range(length)])
