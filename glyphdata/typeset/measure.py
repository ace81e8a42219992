"""How far each line reaches once the breaks are known, and in which visual order it stands."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from glyphdata.scene.typeset import Floats, Ints
from glyphdata.typeset.bidi import visual_order
from glyphdata.typeset.shaped import Shaped, rows_of, set_edges


def standing(shaped: Shaped, ends: Ints) -> Floats:
    """`flat` of `Shaped`, exact for lines that end before clusters `ends`."""
    if shaped.levels is None:
        return shaped.flat
    flat = shaped.flat.copy()
    rows_of(flat)[1] = _in_visual_order(shaped, shaped.levels, [0, *shaped.first[ends].tolist()])
    set_edges(flat, shaped.hangs, mixed=False)
    return flat


def _in_visual_order(shaped: Shaped, levels: Ints, glyph_ends: list[int]) -> Floats:
    pens = np.zeros(len(shaped.glyphs))
    base = int(shaped.wanted.direction == "rtl")
    along = shaped.along
    stops = along[:-1] + shaped.advances
    # What is left free stands behind each cluster as the paragraph runs, whatever way its own run.
    free = np.zeros(len(pens)) if shaped.spacing is None else shaped.spacing[shaped.glyph_clusters]
    for start, end in pairwise(glyph_ends):
        line = levels[start:end].copy()
        solid = np.flatnonzero(~shaped.hangs[start:end])
        line[int(solid[-1]) + 1 if solid.size else 0 :] = base  # L1: what hangs, hangs at the end
        cuts = [0, *(np.flatnonzero(np.diff(line)) + 1).tolist(), end - start]
        order = visual_order([int(line[cut]) for cut in cuts[:-1]])
        x = float(-along[start] if base else along[start])
        for run in reversed(order) if base else order:
            low, high = start + cuts[run], start + cuts[run + 1]
            width = float(along[high] - along[low])
            x -= width if base else 0.0
            if line[cuts[run]] % 2:
                pens[low:high] = x + (along[high] - stops[low:high])
            else:
                pens[low:high] = x + (along[low:high] - along[low])
            if line[cuts[run]] % 2 != base:
                pens[low:high] += free[low:high] if base else -free[low:high]
            x += 0.0 if base else width
    return pens
