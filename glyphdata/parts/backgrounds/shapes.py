"""Flat graphic grounds: bands, slopes, discs and panels in colours that go together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from glyphdata.parts.backgrounds.gradient import Gradient
from glyphdata.parts.byrule import MadeByRule, NeedsNothing
from glyphdata.parts.fields import ColorField, Share, Unit, UnitSpan
from glyphdata.parts.figures import FORMS, Figure, Form, figures
from glyphdata.parts.scheme import scheme, scheme_of
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

_FINE = 4  # bits behind the point of a corner's coordinates
_CORNERS = 96  # of a disc


@dataclass(frozen=True, slots=True)
class Shapes(NeedsNothing):
    """Flat graphic grounds: bands, slopes, discs, panels and the like on an even or fading colour.

    Recipe: {kind: shapes, forms: [bands, disc, hills], depth: [0.2, 0.6], fading: 0.5}

    `depth` is how far the shapes' tones lie from the ground, 0 to 1; `fading` the share of grounds
    that fade into a second colour. `colors`, where given, are all that is used, and mixtures of
    them; else each ground has a light, dark or vivid scheme of its own.
    """

    share: Share = 1.0
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = FORMS
    colors: tuple[ColorField, ...] = ()
    depth: UnitSpan = (0.25, 0.8)
    fading: Unit = 0.35

    def choose(self, rng: Rng, canvas: Canvas) -> Composition:
        """A scheme of colours and the shapes of one form."""
        depth = rng.at("depth").uniform(*self.depth)
        hues = rng.at("colors")
        colors = scheme_of(hues, self.colors, depth) if self.colors else scheme(hues, depth)
        form = rng.at("form").pick(self.forms)
        fades = rng.at("fading").chance(self.fading)
        return Composition(
            colors=(colors.ground, colors.fade) if fades else (colors.ground,),
            angle_deg=float(rng.at("angle").pick((0, 45, 90, 135, 180, 225, 270, 315))),
            figures=figures(form, rng.at("shapes"), canvas, colors),
        )


@dataclass(frozen=True, slots=True)
class Composition(MadeByRule):
    """One ground: an even colour, or two that fade into one another along the angle, and shapes on
    it, each over those before it."""

    colors: tuple[Color, ...]
    angle_deg: float
    figures: tuple[Figure, ...]

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out`. Corners are whole sixteenths of a pixel, edges smoothed in whole numbers."""
        if len(self.colors) == 1:
            out[0] = self.colors[0]
            out[1:] = out[0]
        else:
            Gradient("linear", self.colors, self.angle_deg, (0.5, 0.5)).paint(canvas, out)
        for figure in self.figures:
            corners = _disc(figure, canvas) if figure.form == "disc" else _polygon(figure, canvas)
            cv2.fillConvexPoly(out, corners, figure.color, cv2.LINE_AA, _FINE)


Corners = np.ndarray[tuple[int, ...], np.dtype[np.int32]]

_TURNS = [2.0 * math.pi * k / _CORNERS for k in range(_CORNERS)]
# Rounded, for the last bits of a C library's sine and cosine are its own.
_ROUND = np.round([(math.cos(turn), math.sin(turn)) for turn in _TURNS], 9)


def _polygon(figure: Figure, canvas: Canvas) -> Corners:
    scale = (canvas.width * 2.0**_FINE, canvas.height * 2.0**_FINE)
    return _whole(np.array(figure.at).reshape(-1, 2) * scale)


def _disc(figure: Figure, canvas: Canvas) -> Corners:
    x, y, radius = figure.at
    reach = radius * min(canvas.width, canvas.height)
    return _whole((_ROUND * reach + (x * canvas.width, y * canvas.height)) * 2.0**_FINE)


def _whole(corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Corners:
    # OpenCV's origin is the middle of the first pixel, ours its corner.
    whole: Corners = np.rint(corners - 2.0 ** (_FINE - 1)).astype(np.int32)
    return whole
