"""The places in the picture that a caption names, found and compared with the truth."""

from __future__ import annotations

import re
from typing import NamedTuple

from glyphdata.scene.geometry import BBox

_ROWS = {"top": 0, "upper": 0, "middle": 1, "center": 1, "centre": 1, "bottom": 2, "lower": 2}
_COLUMNS = {"left": 0, "center": 1, "centre": 1, "middle": 1, "right": 2}
_PICTURE = (
    r"(?:image|picture|poster|canvas|frame|page|sign|composition|scene|photo|photograph|design|"
    r"layout|card|banner|background|graphic)"
)
_PLACE = re.compile(
    r"(?P<lead>\b(?:(?:in|at|on|near|along|across|towards?|by)\s+(?:the\s+)?|to\s+the\s+)(?:very\s+|far\s+)?"
    r"|\bthe\s+|\b)"
    r"(?P<cell>(?:top|upper|bottom|lower|middle|center|centre)(?:[\s-]+(?:left|right|center|centre|"
    r"middle))?|(?:left|right)(?=[\s-]hand|\s+of\s+cent(?:er|re)|\W|$))"
    r"(?P<kind>\s+of\s+cent(?:er|re)|[\s-]hand\s+side|\s+(?:corner|side|edge|part|half|section|"
    r"portion|third|area|quarter|quadrant|region))?"
    rf"(?P<tail>\s+of\s+(?:the|this)\s+{_PICTURE}\b)?"
    r"(?!\s+of\b|-?\s*align|-\w)\b",
    re.IGNORECASE,
)


class PlaceClaim(NamedTuple):
    """A place that a caption names: `row` and `column` of a 3 × 3 grid, -1 where it says none.

    `lead` says that it begins with a preposition; `tail` is where ` of the image` starts.
    """

    start: int
    end: int
    row: int
    column: int
    lead: bool
    tail: int


def places(shown: str) -> tuple[PlaceClaim, ...]:
    """The places in the picture that a caption names outside its quotes."""
    claims = []
    for found in _PLACE.finditer(shown):
        cell = re.split(r"[\s-]+", found["cell"].lower())
        lead = found["lead"].strip().lower()
        moves = lead not in ("", "the")
        if not moves and len(cell) == 1 and not (found["kind"] or found["tail"]):
            continue
        row, column = _ROWS.get(cell[0], -1), _COLUMNS.get(cell[-1], -1)
        if len(cell) == 1 and cell[0] in ("top", "upper", "bottom", "lower"):
            column = -1
        tail = found.start("tail") if found["tail"] else found.end()
        claims.append(PlaceClaim(found.start(), found.end(), row, column, moves, tail))
    return tuple(claims)


def stands(bbox: BBox, width: int, height: int, claim: PlaceClaim) -> bool:
    """Does a box stand where a claim says? Within 5 % of a grid line both sides of it are right."""
    across = (bbox.left + bbox.right) / 2.0 / max(width, 1)
    down = (bbox.top + bbox.bottom) / 2.0 / max(height, 1)
    return _agrees(across, claim.column) and _agrees(down, claim.row)


def _agrees(share: float, cell: int) -> bool:
    return (
        cell < 0
        or cell / 3.0 - 0.05 <= share <= (cell + 1) / 3.0 + 0.05
        or ((cell == 0 and share < 0.0) or (cell == 2 and share > 1.0))
    )
