"""From a typeset scene to a sample: colour, layer, masks and ink in one pass of the kernel."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.draw import kernel
from glyphdata.draw.annotate import annotate
from glyphdata.draw.gather import Glyphs, gather
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
        glyphs = Glyphs.room(sum(counts))
        start = 0
        for number, (box, decided) in enumerate(zip(boxes, scene.boxes, strict=True)):
            gather(
                box,
                decided,
                self._rows(box),
                number=number,
                first_id=firsts[number],
                out=glyphs,
                start=start,
            )
            start += counts[number]
        drawn = Drawn.room(start, len(boxes))
        self._drawn = kernel.draw(
            pixels,
            self._layer,
            self._mask,
            self._strength,
            self._box_mask,
            self._outlines,
            glyphs.rows,
            glyphs.matrices,
            glyphs.colors,
            glyphs.ids,
            glyphs.boxes,
            self._threshold,
            *drawn,
        )
        for effect in scene.effects:
            effect.apply(pixels)
        labels = _labels(scene, typeset, counts, firsts, drawn)
        return Sample(scene, pixels, Annotation(labels), self._mask, self._box_mask, self._layer)


class Drawn(NamedTuple):
    """What the kernel found out about n glyphs in b boxes; `kernel.draw` says what it means."""

    ink: Ints  # n × 4
    under: NDArray[np.int64]  # b × 6
    held: NDArray[np.uint8]  # n

    @classmethod
    def room(cls, count: int, boxes: int) -> Drawn:
        """Arrays for so many glyphs and boxes; the sums start from zero."""
        under = np.zeros((boxes, 6), np.int64)
        return cls(np.empty((count, 4), np.int32), under, np.empty(count, np.uint8))


def _labels(
    scene: Scene, typeset: Typeset, counts: list[int], firsts: list[int], drawn: Drawn
) -> tuple[BoxLabels, ...]:
    labels = []
    start = 0
    ink, sums, held = drawn
    under = sums.tolist()
    for number, (box, placed) in enumerate(zip(scene.boxes, typeset.boxes, strict=True)):
        here = slice(start, start := start + counts[number])
        ratio, noise = _seen_behind(under[number], box.ink.color)
        one = annotate(box, placed, ink[here], held[here], firsts[number], ratio, noise)
        labels.append(one)
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
