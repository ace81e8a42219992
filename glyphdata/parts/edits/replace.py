"""One character replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_visible, made
from glyphdata.parts.edits._letters import has_small_letters, replacement
from glyphdata.parts.fields import Unit
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Replace:
    """One character replaced by another letter of its language.

    Example: Hello -> Hallo

    The letter has the script and the case of the one it replaces, a digit gives way to a digit;
    `signs` is how often a digit or sign stands where a letter might.
    """

    signs: Unit = 0.1

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text in Han or kana, or with nothing to change."""
        small = has_small_letters(phrase.text)

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            new = None if at is None else replacement(rng, phrase, at, small, self.signs)
            return None if at is None or new is None else Change(at, at + 1, (new,))

        return made("replace", phrase, draws, propose)
