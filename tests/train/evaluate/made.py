"""Boxes made up for the figures: facts that matter, and vectors with known cosines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glyphdata.train.batch import BoxFacts
from glyphdata.train.evaluate.vectors import Floats, Vectors


def fact(
    text: str = "word",
    member: int = 0,
    edits: tuple[str, ...] = (),
    key: str = "000000-0000",
    script: str = "latin",
    height_px: float = 20.0,
    color_token: int = 3,
) -> BoxFacts:
    return BoxFacts(
        key, 0, text, text, "word", "en", script, 7, color_token, edits, member, height_px, "black"
    )


def axes(count: int, width: int | None = None) -> Floats:
    """Unit vectors at right angles."""
    return np.eye(count, width or count, dtype=np.float32)


def boxes(
    pictures: Floats,
    texts: Floats,
    family: Sequence[int],
    facts: Sequence[BoxFacts] | None = None,
    alike: Sequence[int] | None = None,
) -> Vectors:
    """Vectors; without facts the members of a family are numbered in their order."""
    count = len(pictures)
    if facts is None:
        met: dict[int, int] = {}
        made = []
        for number, one in enumerate(family):
            member = met.get(one, 0)
            met[one] = member + 1
            made.append(fact(f"text {number}", member, ("replace",) if member else ()))
        facts = made
    return Vectors(
        pictures.astype(np.float32),
        texts.astype(np.float32),
        tuple(facts),
        np.array(family, np.int64),
        np.array(range(count) if alike is None else alike, np.int64),
    )
