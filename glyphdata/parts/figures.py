"""Shapes for flat grounds: what a designer lays on a page before there is any text."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import chain
from typing import Literal, NamedTuple, get_args

from glyphdata.parts.scheme import Scheme
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas

Form = Literal["bands", "slope", "disc", "panel", "rings", "hills", "confetti", "stripes"]
FORMS: tuple[Form, ...] = get_args(Form)


class Figure(NamedTuple):
    """A shape of one colour: a disc (x, y, radius) or a convex polygon (x, y, x, y, …).

    x and y are shares of the canvas's width and height, a radius of its shorter side.
    """

    form: Literal["disc", "polygon"]
    color: Color
    at: tuple[float, ...]


def figures(form: Form, rng: Rng, canvas: Canvas, colors: Scheme) -> tuple[Figure, ...]:
    """The shapes of one form, each to lie over those before it."""
    side = min(canvas.width, canvas.height)
    return tuple(_FORMS[form](Sheet(rng, colors, side / canvas.width, side / canvas.height)))


class Sheet(NamedTuple):
    """What a form is drawn on: a stream of numbers, the colours, and how much of the canvas's width
    and height its shorter side is."""

    rng: Rng
    colors: Scheme
    across: float
    down: float

    def strip(self, color: Color, low: float, high: float, upright: bool) -> Figure:
        """A band from edge to edge, between two shares of the height, or of the width."""
        if upright:
            return self.block(color, low, 0.0, high, 1.0)
        return self.block(color, 0.0, low, 1.0, high)

    def block(self, color: Color, left: float, top: float, right: float, bottom: float) -> Figure:
        """An upright rectangle."""
        return Figure("polygon", color, (left, top, right, top, right, bottom, left, bottom))

    def disc(self, color: Color, x: float, y: float, radius: float) -> Figure:
        """A disc."""
        return Figure("disc", color, (x, y, radius))

    def square(self, color: Color, x: float, y: float, radius: float, turn: float) -> Figure:
        """A square, its corners so far from its middle, turned (in radians)."""
        a, b = round(radius * math.cos(turn), 9), round(radius * math.sin(turn), 9)
        corners = ((a, b), (-b, a), (-a, -b), (b, -a))
        at = [(x + dx * self.across, y + dy * self.down) for dx, dy in corners]
        return Figure("polygon", color, tuple(chain.from_iterable(at)))


def _bands(sheet: Sheet) -> list[Figure]:
    """A band along an edge, perhaps one along the other, and a line of the accent."""
    rng, colors = sheet.rng, sheet.colors
    upright, last = rng.chance(0.4), rng.chance(0.6)
    wide, thin = rng.uniform(0.12, 0.38), rng.uniform(0.008, 0.022)
    spans = [(colors.tones[1], 0.0, wide), (colors.accent, wide, wide + thin)]
    if rng.chance(0.5):
        spans.append((colors.tones[0], 1.0 - rng.uniform(0.06, 0.16), 1.0))
    if last:
        spans = [(color, 1.0 - high, 1.0 - low) for color, low, high in spans]
    return [sheet.strip(color, low, high, upright) for color, low, high in spans]


def _slope(sheet: Sheet) -> list[Figure]:
    """The canvas cut aslant, in one step or two, perhaps with a line of the accent between."""
    rng, colors = sheet.rng, sheet.colors
    one, other = rng.uniform(0.3, 0.8), rng.uniform(0.3, 0.8)
    step = rng.uniform(0.06, 0.16)
    upright, last = rng.chance(0.4), rng.chance(0.6)
    layers = [(colors.tones[0], 0.0), (colors.tones[1], step)][: 1 + rng.chance(0.6)]
    if rng.chance(0.5):
        color, deeper = layers.pop()
        layers += [(colors.accent, deeper), (color, deeper + rng.uniform(0.012, 0.03))]
    out = []
    for color, deeper in layers:
        start, end = one + deeper, other + deeper
        edge = (start, end) if last else (1.0 - start, 1.0 - end)
        rim = 1.0 if last else 0.0
        line = (0.0, edge[0], 1.0, edge[1], 1.0, rim, 0.0, rim)
        at = tuple(line[k ^ 1] for k in range(8)) if upright else line
        out.append(Figure("polygon", color, at))
    return out


def _discs(sheet: Sheet) -> list[Figure]:
    """A large disc that runs off the canvas, a small one across from it."""
    rng, colors = sheet.rng, sheet.colors
    x, y = rng.uniform(-0.08, 0.2), rng.uniform(-0.08, 0.3)
    x, y = (1.0 - x if rng.chance(0.5) else x), (1.0 - y if rng.chance(0.5) else y)
    radius = rng.uniform(0.3, 0.62)
    out = [sheet.disc(colors.tones[rng.integer(0, 2)], x, y, radius)]
    if rng.chance(0.4):
        out.append(sheet.disc(colors.tones[2], x, y, radius * rng.uniform(0.45, 0.7)))
    if rng.chance(0.7):
        small = rng.uniform(0.03, 0.1)
        out.append(sheet.disc(colors.accent, 1.0 - x * 0.9 - 0.05, 1.0 - y * 0.9 - 0.05, small))
    return out


def _panel(sheet: Sheet) -> list[Figure]:
    """A calm panel within a border, perhaps with a tab of the accent."""
    rng, colors = sheet.rng, sheet.colors
    border = rng.uniform(0.04, 0.11)
    x, y = border * sheet.across, border * sheet.down
    outer = sheet.block(colors.tones[1 + rng.chance(0.4)], 0.0, 0.0, 1.0, 1.0)
    out = [outer, sheet.block(colors.ground, x, y, 1.0 - x, 1.0 - y)]
    thin = rng.uniform(0.012, 0.03)
    tab = rng.integer(0, 4)
    if tab == 0:
        out.append(sheet.block(colors.accent, x, y, x + thin * sheet.across, 1.0 - y))
    elif tab == 1:
        out.append(sheet.block(colors.accent, x, y, 1.0 - x, y + thin * sheet.down))
    elif tab == 2:
        line = 0.35 * border
        out[1:1] = [
            sheet.block(colors.accent, x - line * sheet.across, y - line * sheet.down,
                        1.0 - x + line * sheet.across, 1.0 - y + line * sheet.down),
        ]  # fmt: skip
    return out


def _rings(sheet: Sheet) -> list[Figure]:
    """Rings about a corner."""
    rng, colors = sheet.rng, sheet.colors
    x, y = float(rng.integer(0, 2)), float(rng.integer(0, 2))
    count = rng.integer(3, 6)
    radius = rng.uniform(0.4, 0.72)
    hues = (colors.tones[0], colors.tones[1], colors.tones[2], colors.tones[1], colors.accent)
    return [
        sheet.disc(
            hues[4 if number == count - 1 else number], x, y, radius * (1.0 - number / count)
        )
        for number in range(count)
    ]


def _hills(sheet: Sheet) -> list[Figure]:
    """Hills one before another, perhaps under a sun."""
    rng, colors = sheet.rng, sheet.colors
    out = []
    if rng.chance(0.5):
        out.append(sheet.disc(colors.accent, rng.uniform(0.15, 0.85), rng.uniform(0.1, 0.3), 0.07))
    for number, color in enumerate(colors.tones[: rng.integer(2, 4)]):
        radius = rng.uniform(0.9, 1.7)
        top = 0.66 + 0.1 * number + rng.uniform(0.0, 0.06)
        out.append(sheet.disc(color, rng.uniform(-0.1, 1.1), top + radius * sheet.down, radius))
    return out


def _confetti(sheet: Sheet) -> list[Figure]:
    """Small discs and squares along the edges."""
    rng, colors = sheet.rng, sheet.colors
    out = []
    for number in range(rng.integer(6, 13)):
        along, off = rng.random(), rng.uniform(0.02, 0.11)
        side = number % 4
        x = (along, along, off * sheet.across, 1.0 - off * sheet.across)[side]
        y = (off * sheet.down, 1.0 - off * sheet.down, along, along)[side]
        size = rng.uniform(0.012, 0.04)
        color = colors.accent if number % 3 == 0 else colors.tones[1 + number % 2]
        if rng.chance(0.5):
            out.append(sheet.disc(color, x, y, size))
        else:
            out.append(sheet.square(color, x, y, size, rng.uniform(0.0, 1.6)))
    return out


def _stripes(sheet: Sheet) -> list[Figure]:
    """Even stripes aslant across a corner."""
    rng, colors = sheet.rng, sheet.colors
    wide, count = rng.uniform(0.025, 0.06), rng.integer(3, 7)
    first = rng.uniform(0.12, 0.3)
    flip_x, flip_y = rng.chance(0.5), rng.chance(0.5)
    out = []
    for number in range(count):
        near = first + 2.0 * wide * number
        far = near + wide
        points = ((near, 0.0), (far, 0.0), (0.0, far), (0.0, near))
        at: list[float] = []
        for along, down in points:
            x, y = along * sheet.across, down * sheet.down
            at += [1.0 - x if flip_x else x, 1.0 - y if flip_y else y]
        color = colors.accent if number == count - 1 else colors.tones[number % 2]
        out.append(Figure("polygon", color, tuple(at)))
    return out


_FORMS: dict[Form, Callable[[Sheet], list[Figure]]] = {
    "bands": _bands,
    "slope": _slope,
    "disc": _discs,
    "panel": _panel,
    "rings": _rings,
    "hills": _hills,
    "confetti": _confetti,
    "stripes": _stripes,
}
