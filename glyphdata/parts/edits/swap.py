"""Two neighbours in each other's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_visible, made, visible
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Swap:
    """Two neighbouring characters of a word in each other's place.

    Example: Hello -> Hlelo
    """

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text in Han or kana, or one without a pair."""
        clusters = phrase.clusters

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            if at is None or at + 1 == len(clusters) or not visible(clusters[at + 1]):
                return None
            left, right = clusters[at], clusters[at + 1]
            return Change(at, at + 2, (right, left))

        return made("swap", phrase, draws, propose)
