"""Where each glyph of a box stands: lines set below one another, aligned in the box's frame."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, Ints, SetBox
from glyphdata.typeset import setting
from glyphdata.typeset.lines import stand_between_spaces
from glyphdata.typeset.lines import words as find_words
from glyphdata.typeset.measure import standing
from glyphdata.typeset.shape import reshaped
from glyphdata.typeset.shaped import Shaped, Wanted

_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}


def place(shaped: Shaped, box: TextBox) -> SetBox:
    """The glyphs of `shaped` (the box's own text, shaped) in the frame of `box`, pixels, y down.

    Rows stand at the top of the frame, `line_spacing` line heights apart. Each line is aligned with
    its overhanging ink counted and the space at its end not; that space hangs, cut off at the
    frame. A text that `fit` found room for has all its ink in the frame. `InputError` where the
    box's line ends are not boundaries of clusters.
    """
    line_ends = box.line_ends
    shaped = reshaped(shaped, line_ends)
    wanted, starts = shaped.wanted, shaped.starts
    glyphs, clusters, lines = len(shaped.glyphs), len(starts) - 1, len(line_ends)
    words, most = _words(wanted)
    pens, table = np.empty((glyphs, 2)), np.empty((clusters, 3), np.int32)
    spans, line_table = np.empty((clusters, 2)), np.empty((lines, 2), np.int32)
    line_spans, rows = np.empty((lines, 2)), np.empty((lines, 3))
    parts, part_spans = np.empty((most + lines, 3), np.int32), np.empty((most + lines, 2))
    used = setting.place(
        shaped.flat if shaped.levels is None else _in_lines(shaped, line_ends),
        starts, shaped.first, shaped.hangs, wanted.data, words, line_ends, box.size_px,
        (box.width_px, _SHARE[box.align]), (shaped.ascent_em, shaped.descent_em),
        box.line_spacing, int(wanted.direction == "rtl"),
        pens, table, spans, line_table, line_spans, rows, parts, part_spans,
    )  # fmt: skip
    if used < 0:
        _refuse(box, len(wanted.data))
    return SetBox(
        face_token=wanted.face.token,
        size_px=box.size_px,
        glyphs=shaped.glyphs,
        pens=pens,
        glyph_clusters=shaped.glyph_clusters,
        clusters=table,
        cluster_spans=spans,
        words=parts[:used],
        word_spans=part_spans[:used],
        lines=line_table,
        line_spans=line_spans,
        line_rows=rows,
    )


def _words(wanted: Wanted) -> tuple[Ints | None, int]:
    """The words' bytes, None for what stands between spaces; and how many there are at most."""
    if stand_between_spaces(wanted.text):
        return None, wanted.data.count(b" ") + 1
    words = find_words(wanted.text, wanted.data, wanted.language)
    return words, len(words)


def _refuse(box: TextBox, size: int) -> NoReturn:
    raise InputError(
        f"line ends {box.line_ends} do not break box {box.id} between clusters of its {size} bytes",
        hint="break lines where `fit` or `wrap` says",
    )


def _in_lines(shaped: Shaped, line_ends: tuple[int, ...]) -> Floats:
    """`flat` of a text of mixed levels once its lines are known."""
    ends = np.unique(shaped.starts.searchsorted(line_ends))  # in order, lest they be at fault
    return standing(shaped, ends[(ends > 0) & (ends < len(shaped.starts))].astype(np.int32))
