"""One word written several times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from glyphdata.parts.changing import Change, any_word, gap, made
from glyphdata.parts.fields import pair, rising
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

Times = Annotated[int, Field(ge=2, le=10)]


@dataclass(frozen=True, slots=True)
class RepeatWord:
    """One word written several times.

    Example: hello brave world -> hello brave brave brave world

    `times` is how often it stands there in all.
    """

    times: Annotated[tuple[Times, Times], pair, rising] = (2, 5)

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text that has no words."""
        low, high = self.times

        def propose() -> Change | None:
            word = any_word(rng, phrase)
            if word is None:
                return None
            start, end = phrase.words[word]
            once = phrase.clusters[start:end]
            more = (*gap(phrase, word), *once) * (rng.integer(low, high + 1) - 1)
            return Change(start, end, once + more, word)

        return made("repeat_word", phrase, draws, propose)
