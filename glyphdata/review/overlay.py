"""Labels drawn over their picture, thin and exact, for people to judge them by eye.

Every coordinate is drawn at its 1/16 px: a label's 0 is the edge of the first pixel, the drawing
library's is its centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.review.labels import Json, labels
from glyphdata.scene.sample import UNIT, BoxLabels, Sample
from glyphdata.scene.scene import Pixels
from glyphdata.scene.typeset import Ints

_SHIFT = UNIT.bit_length() - 1  # the drawing library counts in 1 / 2^shift of a pixel


class Pen(NamedTuple):
    """What one kind of label is drawn in."""

    name: str
    color: tuple[int, int, int]


BOX, LINE, WORD, CLUSTER, BASELINE = PENS = (
    Pen("box", (255, 0, 200)),
    Pen("line", (40, 120, 255)),
    Pen("word", (255, 150, 0)),
    Pen("cluster", (0, 200, 90)),
    Pen("baseline", (255, 40, 40)),
)
"""The pens, in the order that a legend lists them."""


def overlay(sample: Sample, *, scale: float = 1.0) -> Pixels:
    """A copy of the picture with its labels drawn in, `scale` times as large.

    Quads of boxes, lines, words and clusters, baselines, and the mask as a tint.
    """
    return _drawn(sample.pixels, sample.annotation.boxes, sample.mask, scale)


def overlay_record(
    pixels: Pixels,
    facts: Json,
    layout: Json,
    mask: NDArray[np.integer] | None = None,
    *,
    scale: float = 1.0,
) -> Pixels:
    """The same for a stored sample: its decoded picture, `json`, `layout.json` and mask.

    `InputError` where the labels cannot be read.
    """
    return _drawn(pixels, labels(facts, layout), mask, scale)


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """The picture `scale` times as large: pixels repeat when enlarged, and average when shrunk."""
    if scale == 1.0:
        return pixels
    how = cv2.INTER_NEAREST if scale > 1.0 else cv2.INTER_AREA
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    return cv2.resize(pixels, size, interpolation=how).astype(np.uint8, copy=False)


def _drawn(
    pixels: Pixels, boxes: Sequence[BoxLabels], mask: NDArray[np.integer] | None, scale: float
) -> Pixels:
    out = scaled(_tinted(pixels, mask), scale)
    for pen, shapes in (
        (CLUSTER, [box.cluster_quads for box in boxes]),
        (WORD, [box.word_quads for box in boxes]),
        (LINE, [box.line_quads for box in boxes]),
        (BOX, [box.quad[None] for box in boxes]),
        (BASELINE, [box.baselines for box in boxes]),
    ):
        _traced(out, shapes, pen, scale)
    return out


def _traced(out: Pixels, shapes: Sequence[Ints], pen: Pen, scale: float) -> None:
    """Draw rows of corners: closed where there are four of them, a stroke where there are two."""
    for rows in shapes:
        if not len(rows):
            continue
        corners = np.rint(rows.reshape(len(rows), -1, 2) * scale).astype(np.int32) - UNIT // 2
        closed = corners.shape[1] > 2
        cv2.polylines(out, list(corners), closed, pen.color, 1, cv2.LINE_AA, _SHIFT)


def _tinted(pixels: Pixels, mask: NDArray[np.integer] | None) -> Pixels:
    """A copy in which each cluster's pixels lean to a colour of their own."""
    out = pixels.copy()
    if mask is None:
        return out
    rows, columns = np.nonzero(mask)
    hues = _HUES[mask[rows, columns].astype(np.int64) % len(_HUES)]
    here = out[rows, columns].astype(np.uint16)
    out[rows, columns] = ((here + hues) // 2).astype(np.uint8)
    return out


def _wheel(count: int) -> NDArray[np.uint16]:
    """Strong hues whose neighbours lie far apart: steps of the golden section round the wheel."""
    turns = (np.arange(count) * 0.6180339887498949) % 1.0 * 6.0
    offsets = np.array([5.0, 3.0, 1.0])
    wave = np.abs((turns[:, None] + offsets) % 6.0 - 3.0) - 1.0
    hues: NDArray[np.uint16] = np.rint(np.clip(wave, 0.0, 1.0) * 255.0).astype(np.uint16)
    return hues


_HUES = _wheel(64)
