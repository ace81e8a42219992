"""Do boxes hold the letters? Judged by the ink of the picture, with no regard to how it was drawn.

Black on white, letters that are one piece each (no i, no j) and stand apart: then the connected
pieces of ink, from left to right, are the letters of the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; right and bottom are the first without ink."""

Labelled = tuple[NDArray[np.uint8], str, Sequence[Sequence[float]]]
"""A picture in grey (h × w), its text, and its boxes in the order of the text."""

PAPER = 230
"""From this grey on, of 255, a pixel counts as paper: a tenth of it may be covered."""

BLURRED_PAPER = 128
"""The same in a blurred picture: the edge of a stroke is where half of the ink is left."""

FREE_PX = 1.0
"""So much ink may be left outside: whether a pixel at the edge counts is a matter of a hair."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the boxes of many pictures fared.

    `pictures` were looked at, `counted` have a box for every letter; of `judged` pictures the
    letters stood apart, `letters` in all: `held` have their ink within their box, and no side of
    the box is farther from it than a pixel in `within_1`, than two in `within_2`. `slack_px` is
    the median, over the letters held, of the side that is farthest off.
    """

    pictures: int
    counted: int
    judged: int
    letters: int
    held: int
    within_1: int
    within_2: int
    slack_px: float


def pieces(grey: NDArray[np.uint8], paper: int = PAPER) -> list[Box]:
    """The boxes of the connected pieces of ink in a picture (h × w), from left to right."""
    dark = (grey < paper).astype(np.uint8)
    _, _, found, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    return sorted((x, y, x + width, y + height) for x, y, width, height, _ in found[1:].tolist())


def judge(samples: Iterable[Labelled], paper: int = PAPER) -> Verdict:
    """The verdict on these; from a grey of `paper` on a pixel counts as such."""
    pictures = counted = judged = letters = 0
    slacks: list[float] = []
    for grey, text, boxes in samples:
        wanted = len(text.replace(" ", ""))
        pictures += 1
        counted += len(boxes) == wanted
        inks = pieces(grey, paper)
        if len(inks) != wanted:
            continue  # letters touch: which ink is whose cannot be told
        judged += 1
        letters += wanted
        if len(boxes) != wanted:
            continue  # of boxes too many or too few, none is a letter's
        slacks += [slack for slack in map(slack_px, boxes, inks) if slack is not None]
    near = [sum(slack <= limit + _ROUNDING for slack in slacks) for limit in (1.0, 2.0)]
    middle = float(np.median(slacks)) if slacks else 0.0
    return Verdict(pictures, counted, judged, letters, len(slacks), near[0], near[1], middle)


def slack_px(box: Sequence[float], ink: Box) -> float | None:
    """How far the side of the box farthest from the ink is; None where ink is left outside."""
    sides = (ink[0] - box[0], ink[1] - box[1], box[2] - ink[2], box[3] - ink[3])
    if min(sides) < -FREE_PX - _ROUNDING:
        return None
    return max(map(abs, sides))
