"""Posters: a title, a subtitle, a body of text, a footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import Field

from glyphdata.parts import Slot
from glyphdata.parts.fields import Share, Unit, pair, rising
from glyphdata.parts.layouts.scatter import Scattered
from glyphdata.parts.slots import (
    GAP_PX,
    Page,
    Slotted,
    aligned,
    around,
    least_height,
    part,
    settled,
)
from glyphdata.scene.geometry import BBox
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Align, Canvas, Level

Form = Literal["centered", "left", "band"]
FORMS: tuple[Form, ...] = get_args(Form)
Role = Literal["title", "body", "subtitle", "footer", "kicker", "aside"]
ROLES: tuple[Role, ...] = get_args(Role)
"""The boxes of a poster in the order in which it gets them: one that wants two has the first two.

A kicker is the small line above the title, an aside a second column of text.
"""

Margin = Annotated[float, Field(ge=0.0, le=0.25)]


class Manner(NamedTuple):
    """How a role's text is set: its level, and its smallest and largest size in shares of the
    canvas's shorter side."""

    level: Level
    least: float
    most: float


_MANNERS: dict[Role, Manner] = {
    "title": Manner("word", 0.03, 0.26),
    "subtitle": Manner("sentence", 0.018, 0.07),
    "body": Manner("paragraph", 0.014, 0.045),
    "aside": Manner("paragraph", 0.014, 0.04),
    "kicker": Manner("word", 0.016, 0.05),
    "footer": Manner("sentence", 0.014, 0.036),
}


@dataclass(frozen=True, slots=True)
class Posters:
    """Posters: a title and, as a scene wants more boxes, body, subtitle, footer, kicker, aside.

    Recipe: {kind: poster, forms: [centered, band], margin: [0.06, 0.12]}

    The title is a word, or a sentence in a share of `sentence` of the posters; body and aside are
    paragraphs. Sizes go with the canvas, not with `boxes.size_px`. `margin` is a share of the
    canvas's shorter side. Boxes beyond the sixth are scattered.
    """

    share: Share = 1.0
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = FORMS
    margin: Annotated[tuple[Margin, Margin], pair, rising] = (0.05, 0.11)
    sentence: Unit = 0.4

    def ready(self, root: Path) -> Self:
        """The range itself: it reads no files."""
        return self

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Slotted:
        """A poster of so many slots, or of as many as a small canvas has room for."""
        side = min(canvas.width, canvas.height)
        margin = rng.at("margin").uniform(*self.margin) * side
        gap = max(rng.at("gap").uniform(0.018, 0.04) * side, GAP_PX)
        area = around(canvas, (margin, margin))
        page = Page(rng.at("page"), area, gap, gap, least_height(canvas))
        form = rng.at("form").pick(self.forms)
        wish = ROLES[:wanted]
        if wanted == 2 and rng.at("second").chance(0.5):
            wish = ("title", "subtitle")
        areas, align = _FORMS[form](page, wish)
        told = rng.at("sentence").chance(self.sentence)
        slots = []
        for role in sorted(areas, key=ROLES.index):
            level, least, most = _MANNERS[role]
            if role == "title" and told:
                level = "sentence"
            slots.append(Slot(areas[role], 0.0, level, align, (least * side, most * side)))
        whole = Slot(canvas.bbox)  # where the canvas is too small for any poster
        return Slotted(settled(canvas, slots) or (whole,), Scattered(canvas, GAP_PX))


Made = tuple[dict[Role, BBox], Align]
"""Where each role's slot lies, and how all texts are aligned."""

_HEIGHTS: dict[Role, tuple[float, float]] = {
    "kicker": (0.4, 0.55),
    "title": (2.2, 3.4),
    "subtitle": (0.7, 1.1),
    "body": (2.4, 3.6),
    "aside": (1.6, 2.4),
    "footer": (0.4, 0.55),
}


def _rows(page: Page, roles: Sequence[Role], order: Sequence[Role]) -> dict[Role, BBox]:
    """Those of the poster's roles that are named, below one another, in that order."""
    found = [role for role in order if role in roles]
    heights = [page.rng.uniform(*_HEIGHTS[role]) for role in found]
    return dict(zip(found, page.rows(heights), strict=False))


def _centered(page: Page, roles: Sequence[Role]) -> Made:
    """All in one column about the middle; an aside stands beside the body."""
    rng = page.rng
    height = min(0.3 + 0.16 * len(roles) + rng.uniform(0.0, 0.15), 1.0)
    block = page.on(part(page.area, rng.uniform(0.82, 1.0), height, (0.5, rng.uniform(0.3, 0.7))))
    found = _rows(block, roles, ("kicker", "title", "subtitle", "body", "footer"))
    _set_beside(page, roles, found)
    for role, area in found.items():
        if role in _SHORT:
            found[role] = aligned(area, rng.uniform(0.6, 0.85), "center")
    return found, "center"


def _left(page: Page, roles: Sequence[Role]) -> Made:
    """A column at the left edge, the footer at its foot; the right is left to the background."""
    rng = page.rng
    column = page.on(part(page.area, rng.uniform(0.54, 0.76), 1.0, (0.0, 0.0)))
    found: dict[Role, BBox] = {}
    if "footer" in roles:
        above, foot = column.cut(1.0 - rng.uniform(0.055, 0.075))
        if foot.height >= page.least:
            found["footer"] = foot
            column = column.on(above)
    height = min(0.36 + 0.11 * len(roles) + rng.uniform(0.0, 0.15), 1.0)
    block = column.on(part(column.area, 1.0, height, (0.0, rng.random())))
    found |= _rows(block, roles, ("kicker", "title", "subtitle", "body", "aside"))
    return found, "left"


def _band(page: Page, roles: Sequence[Role]) -> Made:
    """Title and texts in a band at the bottom; kicker and footer in the corners at the top."""
    rng = page.rng
    align: Align = "left" if rng.chance(0.6) else "center"
    height = min(0.3 + 0.09 * len(roles) + rng.uniform(0.0, 0.08), 0.85)
    top, band = page.cut(1.0 - height)
    found = _rows(page.on(band), roles, ("title", "subtitle", "body"))
    _set_beside(page, roles, found)
    strip = min(max(rng.uniform(0.045, 0.06) * page.area.height, page.least) / top.height, 1.0)
    if "kicker" in roles:
        found["kicker"] = part(top, 0.47, strip, (0.0, 0.0))
    if "footer" in roles:
        found["footer"] = part(top, 0.47, strip, (1.0, 0.0))
    return found, align


def _set_beside(page: Page, roles: Sequence[Role], found: dict[Role, BBox]) -> None:
    """Give half of the body's room to the aside, where there is one."""
    if "aside" in roles and "body" in found:
        halves = page.on(found["body"]).columns((1.0, 1.0))
        if len(halves) == 2:
            found["body"], found["aside"] = halves


_SHORT = ("kicker", "subtitle", "footer")

_FORMS: dict[Form, Callable[[Page, Sequence[Role]], Made]] = {
    "centered": _centered,
    "left": _left,
    "band": _band,
}
