"""Words of a language, alone or a few together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field

from glyphdata.parts import Passage
from glyphdata.parts.fields import Share, pair, rising
from glyphdata.parts.lexicon import Language, lexicon
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

Count = Annotated[int, Field(ge=1, le=20)]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a language: one at word level, a few side by side at sentence level.

    Recipe: {kind: words, language: en, count: [2, 5], case: mixed}

    `count` is how many words a sentence-level text has. `case` is how they are spelt: as `written`,
    with a capital (`title`), in capitals (`upper`), or `mixed` (three, one and one in five).
    """

    language: Language = "en"
    count: Annotated[tuple[Count, Count], pair, rising] = (2, 5)
    case: Literal["written", "title", "upper", "mixed"] = "mixed"
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its words read."""
        lexicon(self.language)
        return self

    def levels(self) -> Sequence[Level]:
        """A word, or a phrase of several."""
        return ("word", "sentence")

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One word, or at any other level `count` of them."""
        known = lexicon(self.language)
        look = rng.integer(0, 5)
        spelt = known.words
        if self.case == "title" or (self.case == "mixed" and look == 3):
            spelt = known.titles
        elif self.case == "upper" or (self.case == "mixed" and look == 4):
            spelt = known.capitals
        if level == "word":
            return Passage(spelt[rng.integer(0, len(spelt))], self.language)
        low, high = self.count
        drawn = [spelt[rng.integer(0, len(spelt))] for _ in range(rng.integer(low, high + 1))]
        return Passage(known.space.join(drawn), self.language)
