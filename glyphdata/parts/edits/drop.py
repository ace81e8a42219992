"""One character left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_visible, made, with_gap
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Drop:
    """One character left out.

    Example: Hello -> Helo

    A word of one letter goes with the white space beside it, so that none is left dangling.
    """

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text that has but one character."""

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            return None if at is None else Change(*with_gap(phrase, at, at + 1), ())

        return made("drop", phrase, draws, propose)
