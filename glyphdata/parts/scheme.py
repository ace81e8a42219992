"""Colours that go together: a ground, tones near it, and an accent.

They are drawn in OKLCH, the polar form of OKLab (Björn Ottosson, "A perceptual color space for
image processing", 2020): equal steps of its lightness look equal in every hue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from glyphdata.parts.ramp import mixed
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng

_PARTNERS = (0.0, 30.0, -30.0, 60.0, 120.0, -120.0, 150.0, 180.0)
_HALVINGS = 8  # of the chroma's range: finer than a step of a channel


class Scheme(NamedTuple):
    """A ground, a second colour that it may fade to, tones that stand out from it a little, each
    more than the one before, and an accent that stands out most."""

    ground: Color
    fade: Color
    tones: tuple[Color, Color, Color]
    accent: Color


def scheme(rng: Rng, depth: float) -> Scheme:
    """A light, dark or vivid scheme; `depth` (0 to 1) is how far the tones lie from the ground."""
    kind = rng.weighted((0.5, 0.3, 0.2))
    light = rng.uniform(*((0.89, 0.97), (0.17, 0.33), (0.52, 0.74))[kind])
    chroma = rng.uniform(*((0.008, 0.06), (0.015, 0.08), (0.07, 0.15))[kind])
    hue = rng.uniform(0.0, 360.0)
    partner = hue + rng.pick(_PARTNERS)
    drift = rng.uniform(-18.0, 18.0) * min(2.0 * depth, 1.0)
    # Tones of a light ground are darker, of a dark one lighter; a vivid one has either.
    way = (-1.0, 1.0, -1.0 if rng.chance(0.5) else 1.0)[kind]
    tones = []
    for step in (1, 2, 3):
        far = depth * step / 3.0
        tones.append(
            oklch(
                light + way * (0.36, 0.44, 0.36)[kind] * far,
                chroma + (0.13 - chroma) * 0.8 * far,
                hue + drift * step,
            )
        )
    fade = oklch(light + way * 0.1 * depth, chroma * 1.3, hue + 2.0 * drift)
    accent = oklch(rng.uniform(0.58, 0.78), rng.uniform(0.12, 0.2), partner)
    return Scheme(oklch(light, chroma, hue), fade, (tones[0], tones[1], tones[2]), accent)


def scheme_of(rng: Rng, colors: Sequence[Color], depth: float) -> Scheme:
    """A scheme of colours named: one is the ground, another the accent, tones lie between."""
    ground, *rest = rng.shuffled(colors)
    accent = rest[0] if rest else ground
    other = rest[-1] if rest else ground
    first, second, third = (mixed(ground, other, depth * step / 3.0) for step in (1, 2, 3))
    return Scheme(ground, mixed(ground, other, 0.25 * depth), (first, second, third), accent)


def oklch(light: float, chroma: float, hue_deg: float) -> Color:
    """The colour of that lightness (0 to 1), chroma (0 to about 0.3) and hue.

    What a screen cannot show is made less colourful until it can, its lightness and hue kept.
    """
    light = min(max(light, 0.0), 1.0)
    turn = math.radians(hue_deg)
    a, b = math.cos(turn), math.sin(turn)
    shown = _linear(light, chroma * a, chroma * b)
    if not _showable(shown):
        low, high = 0.0, chroma
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if _showable(_linear(light, middle * a, middle * b)):
                low = middle
            else:
                high = middle
        shown = _linear(light, low * a, low * b)
    return Color(*(_coded(channel) for channel in shown))


def _linear(light: float, a: float, b: float) -> tuple[float, float, float]:
    """Linear light, red, green and blue, of an OKLab colour."""
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _showable(linear: tuple[float, float, float]) -> bool:
    return min(linear) >= -1e-4 and max(linear) <= 1.0001


def _coded(linear: float) -> int:
    """A channel of sRGB, 0 to 255, from linear light (IEC 61966-2-1)."""
    linear = min(max(linear, 0.0), 1.0)
    share = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1.0 / 2.4) - 0.055
    return round(255.0 * share)
