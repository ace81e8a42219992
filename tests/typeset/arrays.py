"""Arrays as shaping hands them on, for what is compiled and its twin."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import uharfbuzz as hb

from glyphdata.typeset.shaped import SetFace


def shaped_buffer(face: SetFace, text: str) -> hb.Buffer:
    buffer = hb.Buffer()
    buffer.add_utf8(text.encode())
    buffer.guess_segment_properties()
    hb.shape(face.font, buffer)
    return buffer


def glyphs(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    units = rng.integers(-300, 1500, (n, 3)).astype(np.float64)
    extents = rng.normal(0.3, 0.8, (40, 4)).astype(np.float32)
    return units, rng.integers(0, 40, n).astype(np.int32), extents, rng.random(n) < 0.2


def gathered(module: ModuleType, source: tuple[np.ndarray, ...], backwards: int) -> np.ndarray:
    flat = np.full(9 * len(source[1]) + 1, np.nan)
    ascent, descent = module.gather(*source, 1 / 1000, backwards, 0.9, 0.2, flat)
    return np.append(flat, (ascent, descent))


def assert_same(results: list[list[np.ndarray]]) -> None:
    for one, other in zip(*results, strict=True):
        assert np.array_equal(one, other)
