"""Which boxes are told apart in a report: by edit, length, script, level and height."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from glyphdata.train.batch import BoxFacts

_LENGTHS = (5, 9, 17, 33, 65)
_HEIGHTS_PX = (16, 24, 32, 48, 96)


def _bin(value: float, edges: Sequence[int]) -> str:
    """`under 5`, `5-8`, …, `65 and over`: names of whole numbers between edges."""
    place = bisect_right(edges, value)
    if place == 0:
        return f"under {edges[0]}"
    if place == len(edges):
        return f"{edges[-1]} and over"
    return f"{edges[place - 1]}-{edges[place] - 1}"


SLICES: dict[str, Callable[[BoxFacts], tuple[str, ...]]] = {
    "by_edit": lambda box: box.edits or ("none" if box.member == 0 else "style",),
    "by_length": lambda box: (_bin(len(box.text), _LENGTHS),),
    "by_script": lambda box: (box.script,),
    "by_level": lambda box: (box.level,),
    "by_height": lambda box: (_bin(box.height_px, _HEIGHTS_PX),),
}
"""Per name of a breakdown, which of its slices a box falls into.

Edits by kind, `none` for an original, `style` for a variant in another face or colour; lengths in
characters; heights in whole pixels (15.9 is `under 16`).
"""


def sliced(facts: Sequence[BoxFacts], name: str) -> dict[str, list[int]]:
    """The numbers of the boxes of each slice: in rising order for bins, else by name."""
    found: dict[str, list[int]] = {}
    for number, box in enumerate(facts):
        for one in SLICES[name](box):
            found.setdefault(one, []).append(number)
    return {one: found[one] for one in sorted(found, key=_place)}


def _place(name: str) -> tuple[int, str]:
    """Bins in the order of their numbers, all else by name."""
    if name.startswith("under "):
        return -1, name
    first = name.split("-")[0].split(" ")[0]
    return (int(first), name) if first.isdecimal() else (0, name)
