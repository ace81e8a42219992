"""Whether a character tower knows the characters of the texts that it read."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Characters:
    """Shares of characters, and of texts with all of them, that were told right."""

    accuracy: float
    texts: float
    boxes: int


class Spelled:
    """Counts over batches."""

    def __init__(self) -> None:
        self._right = self._asked = self._whole = self._boxes = 0

    def count(self, logits: Tensor, classes: Tensor) -> None:
        """Logits [B, C, classes] against true classes [B, C], 0 behind the end of a text."""
        there = classes > 0
        right = (logits.argmax(-1) == classes) & there
        known = there.any(1)
        self._right += int(right.sum())
        self._asked += int(there.sum())
        self._whole += int(((right == there).all(1) & known).sum())
        self._boxes += int(known.sum())

    @property
    def found(self) -> Characters | None:
        """The shares; None where no text was asked."""
        if not self._asked:
            return None
        return Characters(self._right / self._asked, self._whole / self._boxes, self._boxes)
