"""LLaVA: models that follow instructions, asked level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.captioners._local import Local


@dataclass(frozen=True, slots=True, kw_only=True)
class Llava(Local):
    """What LLaVA (1.5, NeXT) sees in a picture, at the detail that is asked for.

    With `grounding` it is told the texts, or all that is known of them, and may repeat what cannot
    be seen; without, it says what it reads.
    """

    kind: ClassVar[Literal["llava", "blip2"]] = "llava"

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """The model's answers, in order; loads and tests it if `check` has not yet."""
        return self._answers(asked)
