"""Do scenes repeat? Which originals say the same, and which in the same faces and colours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.review.stats.making import Making
from glyphdata.review.stats.survey import originals, tally
from glyphdata.review.stats.values import Answer


class Twins:
    """How many originals share their texts with another, and how many their looks as well.

    Pictures without any text share none.
    """

    columns: tuple[str, ...] = ("variant", "text", "font_tokens", "color_tokens", "background")

    def __init__(self) -> None:
        self._seen: list[NDArray[np.int64]] = []

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows."""
        rows = originals(rows)
        rows = rows.filter(pc.not_equal(rows["text"], ""))  # pictures without any share nothing
        texts, fonts, inks, grounds = (rows[name].to_pylist() for name in self.columns[1:])
        # Equal values have equal hashes within a process, which is all that is asked of them.
        codes = [
            (hash(text), hash((text, *(font or ()))), hash((text, *(font or ()), *(ink or ()), on)))
            for text, font, ink, on in zip(texts, fonts, inks, grounds, strict=True)
        ]
        self._seen.append(np.array(codes, np.int64).reshape(-1, 3))

    def answers(self, making: Making) -> Iterator[Answer]:
        """A tally of originals by how much they share with another."""
        codes = np.concatenate(self._seen) if self._seen else np.zeros((0, 3), np.int64)
        if not len(codes):
            return
        shared = [_shared(codes[:, column]) for column in range(3)]
        text, faces, looks = (int(one.sum()) for one in shared)
        counts = {
            "alone with its texts": len(codes) - text,
            "texts of another": text - faces,
            "texts and faces of another": faces - looks,
            "texts, faces, colours and kind of ground of another": looks,
        }
        counts = {name: count for name, count in counts.items() if count}
        yield tally("twins", "What originals share with another", "originals", counts)


def _shared(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the codes occur more than once."""
    _, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    shared: NDArray[np.bool_] = counts[places] > 1
    return shared
