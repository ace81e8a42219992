"""Truth: captions from what is known of the scene, without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.grammar import digest, say
from glyphdata.errors import InputError


@dataclass(frozen=True, slots=True)
class Truth:
    """A seeded grammar says what is true: no model, and no mistake.

    Every caption is drawn from (seed, key, level, variant); another `variant` words all of them
    anew, and so does each further attempt at one.
    """

    seed: int = 0
    variant: int = 0

    @property
    def needs_picture(self) -> bool:
        """It looks at no picture."""
        return False

    def recipe(self) -> Mapping[str, object]:
        """The grammar's digest, and which of its captions."""
        return {
            "kind": "truth",
            "grammar": digest(),
            "seed": self.seed,
            "variant": self.variant,
        }

    def check(self) -> None:
        """Nothing has to be made ready."""

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """A true caption for each; a fault only where the sample's own prompt is broken."""
        return [self._one(one) for one in asked]

    def close(self) -> None:
        """Nothing is held."""

    def _one(self, asked: Asked) -> Answer | Fault:
        try:
            made = say(
                asked.facts, asked.level, asked.style, self.seed, self.variant + asked.attempt
            )
        except InputError as fault:
            return Fault("bad-facts", str(fault))
        spans = tuple((one.ref, one.start, one.end) for one in made.mentions)
        return Answer(made.text, spans=spans)
