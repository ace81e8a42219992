"""Clouds: fractal noise between two or three near colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import ColorField, Share, UnitSpan, pair, rising
from glyphdata.parts.ramp import Steps, mixed, paint_ramp, picked, random_bytes
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

_EXACT = cv2.INTER_LINEAR_EXACT  # the enlargement that OpenCV promises bit for bit

Pixel = Annotated[float, Field(ge=4.0, le=2048.0)]


@dataclass(frozen=True, slots=True)
class Noises(NeedsNothing):
    """Clouds of fractal noise between two colours.

    Recipe: {kind: noise, colors: [slategray, seagreen], depth: [0.2, 0.5], size_px: [32, 200]}

    `size_px` is how large the largest clouds are; `depth` how far the second colour lies from the
    first on the way to another one: 0 is even, 1 the full distance.
    """

    share: Share = 1.0
    colors: tuple[ColorField, ...] = ()
    depth: UnitSpan = (0.1, 0.6)
    size_px: Annotated[tuple[Pixel, Pixel], pair, rising] = (24.0, 256.0)

    def choose(self, rng: Rng, canvas: Canvas) -> Noise:
        """Two colours, a size and the seed of a field."""
        hues = rng.at("colors")
        first = picked(hues, self.colors)
        second = mixed(first, picked(hues, self.colors), rng.at("depth").uniform(*self.depth))
        return Noise(
            colors=(first, second),
            size_px=rng.at("size").log_uniform(*self.size_px),
            seed=rng.at("field").word() >> 11,  # 53 bits: whole in every reader of JSON
        )


@dataclass(frozen=True, slots=True)
class Noise(MadeByRule):
    """One field of clouds, `size_px` the largest; `seed` is expanded into the field."""

    colors: tuple[Color, ...]
    size_px: float
    seed: int

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with clouds."""
        paint_ramp(self._clouds(canvas), self.colors, out)

    def _clouds(self, canvas: Canvas) -> Steps:
        """Octaves of random bytes, each enlarged onto the next finer one; all in whole numbers.

        The finest has a step per 4 pixels: finer noise would hide the smallest texts.
        """
        sizes = _octaves(canvas, self.size_px)
        layers = _layers(random_bytes(self.seed, sum(w * h for w, h in sizes)), sizes)
        field = layers[0]
        for fresh, size in zip(layers[1:], sizes[1:], strict=True):
            # 3/4 of what is coarser, 1/4 of what is new: the power falls with the frequency.
            mix = cv2.resize(field, size, interpolation=_EXACT).astype(np.uint16)
            mix *= 3
            mix += fresh
            mix >>= 2
            field = mix.astype(np.uint8)
        whole = (canvas.width, canvas.height)
        out = np.empty((canvas.height, canvas.width), np.uint8)
        cv2.resize(_stretched(field), whole, out, interpolation=_EXACT)
        return out


def _octaves(canvas: Canvas, size_px: float) -> list[tuple[int, int]]:
    """Width and height of each octave's grid, coarse to fine: cells of `size_px`, then halves."""
    sizes: list[tuple[int, int]] = []
    cell = size_px
    while cell >= 8.0 or not sizes:
        sizes.append((int(canvas.width / cell) + 2, int(canvas.height / cell) + 2))
        cell /= 2.0
    return sizes


def _layers(stream: Steps, sizes: list[tuple[int, int]]) -> list[Steps]:
    """The stream of bytes cut into one grid per size."""
    ends = np.cumsum([width * height for width, height in sizes])[:-1]
    return [
        part.reshape(height, width)
        for part, (width, height) in zip(np.split(stream, ends), sizes, strict=True)
    ]


def _stretched(field: Steps) -> Steps:
    """The field with its least value at 0 and its largest at 255."""
    low, high = int(field.min()), int(field.max())
    table = (np.arange(256) - low) * 255 // max(high - low, 1)
    return np.take(np.clip(table, 0, 255).astype(np.uint8), field)
