"""What can go wrong, as one tree.

GlyphdataError            anything a user can act on; becomes one line and an exit code
├── RecipeError           the recipe asks for what cannot be made            (exit 3)
├── InputError            a file, folder, font or text that cannot be used   (exit 3)
├── OutputError           the output cannot be written or is someone else's  (exit 3)
├── PartlyDone            finished, but some shards are quarantined          (exit 4)
├── GateFailed            a quality or integrity gate did not pass           (exit 5)
└── Rejection             one sample that cannot be made; counted, replaced, never fatal

Every error says the place, the fault and the way out:
``recipes/posters.yaml › texts.0: no face covers 'ß' (install more fonts, or narrow the charset)``.
"""

from __future__ import annotations

from typing import Self


class GlyphdataError(Exception):
    """A fault that a user can act on.

    `message` says what is wrong, `hint` the way out, `trail` the places it was found in, outermost
    first. `exit_code` is what a command returns for it.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint
        self.trail: tuple[str, ...] = ()

    def inside(self, place: str) -> Self:
        """The same error with `place` put in front of its trail."""
        self.trail = (place, *self.trail)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """How it travels between processes: hints are keywords, which exceptions do not pickle."""
        return _again, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        where = " › ".join(self.trail)
        way_out = f" ({self.hint})" if self.hint else ""
        return f"{where}: {self.message}{way_out}" if where else f"{self.message}{way_out}"


def _again(kind: type[GlyphdataError], args: tuple[object, ...]) -> GlyphdataError:
    error = kind.__new__(kind)
    error.args = args
    return error


class RecipeError(GlyphdataError):
    """A recipe that cannot be made; `faults` holds every one of its faults as (path, message)."""

    def __init__(
        self, message: str, *, hint: str = "", faults: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.faults = faults

    def __str__(self) -> str:
        lines = [super().__str__(), *(f"  {path}: {fault}" for path, fault in self.faults)]
        return "\n".join(lines)


class InputError(GlyphdataError):
    """A file, folder, font or text that cannot be used."""


class OutputError(GlyphdataError):
    """An output that cannot be written, or that belongs to another recipe."""


class PartlyDone(GlyphdataError):
    """A run that finished with some shards or samples quarantined."""

    exit_code = 4


class GateFailed(GlyphdataError):
    """A dataset that does not pass a quality or integrity gate."""

    exit_code = 5


class Rejection(GlyphdataError):
    """One sample that cannot be made as drawn.

    `reason` is a short stable code (`"too-long"`, `"no-face"`, `"photo-unreadable"`) that is
    counted; the sample is drawn again deterministically. `earlier` are the reasons of the drafts
    that were given up before.
    """

    def __init__(
        self, reason: str, message: str, *, hint: str = "", earlier: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.earlier = earlier
