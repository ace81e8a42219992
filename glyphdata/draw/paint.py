"""From a typeset scene to a sample: colour, layer, masks and ink in one pass of the kernel."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glyphdata.draw import kernel
from glyphdata.draw.annotate import annotate
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.color import contrast, luminance
from glyphdata.scene.geometry import Homography
from glyphdata.scene.sample import Annotation, BoxLabels, Sample
from glyphdata.scene.scene import Canvas, Pixels, Scene
from glyphdata.scene.typeset import Floats, Ints, SetBox, Typeset


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
        self._mask: NDArray[np.uint16] = np.zeros((0, 0), np.uint16)
        self._strength: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        self._layer: Pixels | None = None
        self._box_mask: NDArray[np.uint8] | None = None

    def _ready(self, canvas: Canvas) -> None:
        """Buffers of that size, all zero; only rows that were drawn on are wiped."""
        if canvas == self._canvas:
            top, bottom = self._drawn
            for buffer in (self._mask, self._strength, self._layer, self._box_mask):
                if buffer is not None:
                    buffer[top:bottom].fill(0)
            return
        layer, box_mask = self._wants
        shape = (canvas.height, canvas.width)
        self._canvas = canvas
        self._mask = np.zeros(shape, np.uint16)
        self._strength = np.zeros(shape, np.uint8)
        self._layer = np.zeros((*shape, 3), np.uint8) if layer else None
        self._box_mask = np.zeros(shape, np.uint8) if box_mask else None

    def _rows(self, box: SetBox) -> Ints:
        face = self._catalogue.open(box.face_token)
        return self._outlines.rows(face.token, face.font, face.upem, box.glyphs)

    def draw(self, scene: Scene, typeset: Typeset, pixels: Pixels) -> Sample:
        """The sample of a scene; `pixels` hold its painted background and are drawn upon."""
        self._ready(scene.canvas)
        self._drawn = 0, scene.canvas.height
        boxes = typeset.boxes
        counts = [len(box.glyphs) for box in boxes]
        firsts = np.cumsum([1, *(len(box.clusters) for box in boxes)])
        owner = np.repeat(np.arange(len(boxes), dtype=np.uint8), counts)
        ids = np.concatenate(
            [box.glyph_clusters + first for box, first in zip(boxes, firsts[:-1], strict=True)]
        ).astype(np.uint16)
        rows = np.concatenate([self._rows(box) for box in boxes])
        matrices = np.concatenate(
            [_matrices(box, decided.place) for box, decided in zip(boxes, scene.boxes, strict=True)]
        )
        colors = np.array([box.ink.color for box in scene.boxes], np.uint8)[owner]
        ink = np.zeros((len(ids), 4), np.int32)
        under = np.zeros((len(boxes), 5), np.int64)
        kernel.draw(
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
        self._drawn = _rows_drawn(ink)
        for effect in scene.effects:
            effect.apply(pixels)
        labels = _labels(scene, typeset, counts, firsts, ink, under)
        return Sample(scene, pixels, Annotation(labels), self._mask, self._box_mask, self._layer)


def _rows_drawn(ink: Ints) -> tuple[int, int]:
    """The first row with ink and the one after the last."""
    seen = ink[ink[:, 3] > 0]
    return (int(seen[:, 1].min()), int(seen[:, 3].max())) if len(seen) else (0, 0)


def _matrices(box: SetBox, place: Homography) -> Floats:
    """Each glyph's map from em units, y up, to the canvas: n × 9, row by row."""
    out = np.empty((len(box.glyphs), 9))
    size = box.size_px
    x, y = box.pens[:, 0], box.pens[:, 1]
    out[:, 0::3] = place.a * size, place.d * size, place.g * size
    out[:, 1::3] = -place.b * size, -place.e * size, -place.h * size
    out[:, 2] = place.a * x + place.b * y + place.c
    out[:, 5] = place.d * x + place.e * y + place.f
    out[:, 8] = place.g * x + place.h * y + place.i
    return out


def _labels(
    scene: Scene,
    typeset: Typeset,
    counts: list[int],
    firsts: NDArray[np.int64],
    ink: Ints,
    under: NDArray[np.int64],
) -> tuple[BoxLabels, ...]:
    labels = []
    start = 0
    for number, (box, placed) in enumerate(zip(scene.boxes, typeset.boxes, strict=True)):
        end = start + counts[number]
        ratio, noise = _seen_behind(under[number].tolist(), box.ink.color)
        labels.append(annotate(box, placed, ink[start:end], int(firsts[number]), ratio, noise))
        start = end
    return tuple(labels)


def _seen_behind(under: list[int], ink: tuple[int, int, int]) -> tuple[float, float]:
    """Contrast of the ink to the mean of what lay under it, and that ground's noise in luma.

    `under` are the kernel's sums over the ink's pixels, weighted with coverage a: a, a·red,
    a·green, a·blue, a·luma².
    """
    weight, red, green, blue, luma_squared = under
    if weight == 0:
        return 1.0, 0.0
    mean = (red / weight, green / weight, blue / weight)
    luma = (77.0 * mean[0] + 150.0 * mean[1] + 29.0 * mean[2]) / 256.0
    noise = math.sqrt(max(luma_squared / weight - luma * luma, 0.0))
    return contrast(luminance(*ink), luminance(*mean)), noise
