"""Boxes with effects: their ink is drawn apart, decorated, and laid on the picture by itself.

Decoration is no ink. Masks, ink boxes and the order in which glyphs win pixels are those that the
kernel gives the same glyphs without any effect.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.parts.mixing import Alpha, mix
from glyphdata.scene.scene import BoxEffect, Inking, Pixels, TextBox
from glyphdata.scene.typeset import Ints

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels; right and bottom are exclusive."""

SLACK_PX = 2
"""So far beyond what an effect says that it reaches it may paint: rounding, and soft edges."""


FILL = 3
"""The depth from which effects change the ink itself; those below only paint behind it."""


class Seen(NamedTuple):
    """What the ink of a box covers and what is seen of it, where no other glyph was before.

    `under` are sums over its pixels, weighted with coverage a, of what lay there when the effects
    behind the ink were painted and the ink was not: a, a·red, a·green, a·blue, a·luma, a·luma², as
    the kernel counts them. `shown` is the mean colour of what the ink shows in its place: its fill,
    with as much of the ground as its opacity lets through.
    """

    under: tuple[int, ...]
    shown: tuple[float, float, float]


def bounds(ink: Ints) -> Rect | None:
    """The rectangle around the ink of n glyphs (n × 4; all 0 without ink); None without any."""
    inked = ink[ink[:, 2] > 0]
    if not len(inked):
        return None
    left, top = inked[:, :2].min(axis=0).tolist()
    right, bottom = inked[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def runs(boxes: Sequence[TextBox], counts: Sequence[int]) -> Iterator[tuple[int, slice]]:
    """The first box and the glyphs of every run of boxes that are drawn in one pass.

    `counts` are the glyphs of each box. A box with effects is a run of its own.
    """
    start = end = first = 0
    for number, (box, count) in enumerate(zip(boxes, counts, strict=True)):
        if number > first and (box.effects or boxes[first].effects):
            yield first, slice(start, end)
            first, start = number, end
        end += count
    yield first, slice(start, end)


def recheck(
    mask: NDArray[np.uint8] | NDArray[np.uint16],
    ids: NDArray[np.uint16],
    ink: Ints,
    held: NDArray[np.uint8],
    passes: Sequence[slice],
) -> None:
    """Clear `held` of the glyphs that the mask has lost to later passes; each saw its own only.

    The arrays are the kernel's over all glyphs, `passes` says which were drawn together.
    """
    drawn = [bounds(ink[here]) for here in passes]
    for number, here in enumerate(passes):
        met = np.zeros(here.stop - here.start, np.bool_)
        for rect in drawn[number + 1 :]:
            if rect is not None:
                left, top, right, bottom = rect
                x0, y0, x1, y1 = ink[here].T
                met |= (x0 < right) & (x1 > left) & (y0 < bottom) & (y1 > top)
        for glyph in (np.flatnonzero(met & (held[here] > 0)) + here.start).tolist():
            left, top, right, bottom = ink[glyph].tolist()
            held[glyph] = (mask[top:bottom, left:right] == ids[glyph]).any()


def lay(
    box: TextBox,
    alpha: Alpha,
    around: Rect,
    pixels: Pixels,
    layer: Pixels | None,
    taken: Alpha | None,
) -> Seen:
    """Lay the ink of a box with effects on `pixels`, and on the black `layer` without what is
    behind it.

    `alpha` is its coverage of the canvas, 0 outside `around`. `taken` (h × w, None for nowhere) is
    above 0 where an earlier box has ink. Effects are laid from the ground up: shadows, glows and
    outlines behind the ink, then its fill, then its opacity; in the order of `box.effects` within
    each of these. Nothing is painted outside the canvas.
    """
    reach = _reach_px(box)
    left, top = max(around[0] - reach, 0), max(around[1] - reach, 0)
    here = np.s_[top : around[3] + reach, left : around[2] + reach]
    cover = np.ascontiguousarray(alpha[here])
    inking = Inking(
        pixels=pixels[here],
        alpha=cover.copy(),
        fill=_even(cover, box),
        left=left,
        top=top,
        ink=box.ink,
        size_px=box.size_px,
        place=box.place,
    )
    for effect in sorted(box.effects, key=_depth):
        effect.apply(inking)
    fresh = cover if taken is None else np.where(taken[here] > 0, 0, cover).astype(np.uint8)
    seen = _seen(inking, fresh, even=all(_depth(effect) < FILL for effect in box.effects))
    inner = np.s_[around[1] - top : around[3] - top, around[0] - left : around[2] - left]
    fill, thick = inking.fill[inner], inking.alpha[inner]
    mix(inking.pixels[inner], fill, thick)
    if layer is not None:
        mix(layer[here][inner], fill, thick)
    return seen


def _reach_px(box: TextBox) -> int:
    """How far beyond the ink the effects of a box may paint; those that say nothing stay on it."""
    reach = max(float(getattr(effect, "reach_em", 0.0)) for effect in box.effects)
    return math.ceil(reach * box.size_px) + SLACK_PX


def _depth(effect: BoxEffect) -> int:
    """Where an effect stands from the ground up: 0 to 2 behind the ink, 3 and above in it."""
    return int(getattr(effect, "depth", FILL))


def _even(cover: Alpha, box: TextBox) -> Pixels:
    """The box's ink over all of the coverage's pixels."""
    height, width = cover.shape
    fill = np.empty((height, width, 3), np.uint8)
    fill[0] = box.ink.color
    fill[1:] = fill[0]
    return fill


def _seen(inking: Inking, fresh: Alpha, *, even: bool) -> Seen:
    """What is seen in the pixels of `fresh`; `inking` has all but the ink painted.

    `even` says that the ink has its own colour and hides what is below.
    """
    at = np.flatnonzero(fresh)
    if not len(at):
        return Seen((0,) * 6, inking.ink.color)
    a = fresh.reshape(-1).take(at).astype(np.int64)
    ground = _channels(inking.pixels, at)
    luma = (77 * ground[0] + 150 * ground[1] + 29 * ground[2]) >> 8
    weight, weighted = int(a.sum()), a * luma
    lying = [int(a @ channel) for channel in ground]
    under = (weight, *lying, int(weighted.sum()), int(weighted @ luma))
    if even:
        return Seen(under, inking.ink.color)
    thick = inking.alpha.reshape(-1).take(at).astype(np.int64)
    thin = a - thick
    red, green, blue = (
        int(thick @ over + thin @ below) / weight
        for over, below in zip(_channels(inking.fill, at), ground, strict=True)
    )
    return Seen(under, (red, green, blue))


def _channels(pixels: Pixels, at: NDArray[np.intp]) -> list[NDArray[np.int64]]:
    """Red, green and blue of the pixels with these numbers, row by row."""
    flat = np.ascontiguousarray(pixels).reshape(-1)
    return [flat.take(3 * at + channel).astype(np.int64) for channel in range(3)]
