"""Words of a language, alone or a few together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field

from glyphdata.errors import InputError
from glyphdata.parts import Passage
from glyphdata.parts.fields import Share, pair, rising
from glyphdata.parts.lexicon import Language, lexicon
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

Count = Annotated[int, Field(ge=1, le=20)]
Length = Annotated[int, Field(ge=1, le=64)]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a language: one at word level, a few side by side at sentence level.

    Recipe: {kind: words, language: en, count: [2, 5], case: mixed}

    `count` is how many words a sentence-level text has. `case` is how they are spelt: as `written`,
    with a capital (`title`), in capitals (`upper`), or `mixed` (three, one and one in five).
    `characters` is how long a word may be.
    """

    language: Language = "en"
    count: Annotated[tuple[Count, Count], pair, rising] = (2, 5)
    case: Literal["written", "title", "upper", "mixed"] = "mixed"
    characters: Annotated[tuple[Length, Length], pair, rising] = (1, 64)
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its words read; `InputError` where none is of the length asked."""
        if not _words(self.language, "words", self.characters):
            low, high = self.characters
            raise InputError(
                f"no word of {self.language} has {low} to {high} characters",
                hint="widen `characters`",
            )
        return self

    def levels(self) -> Sequence[Level]:
        """A word, or a phrase of several."""
        return ("word", "sentence")

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One word, or at any other level `count` of them."""
        look = rng.integer(0, 5)
        spelling = "words"
        if self.case == "title" or (self.case == "mixed" and look == 3):
            spelling = "titles"
        elif self.case == "upper" or (self.case == "mixed" and look == 4):
            spelling = "capitals"
        spelt = _words(self.language, spelling, self.characters)
        if level == "word":
            return Passage(spelt[rng.integer(0, len(spelt))], self.language)
        low, high = self.count
        drawn = [spelt[rng.integer(0, len(spelt))] for _ in range(rng.integer(low, high + 1))]
        return Passage(lexicon(self.language).space.join(drawn), self.language)


@lru_cache(maxsize=256)
def _words(language: Language, spelling: str, characters: tuple[int, int]) -> tuple[str, ...]:
    """The words of a language in a spelling, those whose written form has so many characters."""
    known = lexicon(language)
    spelt: tuple[str, ...] = getattr(known, spelling)
    low, high = characters
    return tuple(
        word for plain, word in zip(known.words, spelt, strict=True) if low <= len(plain) <= high
    )
