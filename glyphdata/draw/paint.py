"""From a typeset scene to a sample: colour, layer, masks and ink in one pass of the kernel.

A scene in which boxes have effects takes several: each of those boxes is drawn by itself
(`inking.py`), the ones between them together.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.compositor.ground import behind
from glyphdata.draw import kernel
from glyphdata.draw.annotate import annotate
from glyphdata.draw.gather import Glyphs, gather
from glyphdata.draw.inking import Seen, bounds, lay, recheck, runs
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.color import contrast, luminance
from glyphdata.scene.sample import Annotation, BoxLabels, Sample
from glyphdata.scene.scene import Canvas, Pixels, Scene, TextBox
from glyphdata.scene.typeset import Ints, SetBox, Typeset

Counts = list[int]
Shown = list[tuple[float, float, float]]

NARROW = 255
"""Up to so many clusters in a picture its mask has 8 bits, beyond that 16."""

CLEAREST = 99.0
"""The largest signal that is told: what a ground without any noise gives."""


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
        self._apart: Pixels | None = None  # black, for the ink of one box at a time

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
            self._apart = None
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
        ground = behind(scene.canvas.bbox, pixels)
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
        shown: Shown = [box.ink.color for box in scene.boxes]
        if any(box.effects for box in scene.boxes):
            self._drawn = self._in_turn(scene, pixels, glyphs, drawn, counts, shown)
        else:
            self._drawn = self._ink(pixels, self._layer, glyphs, drawn)
        for effect in scene.effects:
            effect.apply(pixels)
        labels = _labels(scene, typeset, counts, firsts, drawn, shown)
        masks = self._mask, self._box_mask, self._layer
        return Sample(scene, pixels, Annotation(labels), *masks, ground.color)

    def _ink(
        self, pixels: Pixels, layer: Pixels | None, glyphs: Glyphs, drawn: Drawn
    ) -> tuple[int, int]:
        """Draw glyphs in one pass; the first row with ink and the one after the last."""
        return kernel.draw(
            pixels,
            layer,
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

    def _in_turn(
        self,
        scene: Scene,
        pixels: Pixels,
        glyphs: Glyphs,
        drawn: Drawn,
        counts: Counts,
        shown: Shown,
    ) -> tuple[int, int]:
        """Draw the boxes in their order, those with effects one by one; the rows with ink.

        What such a box shows goes to `shown`, and what lies under it to `drawn`.
        """
        top, bottom = scene.canvas.height, 0
        passes = list(runs(scene.boxes, counts))
        for first, here in passes:
            own, found = _part(glyphs, here), drawn.part(here)
            if scene.boxes[first].effects:
                rows, seen = self._lay(scene.boxes[first], pixels, own, found, later=bottom > 0)
                drawn.under[first] = seen.under
                shown[first] = seen.shown
            else:
                rows = self._ink(pixels, self._layer, own, found)
            if rows[1]:
                top, bottom = min(top, rows[0]), max(bottom, rows[1])
        recheck(self._mask, glyphs.ids, drawn.ink, drawn.held, [here for _, here in passes])
        return min(top, bottom), bottom

    def _lay(
        self, box: TextBox, pixels: Pixels, glyphs: Glyphs, drawn: Drawn, *, later: bool
    ) -> tuple[tuple[int, int], Seen]:
        """Draw one box apart, white on black, and lay it with its effects on the picture.

        `later` tells whether other ink was drawn before.
        """
        if self._apart is None:
            self._apart = np.zeros_like(pixels)
        taken = self._strength.copy() if later else None
        glyphs.colors[:] = 255
        rows = 0, len(pixels)
        try:
            rows = self._ink(self._apart, None, glyphs, drawn)
            around = bounds(drawn.ink)
            if around is None:
                return rows, Seen((0,) * 6, box.ink.color)
            return rows, lay(box, self._apart[..., 0], around, pixels, self._layer, taken)
        finally:
            self._apart[slice(*rows)].fill(0)


def _part(glyphs: Glyphs, here: slice) -> Glyphs:
    """The same arrays for some of the glyphs."""
    boxes, ids, rows, matrices, colors = glyphs
    return Glyphs(boxes[here], ids[here], rows[here], matrices[here], colors[here])


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

    def part(self, here: slice) -> Drawn:
        """The same arrays for some of the glyphs, and all boxes."""
        return Drawn(self.ink[here], self.under, self.held[here])


def _labels(
    scene: Scene,
    typeset: Typeset,
    counts: Counts,
    firsts: list[int],
    drawn: Drawn,
    shown: Shown,
) -> tuple[BoxLabels, ...]:
    labels = []
    start = 0
    ink, sums, held = drawn
    under = sums.tolist()
    for number, (box, placed) in enumerate(zip(scene.boxes, typeset.boxes, strict=True)):
        here = slice(start, start := start + counts[number])
        seen = seen_behind(under[number], shown[number])
        labels.append(annotate(box, placed, ink[here], held[here], firsts[number], *seen))
    return tuple(labels)


def seen_behind(under: list[int], shown: tuple[float, float, float]) -> tuple[float, float, float]:
    """Contrast of the ink to the mean of what lay under it, that ground's noise, and the signal.

    `under` are the kernel's sums over the ink's pixels, weighted with coverage a: a, a·red,
    a·green, a·blue, a·luma, a·luma². `shown` is the ink's colour, or for a box with effects the
    mean of what its ink shows; then the effects behind the ink are part of the ground. The noise is
    the deviation of the ground's luma, the signal how many of it lie between the luma of the ink
    and the ground's mean: `CLEAREST` at most. All are 1, 0, 0 where no ink is to be seen.
    """
    weight, red, green, blue, luma, squared = under
    if weight == 0:
        return 1.0, 0.0, 0.0
    mean = luma / weight
    noise = math.sqrt(max(squared / weight - mean * mean, 0.0))
    ratio = contrast(luminance(*shown), luminance(red / weight, green / weight, blue / weight))
    r, g, b = shown
    apart = abs((int(77 * r + 150 * g + 29 * b) >> 8) - mean)
    signal = apart / noise if apart < CLEAREST * noise else CLEAREST if apart else 0.0
    return ratio, noise, signal
