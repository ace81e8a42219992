"""What a scene can be made of. The page to read before adding a part.

A part comes as two small frozen dataclasses in one file, and the file's name is its kind:

- the **plural** is the range that a recipe allows (`Photos`): its fields are the recipe's fields,
  with their defaults and bounds, and it *chooses*;
- the **singular** is what one scene got (`Photo`): plain values that survive JSON, and it *does*.

Choosing draws from the `Rng` it is handed and touches nothing else; doing draws no random number.
To add a background, drop `parts/backgrounds/mist.py` with `class Mists(Background)` and
`class Mist` in it: there is no list to edit. The first line of the plural's docstring is the help
text, and its `Recipe:` line an example that the docs show and a test runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, Self, runtime_checkable

from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import (
    Align,
    Backdrop,
    BoxEffect,
    Canvas,
    Edit,
    Effect,
    Level,
    Pixels,
)

if TYPE_CHECKING:
    from glyphdata.parts.phrase import Phrase

ROOMS = ("texts", "backgrounds", "layouts", "edits", "effects")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as its source gave it, with what is known of it (`language` is BCP 47: `en`, `zh`)."""

    text: str
    language: str


@runtime_checkable
class TextSource(Protocol):
    """Where texts come from."""

    @property
    def share(self) -> float:
        """How often it is chosen beside its neighbours; above 0."""
        ...

    def ready(self, root: Path) -> Self:
        """The same source with its files found, checked and opened; relative paths start at `root`.

        `InputError` where they cannot be used.
        """
        ...

    def levels(self) -> Sequence[Level]:
        """Which levels it can give a text for."""
        ...

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One text of that level."""
        ...


@runtime_checkable
class Background(Protocol):
    """What may lie behind the text."""

    @property
    def share(self) -> float:
        """How often it is chosen beside its neighbours; above 0."""
        ...

    def ready(self, root: Path) -> Self:
        """The same range with its files found; `InputError` where there are none."""
        ...

    def choose(self, rng: Rng, canvas: Canvas) -> Backdrop:
        """What one scene gets. `Rejection` where the picture drawn cannot be read."""
        ...


class Slot(NamedTuple):
    """The room that a layout keeps for one box: a rectangle (pixels) turned about its own centre.

    The text is set as large as fits it, within `size_px` (smallest, largest) where that is given,
    else within the recipe's. `level` and `align` None leave the choice to the recipe.
    """

    bbox: BBox
    angle_deg: float = 0.0
    level: Level | None = None
    align: Align | None = None
    size_px: tuple[float, float] | None = None


@runtime_checkable
class Arrangement(Protocol):
    """Where the boxes of one scene may lie. It holds what was drawn for that scene."""

    def slot(self, number: int) -> Slot | None:
        """The room kept for box `number`; None where it may lie anywhere that `spot` says."""
        ...

    def spot(
        self, rng: Rng, size: BBox, taken: Sequence[Quad], angle_deg: float, ground: Pixels
    ) -> tuple[float, float]:
        """The centre (x, y) of a box of that size, turned by that angle, apart from those taken.

        `ground` is the painted background. `Rejection("no-room")` where there is no place for it.
        """
        ...


@runtime_checkable
class Layout(Protocol):
    """How the boxes of a scene may be arranged."""

    @property
    def share(self) -> float:
        """How often it is chosen beside its neighbours; above 0."""
        ...

    def ready(self, root: Path) -> Self:
        """The same range with its files found; `InputError` where they cannot be used."""
        ...

    def choose(self, rng: Rng, canvas: Canvas, wanted: int) -> Arrangement:
        """The arrangement of a scene that wants so many boxes."""
        ...


@runtime_checkable
class EditRange(Protocol):
    """Which near-misses of a text one kind of edit can make."""

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit whose outcome differs from the text, and which the face draws (`draws`).

        `Rejection("no-edit")` where there is none.
        """
        ...


@runtime_checkable
class EffectRange(Protocol):
    """Which changes of a text box's ink, or of the finished picture, may happen."""

    @property
    def share(self) -> float:
        """How many of the boxes, or pictures, get it: 0 to 1."""
        ...

    @property
    def on(self) -> Literal["box", "picture"]:
        """What it is drawn for: each text box, or each picture."""
        ...

    def choose(self, rng: Rng) -> Effect | BoxEffect:
        """What one box or picture gets."""
        ...
