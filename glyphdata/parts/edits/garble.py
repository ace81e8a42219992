"""A whole word garbled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_word, made, visible
from glyphdata.parts.edits._letters import addition, has_small_letters, replacement
from glyphdata.parts.fields import Unit, UnitSpan
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Garble:
    """A word garbled: some of its characters replaced, repeated, dropped, or others put in.

    Example: hello brave world -> hello bdavee world

    `share` is how many changes it gets for each of its characters, at least one; `signs` is how
    often a digit or sign comes where a letter might.
    """

    share: UnitSpan = (0.0, 1.0)
    signs: Unit = 0.1

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text that has no words."""
        small = has_small_letters(phrase.text)

        def propose() -> Change | None:
            word = any_word(rng, phrase)
            if word is None:
                return None
            start, end = phrase.words[word]
            changes = max(1, int((end - start) * rng.uniform(*self.share)))
            come = self._garbled(rng, phrase, start, end, small, changes)
            return Change(start, end, come, word) if come else None

        return made("garble", phrase, draws, propose)

    def _garbled(
        self, rng: Rng, phrase: Phrase, start: int, end: int, small: bool, changes: int
    ) -> tuple[str, ...]:
        """The word changed at so many of its characters, each of them once."""
        places = range(start, end)
        chosen = set(places) if changes >= len(places) else set(rng.shuffled(places)[:changes])
        out: list[str] = []
        for at in places:
            old = phrase.clusters[at]
            if at not in chosen or not visible(phrase.clusters[at]):
                out.append(old)
                continue
            out += self._changed(rng, phrase, at, small)
        return tuple(out)

    def _changed(self, rng: Rng, phrase: Phrase, at: int, small: bool) -> list[str]:
        """What stands in place of one character: nothing, another, more of it, or one before it."""
        old, deed = phrase.clusters[at], rng.integer(0, 4)
        if deed == 0:
            return []
        if deed == 1:
            return [old] * rng.integer(2, 4)
        if deed == 2:
            return [replacement(rng, phrase, at, small, self.signs) or old]
        new = addition(rng, phrase, at, small, self.signs)
        return [old] if new is None else [new, old]
