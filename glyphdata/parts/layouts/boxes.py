"""Boxes as a file of your own arranges them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from glyphdata.errors import Rejection
from glyphdata.parts import Slot
from glyphdata.parts.boxfile import BoxFile, opened
from glyphdata.parts.fields import Share, pair
from glyphdata.parts.slots import Slotted, settled, within
from glyphdata.scene.geometry import BBox
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas

Side = Annotated[float, Field(gt=0.0, le=1e9)]


class _Open:
    """The place of the file once it is read: no field, so it is neither compared nor pickled."""

    __slots__ = ("_held",)
    _held: BoxFile


@dataclass(frozen=True, slots=True)
class BoxLists(_Open):
    """Arrangements from a .json or .jsonl file, each record as likely.

    Recipe: {kind: boxes, path: layouts.jsonl, space: 1645}

    A record is a list of boxes, [x, y, width, height] or [x, y, width, height, degrees], or an
    object that has such a list as `bbox`. `space` is the side, or [width, height], of the canvas
    that they were made for; it is stretched to the recipe's. Of boxes that overlap the larger one
    stays; of more than a scene wants the largest and any of the others. A record of fewer gives no
    more than it has.
    """

    path: Annotated[str, Field(min_length=1)]
    share: Share = 1.0
    space: Annotated[tuple[Side, Side], pair] = (1645.0, 1645.0)

    def ready(self, root: Path) -> Self:
        """The same range, its file found and read; `InputError` where it cannot be used."""
        found = replace(self, path=str(root / self.path))
        object.__setattr__(found, "_held", opened(Path(found.path)))
        return found

    @property
    def identity(self) -> str:
        """What tells the file's content from another's: its digest."""
        return self._file().digest

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Slotted:
        """One record's boxes, at most as many as wanted, the largest first.

        `Rejection("no-slot")` where none of them is large enough for text on this canvas.
        """
        held = self._file()
        number = rng.at("record").integer(0, len(held))
        x, y = canvas.width / self.space[0], canvas.height / self.space[1]
        slots = []
        for left, top, width, height, angle in held[number].tolist():
            box = BBox(left * x, top * y, (left + width) * x, (top + height) * y)
            slots.append(within(canvas, Slot(box, angle)))
        kept = settled(canvas, sorted(slots, key=_area, reverse=True))
        if not kept:
            raise Rejection(
                "no-slot",
                f"record {number} of {Path(self.path).name} keeps no room for text",
                hint="is `space` that of the file? else a larger canvas",
            )
        others = rng.at("others").shuffled(range(1, len(kept)))[: wanted - 1]
        return Slotted(tuple(kept[at] for at in (0, *sorted(others))))

    def _file(self) -> BoxFile:
        try:
            return self._held
        except AttributeError:  # just unpickled in another process
            object.__setattr__(self, "_held", opened(Path(self.path)))
            return self._held


def _area(slot: Slot) -> float:
    return slot.bbox.area
