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

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Backdrop, Canvas, Effect, Level

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


@runtime_checkable
class Layout(Protocol):
    """Where boxes may lie on the canvas."""

    @property
    def share(self) -> float:
        """How often it is chosen beside its neighbours; above 0."""
        ...

    def choose(
        self, rng: Rng, canvas: Canvas, size: BBox, taken: Sequence[Quad], angle_deg: float
    ) -> tuple[float, float]:
        """The centre (x, y) of a box of that size, turned by that angle, apart from those taken."""
        ...


@runtime_checkable
class EffectRange(Protocol):
    """Which changes of the finished pixels may happen."""

    @property
    def share(self) -> float:
        """How often it is chosen beside its neighbours; above 0."""
        ...

    def choose(self, rng: Rng) -> Effect:
        """What one scene gets."""
        ...
