"""Where boxes lie: how often their middles fall into each cell of the canvas."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glyphdata.review.stats.making import Making
from glyphdata.review.stats.survey import originals
from glyphdata.review.stats.values import Answer, Grid, Label

CELLS = 24
"""Rows and columns that the canvas is cut into, whatever its size."""


class Middles:
    """The middles of the boxes of originals; variants would count what their original has."""

    columns: tuple[str, ...] = ("variant", "width", "height", "bounds")

    def __init__(self) -> None:
        self._counts = np.zeros((CELLS, CELLS), np.int64)

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows; those of an index that knows no bounds say nothing."""
        rows = originals(rows)
        lengths = pc.fill_null(pc.list_value_length(rows["bounds"]), 0).to_numpy()
        bounds = pc.list_flatten(rows["bounds"]).to_numpy().astype(np.float64)
        if not len(bounds) or (lengths % 4).any():
            return
        of = np.repeat(np.arange(len(rows)), lengths // 4)
        middles = (bounds.reshape(-1, 2, 2).sum(axis=1)) / 2
        sides = np.column_stack([rows[name].to_numpy() for name in ("width", "height")])[of]
        places = np.clip(middles / sides * CELLS, 0, CELLS - 1).astype(np.int64)
        cells = places[:, 1] * CELLS + places[:, 0]
        self._counts += np.bincount(cells, minlength=CELLS * CELLS).reshape(CELLS, CELLS)

    def answers(self, making: Making) -> Iterator[Answer]:
        """A grid, seen as the canvas is: rows from the top, columns from the left."""
        total = int(self._counts.sum())
        if not total:
            return
        labels = tuple(Label(f"{100 * place / CELLS:.0f} %") for place in range(CELLS))
        yield Grid(
            name="middles",
            title="Where the middles of boxes lie",
            of="boxes of originals",
            rows=labels,
            columns=labels,
            counts=tuple(tuple(row) for row in self._counts.tolist()),
            total=total,
            occupied=float((self._counts > 0).mean()),
            expected=float(1 - np.exp(-total / CELLS**2)),
        )
