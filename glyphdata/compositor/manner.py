"""How is a text to be set: which way it runs, turned, spaced, bent or tilted?"""

from __future__ import annotations

from typing import NamedTuple

from glyphdata.parts import Slot
from glyphdata.recipe import Recipe
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Direction
from glyphdata.typeset import spaceable, vertical
from glyphdata.typeset.itemize import direction_of


class Manner(NamedTuple):
    """What is decided of a box's setting before its size and place are.

    `tilt` is how much nearer the box's top and its left side are than those across, each -0.6 to
    0.6; None where it lies flat.
    """

    direction: Direction
    angle_deg: float = 0.0
    line_spacing: float = 1.0
    letter_spacing_em: float = 0.0
    bend_deg: float = 0.0
    tilt: tuple[float, float] | None = None


class Manners:
    """Draws manners from a recipe's ranges; what a recipe never asks for is never drawn."""

    def __init__(self, recipe: Recipe) -> None:
        boxes = self._boxes = recipe.boxes
        self._plain = not (boxes.vertical or boxes.spaced or boxes.bent or boxes.tilted)

    def choose(self, rng: Rng, text: str, script: str, slot: Slot | None) -> Manner:
        """The manner of a text in a script; a slot has an angle of its own and bends nothing."""
        boxes = self._boxes
        direction = direction_of(text)
        letters = bend = 0.0
        tilt = None
        if not self._plain:
            if boxes.vertical and rng.at("vertical").chance(boxes.vertical):
                direction = "ttb" if vertical(text, script) else direction
            if boxes.spaced and rng.at("spaced").chance(boxes.spaced) and spaceable(script):
                letters = _drawn(rng.at("letters"), boxes.letter_spacing_em)
            if boxes.bent and direction != "ttb" and rng.at("bent").chance(boxes.bent):
                bend = _drawn(rng.at("bend"), boxes.bend_deg)
            if boxes.tilted and rng.at("tilted").chance(boxes.tilted):
                tilt = self._tilt(rng.at("tilt"))
        spacing = _drawn(rng.at("spacing"), boxes.line_spacing)
        if slot is not None:
            return Manner(direction, slot.angle_deg, spacing, letters)
        return Manner(direction, self._angle(rng), spacing, letters, bend, tilt)

    def _angle(self, rng: Rng) -> float:
        boxes = self._boxes
        if boxes.turned < 1.0 and not rng.at("turned").chance(boxes.turned):
            return 0.0
        return _drawn(rng.at("angle"), boxes.angle_deg)

    def _tilt(self, rng: Rng) -> tuple[float, float]:
        """Mostly about one axis, as a sign is seen from the side or from below."""
        strength = _drawn(rng, self._boxes.tilt) * (1.0 if rng.chance(0.5) else -1.0)
        other = strength * rng.uniform(-0.4, 0.4)
        return (strength, other) if rng.chance(0.3) else (other, strength)


def _drawn(rng: Rng, span: tuple[float, float]) -> float:
    low, high = span
    return low if low == high else rng.uniform(low, high)
