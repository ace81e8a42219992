"""Where everything stands on the canvas: labels by arithmetic, not from pixels.

The two sums over arrays have a compiled twin (`_labels.c`), which gives the same numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glyphdata.compiled import compiled
from glyphdata.scene.sample import UNIT, BoxLabels
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, Ints, SetBox

Bytes = NDArray[np.uint8]


def annotate(
    box: TextBox,
    placed: SetBox,
    ink: Ints,
    held: Bytes,
    first_id: int,
    contrast: float,
    noise: float,
    signal: float,
) -> BoxLabels:
    """The labels of one box.

    `ink` (n × 4, pixels; right and bottom exclusive, all 0 without ink) is the visible ink of each
    glyph, `held` (n) tells which of them the mask still shows: a cluster that others hide wholly
    is as one without ink. `first_id` is the mask's value for the box's first cluster.
    """
    lines, words, clusters = len(placed.lines), len(placed.words), len(placed.clusters)
    quads = np.empty((1 + 2 * lines + words + clusters, 8), np.int32)
    numbered = np.empty((clusters, 4), np.int32)
    cluster_ink = np.empty((clusters, 4), np.int32)
    if _LABELS is None or placed.moved is not None:
        fill_quads(box, placed, quads)
    else:
        _LABELS.quads(
            box.place,
            box.width_px,
            box.height_px,
            _flat(placed.line_spans),
            _flat(placed.line_rows),
            _flat(placed.words),
            _flat(placed.word_spans),
            _flat(placed.clusters),
            _flat(placed.cluster_spans),
            quads,
        )
    if _LABELS is None:
        fill_ink(placed, ink, held, first_id, numbered, cluster_ink)
    else:
        owners, clusters_of = _flat(placed.glyph_clusters), _flat(placed.clusters)
        _LABELS.ink(owners, ink, held, clusters_of, first_id, numbered, cluster_ink)
    end = 1 + lines + words
    return BoxLabels(
        quad=quads[0],
        lines=placed.lines,
        line_quads=quads[1 : 1 + lines],
        baselines=quads[end + clusters :, :4],
        words=placed.words,
        word_quads=quads[1 + lines : end],
        clusters=numbered,
        cluster_quads=quads[end : end + clusters],
        ink=cluster_ink,
        contrast=contrast,
        noise=noise,
        signal=signal,
    )


_flat = np.ascontiguousarray
_LABELS = compiled("glyphdata.draw._labels")


def fill_quads(box: TextBox, placed: SetBox, out: Ints) -> None:
    """Write the quads of the box, its lines, words, clusters and baselines, in units."""
    if placed.moved is None:
        corners = _straight(box, placed, len(out))
    else:
        moved = placed.moved
        frame = np.array(box.frame)[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(1, 4, 2)
        ends = moved.baselines[:, (0, 1, 1, 0)]
        corners = np.concatenate((frame, moved.lines, moved.words, moved.clusters, ends))
    out[:] = np.rint(box.place.points(corners) * UNIT).reshape(len(out), 8)


def _straight(box: TextBox, placed: SetBox, count: int) -> Floats:
    """The corners of what stands in rows, in the box's frame (`count` × 4 × 2)."""
    rects = np.empty((count, 4))
    rects[0] = 0.0, 0.0, box.width_px, box.height_px
    rows = placed.line_rows
    at = 1
    for spans, line_of in (
        (placed.line_spans, slice(None)),
        (placed.word_spans, placed.words[:, 2]),
        (placed.cluster_spans, placed.clusters[:, 2]),
    ):
        part = rects[at : at + len(spans)]
        part[:, 0::2] = spans
        part[:, 1] = rows[line_of, 0]
        part[:, 3] = rows[line_of, 2]
        at += len(spans)
    rects[at:, 0::2] = placed.line_spans
    rects[at:, 1] = rects[at:, 3] = rows[:, 1]
    return rects[:, (0, 1, 2, 1, 2, 3, 0, 3)].reshape(count, 4, 2)


def fill_ink(
    placed: SetBox, ink: Ints, held: Bytes, first_id: int, numbered: Ints, cluster_ink: Ints
) -> None:
    """Write the union of the visible ink of each cluster's glyphs, in units, and its mask value."""
    count = len(cluster_ink)
    drawn = ink[:, 2] > 0
    boxes, owner = ink[drawn] * UNIT, placed.glyph_clusters[drawn]
    low = np.full((count, 2), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(low, owner, boxes[:, :2])
    cluster_ink[:] = 0
    np.maximum.at(cluster_ink[:, 2:], owner, boxes[:, 2:])
    inked = np.zeros(count, np.bool_)
    inked[placed.glyph_clusters[held > 0]] = True
    cluster_ink[inked, :2] = low[inked]
    cluster_ink[~inked] = 0
    numbered[:, :3] = placed.clusters
    numbered[:, 3] = np.where(inked, np.arange(first_id, first_id + count, dtype=np.int32), 0)
