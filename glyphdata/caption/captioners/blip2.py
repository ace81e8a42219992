"""BLIP-2: small and quick, good for one short sentence about the scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.captioners._local import Local


@dataclass(frozen=True, slots=True, kw_only=True)
class Blip2(Local):
    """What BLIP-2 (OPT, Flan-T5) sees in a picture, in a short sentence: best at level 5.

    It writes on from a beginning (`a photo of`), or answers `Question: … Answer:`; instructions it
    does not follow, and small texts it does not read.
    """

    max_new_tokens: Annotated[int, Field(ge=1, le=4096)] = 48

    kind: ClassVar[Literal["llava", "blip2"]] = "blip2"

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """The model's answers, in order; loads and tests it if `check` has not yet."""
        return self._answers(asked)
