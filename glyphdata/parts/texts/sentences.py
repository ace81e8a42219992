"""Sentences of a language, from patterns with open places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from glyphdata.parts import Passage
from glyphdata.parts.fields import Share
from glyphdata.parts.lexicon import Language, lexicon
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level


@dataclass(frozen=True, slots=True)
class Sentences:
    """Everyday sentences of a language, with its punctuation and capitals.

    Recipe: {kind: sentences, language: ar}
    """

    language: Language = "en"
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its patterns read."""
        lexicon(self.language)
        return self

    def levels(self) -> Sequence[Level]:
        """Sentences alone."""
        return ("sentence",)

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One sentence: 4 to 21 words, 8 to 35 characters in Chinese and Japanese."""
        return Passage(rng.pick(lexicon(self.language).sentences).said(rng), self.language)
