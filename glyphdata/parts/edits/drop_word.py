"""Words left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from glyphdata.parts.changing import Change, made, with_gap
from glyphdata.parts.fields import pair, rising
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

Count = Annotated[int, Field(ge=1, le=20)]


@dataclass(frozen=True, slots=True)
class DropWord:
    """A word, or a few in a row, left out; never all.

    Example: hello brave world -> hello world

    `count` is how many; of a shorter text as many as leave one. White space goes with them, so
    that none is doubled or left dangling; a line end stays where it can.
    """

    count: Annotated[tuple[Count, Count], pair, rising] = (1, 4)

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text of fewer than two words."""
        words = len(phrase.words)
        low, high = (min(bound, words - 1) for bound in self.count)

        def propose() -> Change | None:
            if words < 2:
                return None
            count = rng.integer(low, high + 1)
            first = rng.integer(0, words - count + 1)
            start, end = phrase.words[first][0], phrase.words[first + count - 1][1]
            return Change(*with_gap(phrase, start, end), (), first)

        return made("drop_word", phrase, draws, propose)
