"""What is asked of a pull, and what becomes of each family."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from glyphdata.errors import InputError
from glyphdata.faces.incoming import Incoming, Taken
from glyphdata.faces.pull.families import Family
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.web import Patience

Origin = Literal["auto", "pypi", "npm"]

MEGABYTES = 400
"""What a pull may fetch by default."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to pull: families, the weights wanted of each (none: all), and how.

    `limit` is how many bytes of archives may come in all, `jobs` how many come at a time.
    """

    families: tuple[Family, ...]
    weights: tuple[int, ...] = ()
    origin: Origin = "auto"
    jobs: int = 4
    limit: int = MEGABYTES * 1_000_000
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Came:
    """A family that was fetched: its package, the bytes of its archive, its font files."""

    family: Family
    package: str
    version: str
    size: int
    files: tuple[Incoming, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A family that did not come: a short stable code, and why in words."""

    family: Family
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of an order, each by family: what came, was held already, did not come.

    `taken` is the store's account of the files, None where there were none.
    """

    came: tuple[Came, ...]
    held: tuple[Family, ...]
    failed: tuple[Failed, ...]
    taken: Taken | None


def failed(family: Family, fault: InputError) -> Failed:
    """The family's failure, by its fault."""
    reason = fault.reason if isinstance(fault, Unfetched) else "unreadable"
    return Failed(family, reason, str(fault))


@dataclass(slots=True)
class Purse:
    """The bytes that may still come; nothing more once something was too dear."""

    left: int

    def pay(self, size: int) -> None:
        """Take an archive's bytes off; `Unfetched` (`over-limit`) where they are not left."""
        if size > self.left:
            self.left = 0
        if not self.left:
            raise Unfetched("over-limit", "there is no room left for it", hint="raise --max-mb")
        self.left -= size
