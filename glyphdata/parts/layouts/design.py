"""Boxes as graphic designs arrange them: a headline, smaller lines, columns, captions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

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
    columns,
    leaning,
    least_height,
    part,
    rows,
    settled,
    standing,
)
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Align, Canvas

Form = Literal["stack", "columns", "halves", "corners", "band", "grid", "stairs", "spine"]
FORMS: tuple[Form, ...] = get_args(Form)
MOST = 7
"""A design has at most so many slots."""

Units = Annotated[float, Field(ge=0.0, le=10_000.0)]
UnitsSpan = Annotated[tuple[Units, Units], pair, rising]
Lean = Annotated[float, Field(ge=-45.0, le=45.0)]


@dataclass(frozen=True, slots=True)
class Designs:
    """Arrangements like those of graphic designs, of as many boxes as a scene wants, up to seven.

    Recipe: {kind: design, forms: [stack, columns, corners], margin: [60, 160], leaning: 0.2}

    `margin` (at the canvas's edges) and `gap` (between boxes) are in units of a layout space of
    `space` × `space` that covers the canvas. `leaning` is the share of designs in which a box lies
    aslant, by `angle_deg`. The largest box is the first; boxes beyond the seventh are scattered.
    """

    share: Share = 1.0
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = FORMS
    space: Annotated[float, Field(ge=16.0, le=100_000.0)] = 1645.0
    margin: UnitsSpan = (60.0, 190.0)
    gap: UnitsSpan = (24.0, 70.0)
    leaning: Unit = 0.1
    angle_deg: Annotated[tuple[Lean, Lean], pair, rising] = (-14.0, 14.0)

    def ready(self, root: Path) -> Self:
        """The range itself: it reads no files."""
        return self

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Slotted:
        """A design of so many slots, or of as many as a small canvas has room for."""
        x, y = canvas.width / self.space, canvas.height / self.space
        margin = rng.at("margin").uniform(*self.margin)
        gap = rng.at("gap").uniform(*self.gap)
        area = around(
            canvas, (min(margin * x, canvas.width / 8.0), min(margin * y, canvas.height / 8.0))
        )
        page = Page(
            rng.at("page"), area, max(gap * x, GAP_PX), max(gap * y, GAP_PX), least_height(canvas)
        )
        form = rng.at("form").pick(self.forms)
        slots = sorted(_FORMS[form](page, min(wanted, MOST)), key=_size, reverse=True)
        if rng.at("leaning?").chance(self.leaning):
            _lean(rng.at("leaning"), slots, self.angle_deg, page.least)
        whole = Slot(canvas.bbox)  # where the canvas is too small for any arrangement
        return Slotted(settled(canvas, slots) or (whole,), Scattered(canvas, GAP_PX))


def _size(slot: Slot) -> tuple[float, float]:
    """What makes a slot come first: height counts most, for it makes the text large."""
    return slot.bbox.height * slot.bbox.height * slot.bbox.width, -slot.bbox.top


def _lean(rng: Rng, slots: list[Slot], angles: tuple[float, float], least: float) -> None:
    """Turn one of the slots, where one is left high enough by it."""
    angle = rng.uniform(*angles)
    for at in rng.shuffled(range(len(slots))):
        turned = leaning(slots[at], angle)
        if slots[at].angle_deg == 0.0 and turned.bbox.height >= max(
            least, slots[at].bbox.height / 2.0
        ):
            slots[at] = turned
            return


def _align(rng: Rng) -> Align:
    options: tuple[Align, ...] = ("left", "center", "right")
    return options[rng.weighted((0.4, 0.48, 0.12))]


def _lines(page: Page, count: int, align: Align, headline: float) -> list[Slot]:
    """Lines below one another, one of them `headline` times as high as the others or more."""
    rng = page.rng
    weights = [rng.uniform(0.75, 1.35) for _ in range(count)]
    # Often there is a small line above the headline.
    first = 1 if count > 2 and rng.chance(0.35) else 0
    weights[first] = headline * rng.uniform(1.0, 1.5)
    out = []
    for number, row in enumerate(page.rows(weights)):
        width = 1.0 if number == first else rng.uniform(0.5, 1.0)
        out.append(Slot(aligned(row, width, align), align=align))
    return out


def _stack(page: Page, count: int) -> list[Slot]:
    """One column of lines, somewhere on the page."""
    rng = page.rng
    align = _align(rng)
    height = min(0.3 + 0.09 * count + rng.uniform(0.0, 0.3), 1.0)
    width = rng.uniform(0.62, 1.0)
    across = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    area = part(page.area, width, height, (across, rng.random()))
    return _lines(page.on(area), count, align, rng.uniform(1.8, 3.2))


def _columns(page: Page, count: int) -> list[Slot]:
    """A headline across the page, two or three columns of smaller boxes below it."""
    if count < 3:
        return _stack(page, count)
    rng = page.rng
    align = _align(rng)
    head, below = page.cut(rng.uniform(0.24, 0.42))
    number = 3 if count > 5 or (count == 4 and rng.chance(0.5)) else 2
    parts = page.on(below).columns([rng.uniform(0.85, 1.2) for _ in range(number)])
    out = [Slot(head, align=align)]
    for place, column in enumerate(parts):
        held = len(range(place, count - 1, len(parts)))
        if held:
            out += _lines(page.on(column), held, align, rng.uniform(0.7, 1.6))
    return out


def _halves(page: Page, count: int) -> list[Slot]:
    """The headline in one half of the page, the rest in the other."""
    if count < 2:
        return _stack(page, count)
    rng = page.rng
    share = rng.uniform(0.42, 0.6)
    parts = page.columns([share, 1.0 - share])
    if len(parts) < 2:
        return _stack(page, count)
    large, small = parts if rng.chance(0.6) else (parts[1], parts[0])
    head = part(large, 1.0, rng.uniform(0.45, 0.95), (0.0, rng.random()))
    align = _align(rng)
    rest = part(small, 1.0, min(0.3 + 0.12 * count, 1.0), (0.0, rng.random()))
    return [Slot(head, align=align), *_lines(page.on(rest), count - 1, align, 1.2)]


def _corners(page: Page, count: int) -> list[Slot]:
    """Captions in the corners, the headline and what is left between them."""
    rng = page.rng
    captions = min(count - 1, rng.integer(1, 5))
    height = rng.uniform(0.075, 0.11)
    strips = rows(page.area, [height, 1.0 - 2 * height, height], page.down, page.least)
    if captions < 1 or len(strips) < 3:
        return _stack(page, count)
    corners: list[Slot] = []
    for strip in (strips[0], strips[2]):
        left = rng.uniform(0.3, 0.48)
        halves = columns(strip, [left, 0.04, 0.85 - left], page.across, 1.0)
        corners += [Slot(halves[0], align="left"), Slot(halves[-1], align="right")]
    taken = rng.shuffled(corners)[:captions]
    needed = (count - captions) * (page.least + page.down) / strips[1].height
    height = min(max(rng.uniform(0.5, 0.85), needed), 1.0)
    middle = part(strips[1], rng.uniform(0.75, 1.0), height, (0.5, rng.random()))
    align: Align = "center" if rng.chance(0.6) else "left"
    return _lines(page.on(middle), count - captions, align, rng.uniform(1.6, 2.6)) + taken


def _band(page: Page, count: int) -> list[Slot]:
    """A block at the bottom or the top, one small line alone at the other end."""
    if count < 2:
        return _stack(page, count)
    rng = page.rng
    below = rng.chance(0.65)
    align = _align(rng)
    block = part(page.area, 1.0, min(0.3 + 0.06 * count, 0.7), (0.0, 1.0 if below else 0.0))
    height = max(rng.uniform(0.06, 0.1) * page.area.height, page.least)
    if block.height + height + page.down > page.area.height:
        return _stack(page, count)
    strip = part(
        page.area, rng.uniform(0.35, 0.7), height / page.area.height,
        ({"left": 0.0, "center": 0.5, "right": 1.0}[align], 0.0 if below else 1.0),
    )  # fmt: skip
    lines = _lines(page.on(block), count - 1, align, rng.uniform(1.6, 2.8))
    return [*lines, Slot(strip, align=align)]


def _grid(page: Page, count: int) -> list[Slot]:
    """Even cells, with a headline above them where the number is odd."""
    if count < 3:
        return _stack(page, count)
    rng = page.rng
    out: list[Slot] = []
    area, left = page.area, count
    if count % 2:
        head, area = page.cut(rng.uniform(0.2, 0.34))
        out.append(Slot(head, align="center"))
        left -= 1
    across = 3 if left == 6 and rng.chance(0.5) else 2
    for row in page.on(area).rows([1.0] * (left // across)):
        for cell in page.on(row).columns([1.0] * across):
            out.append(Slot(part(cell, 1.0, rng.uniform(0.6, 0.95)), align="center"))
    return [slot for slot in out if slot.bbox.height >= page.least]


def _stairs(page: Page, count: int) -> list[Slot]:
    """Lines of one height, each set further in than the one above it."""
    rng = page.rng
    width = rng.uniform(0.45, 0.7)
    height = min(0.22 + 0.12 * count, 1.0)
    area = part(page.area, 1.0, height, (0.0, rng.random()))
    found = page.on(area).rows([rng.uniform(0.8, 1.2) for _ in range(count)])
    falls = rng.chance(0.7)
    out = []
    for number, row in enumerate(found):
        at = number / max(len(found) - 1, 1)
        out.append(Slot(part(row, width, 1.0, (at if falls else 1.0 - at, 0.0)), align="left"))
    return out


def _spine(page: Page, count: int) -> list[Slot]:
    """A line that runs up or down one side of the page, the others beside it."""
    rng = page.rng
    share = rng.uniform(0.12, 0.2)
    leads = rng.chance(0.7)
    parts = page.columns([share, 1.0 - share] if leads else [1.0 - share, share])
    if count < 2 or len(parts) < 2:
        return _stack(page, count)
    narrow, wide = parts if leads else (parts[1], parts[0])
    length = rng.uniform(0.6, 1.0)
    side = Slot(part(narrow, 1.0, length, (0.0, rng.random())), align="center")
    return [standing(side, -90 if leads else 90), *_stack(page.on(wide), count - 1)]


_FORMS: dict[Form, Callable[[Page, int], list[Slot]]] = {
    "stack": _stack,
    "columns": _columns,
    "halves": _halves,
    "corners": _corners,
    "band": _band,
    "grid": _grid,
    "stairs": _stairs,
    "spine": _spine,
}
