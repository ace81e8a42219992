"""From a typeset scene to a sample: colour, layer, masks and ink in one pass of the kernel."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glyphdata.draw import kernel
from glyphdata.draw.annotate import Bytes, annotate, fill_matrices, values_of
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.color import contrast, luminance
from glyphdata.scene.sample import Annotation, BoxLabels, Sample
from glyphdata.scene.scene import Canvas, Pixels, Scene
from glyphdata.scene.typeset import Ints, SetBox, Typeset

NARROW = 255
"""Up to so many clusters in a picture its mask has 8 bits, beyond that 16."""


class Painter:
    """Draws typeset scenes, one after another, into buffers that it keeps.

    `threshold` is the coverage, 0 to 1, from which a pixel belongs to a cluster in the mask: a half
    tears thin faces, a quarter does not. `layer` and `box_mask` ask for those outputs too.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        outlines: Outlines,
        *,
        threshold: float,
        layer: bool = False,
        box_mask: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._outlines = outlines
        self._threshold = max(1, round(threshold * 255))
        self._wants = (layer, box_mask)
        self._canvas: Canvas | None = None
        self._drawn = 0, 0
        self._masks: tuple[NDArray[np.uint8], NDArray[np.uint16]]
        self._mask: NDArray[np.uint8] | NDArray[np.uint16]
        self._strength: NDArray[np.uint8]
        self._layer: Pixels | None = None
        self._box_mask: NDArray[np.uint8] | None = None

    def _ready(self, canvas: Canvas, clusters: int) -> None:
        """Buffers of that size, all zero; only rows that were drawn on are wiped."""
        top, bottom = self._drawn
        layer, box_mask = self._wants
        if canvas != self._canvas:
            shape = (canvas.height, canvas.width)
            self._canvas = canvas
            self._masks = (np.zeros(shape, np.uint8), np.zeros(shape, np.uint16))
            self._strength = np.zeros(shape, np.uint8)
            self._layer = np.zeros((*shape, 3), np.uint8) if layer else None
            self._box_mask = np.zeros(shape, np.uint8) if box_mask else None
        else:
            for buffer in (self._mask, self._strength, self._layer, self._box_mask):
                if buffer is not None:
                    buffer[top:bottom].fill(0)
        self._mask = self._masks[clusters > NARROW]

    def _rows(self, box: SetBox) -> Ints:
        face = self._catalogue.open(box.face_token)
        return self._outlines.rows(face.token, face.font, face.upem, box.glyphs)

    def draw(self, scene: Scene, typeset: Typeset, pixels: Pixels) -> Sample:
        """The sample of a scene; `pixels` hold its painted background and are drawn upon."""
        boxes = typeset.boxes
        firsts = [1]
        for box in boxes:
            firsts.append(firsts[-1] + len(box.clusters))
        self._ready(scene.canvas, firsts[-1] - 1)
        self._drawn = 0, scene.canvas.height
        counts = [len(box.glyphs) for box in boxes]
        total = sum(counts)
        owner, ids = np.empty(total, np.uint8), np.empty(total, np.uint16)
        rows, matrices = np.empty(total, np.int32), np.empty((total, 9))
        colors = np.empty((total, 3), np.uint8)
        end = 0
        for number, (box, decided) in enumerate(zip(boxes, scene.boxes, strict=True)):
            here = slice(end, end := end + counts[number])
            owner[here] = number
            np.add(box.glyph_clusters, firsts[number], out=ids[here], casting="unsafe")
            rows[here] = self._rows(box)
            colors[here] = decided.ink.color
            fill_matrices(box, decided.place, matrices[here])
        ink = np.zeros((total, 4), np.int32)
        under = np.zeros((len(boxes), 6), np.int64)
        top, bottom, contested = kernel.draw(
            pixels,
            self._layer,
            self._mask,
            self._strength,
            self._box_mask,
            self._outlines,
            rows,
            matrices,
            colors,
            ids,
            owner,
            self._threshold,
            ink,
            under,
        )
        self._drawn = top, bottom
        for effect in scene.effects:
            effect.apply(pixels)
        rows_drawn = self._mask[top:bottom]
        seen = values_of(rows_drawn) if contested else _all_inked(ids, ink, self._mask)
        labels = _labels(scene, typeset, counts, firsts, ink, seen, under)
        return Sample(scene, pixels, Annotation(labels), self._mask, self._box_mask, self._layer)


def _all_inked(ids: NDArray[np.uint16], ink: Ints, mask: NDArray[np.generic]) -> Bytes:
    """What a mask holds in which no glyph fought for a pixel: every glyph with ink."""
    seen = np.zeros(1 << (8 * mask.itemsize), np.uint8)
    seen[ids[ink[:, 2] > 0]] = 1
    return seen


def _labels(
    scene: Scene,
    typeset: Typeset,
    counts: list[int],
    firsts: list[int],
    ink: Ints,
    seen: Bytes,
    under: NDArray[np.int64],
) -> tuple[BoxLabels, ...]:
    labels = []
    start = 0
    for number, (box, placed) in enumerate(zip(scene.boxes, typeset.boxes, strict=True)):
        end = start + counts[number]
        ratio, noise = _seen_behind(under[number].tolist(), box.ink.color)
        labels.append(annotate(box, placed, ink[start:end], firsts[number], seen, ratio, noise))
        start = end
    return tuple(labels)


def _seen_behind(under: list[int], ink: tuple[int, int, int]) -> tuple[float, float]:
    """Contrast of the ink to the mean of what lay under it, and that ground's noise in luma.

    `under` are the kernel's sums over the ink's pixels, weighted with coverage a: a, a·red,
    a·green, a·blue, a·luma, a·luma².
    """
    weight, red, green, blue, luma, squared = under
    if weight == 0:
        return 1.0, 0.0
    mean = (red / weight, green / weight, blue / weight)
    noise = math.sqrt(max(squared / weight - (luma / weight) ** 2, 0.0))
    return contrast(luminance(*ink), luminance(*mean)), noise
