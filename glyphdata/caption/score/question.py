"""What a question about a picture is, and what may be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["yes", "no", "n/a"]
"""An answer from a caption alone; `n/a` where the caption does not say."""

CATEGORIES = (
    "general",
    "image type",
    "text",
    "color",
    "position",
    "relative position",
    "count",
    "entity size",
    "color palette",
    "font",
    "background",
)
"""The categories that are asked about. All but the last two are CapsBench's, of whose others truth
knows nothing (emotion, entity shape, proper noun, …)."""

Matter = Literal[
    "any", "image", "text", "color", "place", "relation", "count", "size", "ground", "font", "kind"
]
"""What a question asks after, as the parser tells it apart."""


@dataclass(frozen=True, slots=True)
class Question:
    """One yes/no question that truth answers.

    `id` is unique within its picture, `twin` the id of the question alike with the other answer.
    `parents` are the ids of questions that must be answered rightly for this one to count
    (Davidsonian scene graphs, arXiv 2310.18235). For the parser: `matter`, the boxes it is about
    (`refs`), and the `value` asked for, in the vocabulary's canonical words, or the text itself.
    """

    id: str
    category: str
    words: str
    answer: Literal["yes", "no"]
    twin: str
    parents: tuple[str, ...]
    matter: Matter
    refs: tuple[int, ...]
    value: str
