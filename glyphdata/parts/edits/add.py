"""Characters put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from glyphdata.parts.changing import Change, any_visible, made
from glyphdata.parts.edits._letters import addition, has_small_letters
from glyphdata.parts.fields import Unit, pair, rising
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

Count = Annotated[int, Field(ge=1, le=20)]


@dataclass(frozen=True, slots=True)
class Add:
    """A few letters of the language put in at one point of a word.

    Example: Hello -> Hemllo

    `count` is how many; they have script and case of their neighbours, beside digits they are
    digits. `signs` is how often one of them is a digit or sign where it might be a letter.
    """

    count: Annotated[tuple[Count, Count], pair, rising] = (1, 6)
    signs: Unit = 0.1

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text in Han or kana, or where nothing shows."""
        small = has_small_letters(phrase.text)
        low, high = self.count

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            if at is None:
                return None
            at += rng.integer(0, 2)
            count = rng.integer(low, high + 1)
            come = [addition(rng, phrase, at, small, self.signs) for _ in range(count)]
            # An alphabet that gives none gives none at all.
            return Change(at, at, tuple(one for one in come if one is not None))

        return made("add", phrase, draws, propose)
