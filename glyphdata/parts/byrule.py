"""What parts made by rule have in common: they need no file, and nobody holds rights in them."""

from __future__ import annotations

from pathlib import Path
from typing import Self


class NeedsNothing:
    """A range that is ready as it stands."""

    __slots__ = ()

    def ready(self, root: Path) -> Self:
        """Itself: there is nothing to find under `root`."""
        return self


class MadeByRule:
    """A backdrop that comes from no picture."""

    __slots__ = ()

    @property
    def source(self) -> str:
        """Empty: no picture lies behind it."""
        return ""

    @property
    def license(self) -> str:
        """Empty: no rights are held in it."""
        return ""
