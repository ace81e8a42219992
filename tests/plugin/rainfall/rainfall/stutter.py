"""A letter said twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_visible, made
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Stutter:
    """One character said twice, a hyphen between.

    Example: Hello -> H-Hello
    """

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` where the face lacks a hyphen."""

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            return None if at is None else Change(at, at, (phrase.clusters[at], "-"))

        return made("stutter", phrase, draws, propose)
