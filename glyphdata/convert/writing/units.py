"""The texts of a picture at one of four sizes: its boxes, their lines, words or clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from glyphdata.convert.picture import Box, Cluster, Corners, Line, Picture, Word

Size = Literal["word", "line", "box", "cluster"]
"""How much text one label is about."""
Classes = Literal["text", "script", "language"]
"""What the class of a label says: that it is text, or which."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One text with its quad, in pixels, and the `number` it has among those of its `box`."""

    text: str
    quad: Corners
    box: Box
    number: int


def units(picture: Picture, size: Size) -> Iterator[Unit]:
    """The texts of a picture in reading order; `InputError` where that needs `layout.json`.

    Of a line, the blanks at which it was broken are left out: nothing shows them.
    """
    for box in picture.boxes:
        held = _held(box, size)
        for number, one in enumerate(held, 1):
            broken = size == "line" and number < len(held)
            yield Unit(one.text.rstrip() if broken else one.text, one.quad, box, number - 1)


def ink_values(told: Iterable[Unit], size: Size) -> list[list[int]]:
    """For each text, the values that its ink has in the instance mask (`mask.png`)."""
    held: dict[tuple[int, int | None], list[int]] = {}
    known: set[int] = set()
    found = []
    for unit in told:
        if unit.box.id not in known:
            known.add(unit.box.id)
            for number, one in enumerate(unit.box.clusters):
                if one.value:
                    place = (unit.box.id, _place(one, number, size))
                    held.setdefault(place, []).append(one.value)
        found.append(held.get((unit.box.id, unit.number), []))
    return found


def class_of(unit: Unit, classes: Classes) -> str:
    """The name of a text's class; `unknown` where its script or language is."""
    return "text" if classes == "text" else str(unit.box.facts[classes]) or "unknown"


def bounds_of(quad: Corners) -> tuple[float, float, float, float]:
    """Left, top, width and height of the upright box around a quad."""
    (left, top), (right, bottom) = quad.min(axis=0).tolist(), quad.max(axis=0).tolist()
    return left, top, right - left, bottom - top


def area_of(quad: Corners) -> float:
    """The area of a quad by the shoelace formula, in square pixels."""
    x, y = quad[:, 0], quad[:, 1]
    behind = [1, 2, 3, 0]
    return abs(float(x @ y[behind] - y @ x[behind])) / 2


def _held(box: Box, size: Size) -> Sequence[Box | Line | Word | Cluster]:
    if size == "box":
        return (box,)
    if size == "line":
        return box.lines
    return box.words if size == "word" else box.clusters


def _place(cluster: Cluster, number: int, size: Size) -> int | None:
    """The number of the text that a cluster belongs to, among those of its box."""
    if size == "cluster":
        return number
    if size == "box":
        return 0
    return cluster.line if size == "line" else cluster.word
