"""Colours beside a colour: one that it stands out of, and lighter and darker shades of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glyphdata.parts.ramp import mixed
from glyphdata.scene.color import Color, Ink, luminance, palette

WHITE, BLACK = Color(255, 255, 255), Color(0, 0, 0)

MIDDLE = 0.179
"""The luminance of equal contrast to black and to white: (L + 0.05)² = 0.05 · 1.05 (WCAG 2.2)."""

MEAN_SHIFT = 6
"""So far, in each channel, the mean of a fill may stray from its ink where the token changes."""

MARGIN = 1.25
"""So much further than it should the mean may stray without harm: glyphs are no even area."""

_STEPS = 16


def is_light(color: Color) -> bool:
    """Does the colour stand out of black at least as well as out of white?"""
    return luminance(*color) >= MIDDLE


def against(color: Color) -> Color:
    """A colour that stands out of it: a deep shade of a light colour, a pale tint of a dark one."""
    return mixed(color, BLACK, 0.84) if is_light(color) else mixed(color, WHITE, 0.9)


@lru_cache(maxsize=1024)
def tones(ink: Ink, depth: float, part: float = 0.25) -> tuple[Color, Color, Color]:
    """A lighter shade of the ink, its own colour and a darker one, to run through evenly.

    They lie `depth` (0 to 1) of the way to white and to black, or less: their mean, each end
    counted `part` (0 to 0.5) of all, has the ink's own colour token with a margin, or strays from
    it by `MEAN_SHIFT` at most.
    """
    own = np.array(ink.color, np.float64)
    entries = _entries()
    for step in range(_STEPS, 0, -1):
        light, dark = (mixed(ink.color, end, depth * step / _STEPS) for end in (WHITE, BLACK))
        shift = (np.array(light) + np.array(dark) - 2.0 * own) * part * MARGIN
        nearest = ((entries - own - shift) ** 2).sum(axis=1).argmin()
        if palette().inks[nearest].color == ink.color or np.abs(shift).max() <= MEAN_SHIFT:
            return light, ink.color, dark
    return ink.color, ink.color, ink.color


@lru_cache(maxsize=1)
def _entries() -> NDArray[np.float64]:
    return np.array([ink.color for ink in palette().inks], np.float64)
