"""What went wrong in another process, as plain values that cross a pipe."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Literal

from glyphdata import errors
from glyphdata.errors import GlyphdataError

FaultKind = Literal["raised", "died", "stuck"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a try ended: it raised, its worker died, or it showed no life for too long.

    `name` is the class of what was raised (or the signal's name), `message` one line, `hint` the
    way out where there is one, `details` the traceback where it is a bug of ours.
    """

    kind: FaultKind
    name: str
    message: str
    hint: str = ""
    details: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Fault:
        """The fault that an exception tells of."""
        if isinstance(error, GlyphdataError):
            where = " › ".join(error.trail)
            said = f"{where}: {error.message}" if where else error.message
            return cls("raised", type(error).__name__, said, error.hint)
        details = "".join(traceback.format_exception(error))
        said = str(error).partition("\n")[0]
        return cls("raised", type(error).__name__, said, details=details)

    @property
    def stops_all(self) -> bool:
        """Would other tasks meet it too? True where the output, or an input, cannot be used."""
        return self.name in (errors.OutputError.__name__, errors.InputError.__name__)

    @property
    def repeats(self) -> bool:
        """Would another try end the same way? True for what was raised knowingly."""
        return self.kind == "raised" and not self.details

    def error(self) -> Exception:
        """The exception to raise for it: the user's fault as itself, ours with its traceback."""
        kind = getattr(errors, self.name, None)
        if isinstance(kind, type) and issubclass(kind, GlyphdataError):
            if issubclass(kind, errors.Rejection):
                return kind("rejected", self.message, hint=self.hint)
            return kind(self.message, hint=self.hint)
        return RuntimeError(f"{self}\n{self.details}".rstrip())

    def __str__(self) -> str:
        way_out = f" ({self.hint})" if self.hint else ""
        bug = f"{self.name}: " if self.details else ""
        return f"{bug}{self.message}{way_out}"
