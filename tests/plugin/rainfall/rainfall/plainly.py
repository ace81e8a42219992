"""Few words: how many texts there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glyphdata.caption.captioner import Answer, Asked, Fault


@dataclass(frozen=True, slots=True)
class Plainly:
    """How many texts there are, and nothing else.

    `what` is the word for a text.
    """

    what: str = "text"

    @property
    def needs_picture(self) -> bool:
        """The facts are enough."""
        return False

    def recipe(self) -> Mapping[str, object]:
        """All that can change its words."""
        return {"kind": "plainly", "what": self.what}

    def check(self) -> None:
        """Nothing has to be made ready."""

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """One short sentence for each."""
        return [Answer(f"A picture with {len(one.facts.texts)} {self.what}.") for one in asked]

    def close(self) -> None:
        """Nothing is held."""
