"""Where each glyph of a text stands in straight lines below one another."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.typeset import Floats, Ints, SetBox
from glyphdata.typeset import setting
from glyphdata.typeset.lines import stand_between_spaces
from glyphdata.typeset.lines import words as find_words
from glyphdata.typeset.measure import standing
from glyphdata.typeset.shape import reshaped
from glyphdata.typeset.shaped import Shaped, Wanted


def in_rows(
    shaped: Shaped,
    line_ends: tuple[int, ...],
    size_px: float,
    across: tuple[float, float],
    line_spacing: float,
) -> SetBox:
    """The glyphs of `shaped` at `size_px`, in lines that end at the bytes `line_ends`.

    `across` is the width of the frame in pixels and the share of a line's room that goes to its
    left. `InputError` where the line ends are not boundaries of clusters.
    """
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
        starts, shaped.first, shaped.hangs, wanted.data, words, line_ends, size_px, across,
        (shaped.ascent_em, shaped.descent_em), line_spacing, int(wanted.direction == "rtl"),
        pens, table, spans, line_table, line_spans, rows, parts, part_spans,
    )  # fmt: skip
    if used < 0:
        _refuse(line_ends, len(wanted.data))
    return SetBox(
        face_token=wanted.face.token,
        size_px=size_px,
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


def _refuse(line_ends: tuple[int, ...], size: int) -> NoReturn:
    raise InputError(
        f"line ends {line_ends} do not break a text of {size} bytes between clusters",
        hint="break lines where `fit` or `wrap` says",
    )


def _in_lines(shaped: Shaped, line_ends: tuple[int, ...]) -> Floats:
    """`flat` of a text of mixed levels once its lines are known."""
    ends = np.unique(shaped.starts.searchsorted(line_ends))  # in order, lest they be at fault
    return standing(shaped, ends[(ends > 0) & (ends < len(shaped.starts))].astype(np.int32))
