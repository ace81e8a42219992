"""Paragraphs of a language: several sentences in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from glyphdata.parts import Passage
from glyphdata.parts.fields import Share, pair, rising
from glyphdata.parts.lexicon import Language, lexicon
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

Count = Annotated[int, Field(ge=1, le=40)]
Length = Annotated[int, Field(ge=40, le=4000)]

# A Chinese or Japanese character says about what two and a half Latin ones do.
_DENSE = {"zh": (30, 180), "ja": (30, 180)}
_ROOM = 120  # no sentence is longer, so a range this wide can always be met


def _roomy(span: tuple[int, int]) -> tuple[int, int]:
    low, high = span
    if high - low < _ROOM:
        raise ValueError(
            f"[{low}, {high}] leaves no room for whole sentences; write [{low}, {low + _ROOM}]"
        )
    return span


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Paragraphs of a language: sentences in a row, no pattern twice running.

    Recipe: {kind: paragraphs, language: de, sentences: [2, 6], characters: [80, 450]}

    `characters` holds before `sentences` does: a sentence more where the text is still too short,
    one fewer where it would grow too long. Left out, it is 80 to 450, and 30 to 180 in Chinese and
    Japanese.
    """

    language: Language = "en"
    sentences: Annotated[tuple[Count, Count], pair, rising] = (2, 6)
    characters: Annotated[tuple[Length, Length], AfterValidator(_roomy)] | None = None
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source, its patterns read."""
        lexicon(self.language)
        return self

    def levels(self) -> Sequence[Level]:
        """Paragraphs alone."""
        return ("paragraph",)

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One paragraph, without line ends: breaking it into lines is the setting's work."""
        known = lexicon(self.language)
        patterns, pause = known.sentences, known.pause
        least, most = self.characters or _DENSE.get(self.language, (80, 450))
        wanted = rng.integer(self.sentences[0], self.sentences[1] + 1)
        at = rng.integer(0, len(patterns))
        text = patterns[at].said(rng)
        said = 1
        while said < wanted or len(text) < least:
            at = (at + rng.integer(1, len(patterns))) % len(patterns)  # never the same again
            longer = f"{text}{pause}{patterns[at].said(rng)}"
            if len(longer) > most and len(text) >= least:
                break
            text = longer
            said += 1
        return Passage(text, self.language)
