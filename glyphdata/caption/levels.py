"""The six levels of detail, the words each may have, and what people call them.

From fine detail (1) to coarse concept (6), as Playground v3 captions its pictures (arXiv
2409.10695); it publishes no lengths, so the budgets are ours. What a coarse level says, every finer
one implies.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from glyphdata.caption.record import LEVELS

__all__ = ["BUDGETS", "GOALS", "LEVELS", "NAMES", "words"]

BUDGETS: Mapping[int, int] = MappingProxyType({1: 220, 2: 100, 3: 50, 4: 25, 5: 15, 6: 7})
"""The most words that a caption of a level may have."""

GOALS: Mapping[int, int] = MappingProxyType({1: 80, 2: 40, 3: 25, 4: 12, 5: 8, 6: 2})
"""The fewest words that a level is meant to have; a scene with little to say stays below."""

NAMES: Mapping[str, int] = MappingProxyType({"short": 5, "descriptive": 2})
"""The two captions of DALL-E 3 (main subject only; everything that is seen) as levels."""


def words(text: str) -> int:
    """How many words a caption has: what stands between blanks.

    A quoted text that is written without blanks (Chinese, Japanese, Thai) counts as one.
    """
    return len(text.split())
