"""HarfBuzz's answer about a run of text, read out as arrays in font units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import uharfbuzz as hb

from glyphdata.scene.typeset import Floats, Ints
from glyphdata.typeset import setting

_NONE = np.empty(0, np.int32)


class Answer(NamedTuple):
    """What HarfBuzz made of a run, in its own order; the run's text begins at the byte `start`."""

    start: int
    infos: list[hb.GlyphInfo]
    positions: list[hb.GlyphPosition]
    level: int


class Glyphs(NamedTuple):
    """The glyphs of a run, or of all of them, in logical order."""

    infos: list[hb.GlyphInfo]
    glyphs: Ints
    clusters: Ints
    units: Floats  # n × 3: advance, offset to the right, offset up
    missing: int  # how many are glyph 0
    levels: list[tuple[int, int]]  # of each run, with the number of its glyphs


def read(answer: Answer) -> Glyphs:
    """The answer's glyphs in logical order."""
    start, infos, positions, level = answer
    backwards, count = level % 2, len(infos)
    glyphs, clusters = np.empty(count, np.int32), np.empty(count, np.int32)
    units = np.empty((count, 3))
    missing = setting.read(infos, positions, start, backwards, glyphs, clusters, units)
    ordered = infos[::-1] if backwards else infos
    return Glyphs(ordered, glyphs, clusters, units, missing, [(level, count)])


def read_column(answer: Answer) -> Glyphs:
    """The glyphs of a run that goes down, measured as `Shaped` has columns: down is right, right
    is up.
    """
    found = read(answer)
    for unit, position in zip(found.units, answer.positions, strict=True):
        unit[:] = -position.y_advance, -position.y_offset, position.x_offset
    return found


def joined(parts: Sequence[Glyphs]) -> Glyphs:
    """The glyphs of all runs, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Glyphs(
        [info for part in parts for info in part.infos],
        np.concatenate([_NONE, *(part.glyphs for part in parts)]),
        np.concatenate([_NONE, *(part.clusters for part in parts)]),
        np.concatenate([np.empty((0, 3)), *(part.units for part in parts)]),
        sum(part.missing for part in parts),
        [level for part in parts for level in part.levels],
    )
