"""Where each glyph of a box stands: lines set below one another, aligned in the box's frame."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, Ints, SetBox
from glyphdata.typeset import setting
from glyphdata.typeset.lines import words as find_words
from glyphdata.typeset.measure import line_edges, standing
from glyphdata.typeset.shape import reshaped
from glyphdata.typeset.shaped import Shaped

_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}


def place(shaped: Shaped, box: TextBox) -> SetBox:
    """The glyphs of `shaped` (the box's own text, shaped) in the frame of `box`, pixels, y down.

    Rows stand at the top of the frame, `line_spacing` line heights apart. Each line is aligned with
    its overhanging ink counted and the space at its end not; that space hangs, cut off at the
    frame. A text that `fit` found room for has all its ink in the frame. `InputError` where the
    box's line ends are not boundaries of clusters.
    """
    shaped = reshaped(shaped, box.line_ends)
    size, starts, first = box.size_px, shaped.starts, shaped.first
    ends = _cluster_ends(starts, box.line_ends, box.id)
    count, clusters = len(ends), len(starts) - 1
    rows = _rows(shaped, count, size, box.line_spacing)
    edge = line_edges(shaped, ends)
    pens, left, right = standing(shaped, ends)
    out_pens, spans = np.empty((len(shaped.glyphs), 2)), np.empty((clusters, 2))
    table, lines = np.empty((clusters, 3), np.int32), np.empty((count, 3))
    setting.lay(
        pens, left, right, shaped.advances, shaped.offsets, first, ends, edge, size, box.width_px,
        _SHARE[box.align], int(shaped.hangs.any()), rows, starts, out_pens, table, spans, lines,
    )  # fmt: skip
    words = find_words(shaped.text, shaped.wanted.data, shaped.wanted.language)
    most = len(words) + count
    parts, part_spans = np.empty((most, 3), np.int32), np.empty((most, 2))
    used = setting.reach(words, starts, first, ends, left, right, lines, size, parts, part_spans)
    return SetBox(
        face_token=shaped.wanted.face.token,
        size_px=size,
        glyphs=shaped.glyphs,
        pens=out_pens,
        glyph_clusters=shaped.glyph_clusters,
        clusters=table,
        cluster_spans=spans,
        words=parts[:used],
        word_spans=part_spans[:used],
        lines=_line_table(box.line_ends),
        line_spans=lines[:, :2],
        line_rows=rows,
    )


def _rows(shaped: Shaped, count: int, size: float, spacing: float) -> Floats:
    """Top, baseline and bottom of `count` lines."""
    height = shaped.line_height_em * size
    rows = np.empty((count, 3))
    rows[:, 0] = np.arange(count) * (height * spacing)
    rows[:, 1] = rows[:, 0] + shaped.ascent_em * size
    rows[:, 2] = rows[:, 0] + height
    return rows


def _line_table(line_ends: tuple[int, ...]) -> Ints:
    table = np.zeros((len(line_ends), 2), np.int32)
    table[:, 1] = line_ends
    table[1:, 0] = line_ends[:-1]
    return table


def _cluster_ends(starts: Ints, wanted: tuple[int, ...], box_id: int) -> Ints:
    size = int(starts[-1])
    if wanted == (size,):
        return np.array((len(starts) - 1,), np.int32)
    ends = starts.searchsorted(wanted).astype(np.int32)
    rising = all(a < b for a, b in pairwise(wanted))
    if not wanted or wanted[-1] != size or not rising or tuple(starts[ends].tolist()) != wanted:
        raise InputError(
            f"line ends {wanted} do not break box {box_id} between clusters of its {size} bytes",
            hint="break lines where `fit` or `wrap` says",
        )
    return ends
