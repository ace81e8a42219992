"""One character written several times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from glyphdata.parts.changing import Change, any_visible, made
from glyphdata.parts.fields import pair, rising
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

Times = Annotated[int, Field(ge=2, le=20)]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One character written several times.

    Example: Hello -> Helllllo

    `times` is how often it stands there in all.
    """

    times: Annotated[tuple[Times, Times], pair, rising] = (2, 6)

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text where nothing shows."""
        low, high = self.times

        def propose() -> Change | None:
            at = any_visible(rng, phrase)
            if at is None:
                return None
            return Change(at, at + 1, (phrase.clusters[at],) * rng.integer(low, high + 1))

        return made("repeat", phrase, draws, propose)
