"""Why a package could not be fetched, or its archive not be read."""

from __future__ import annotations

from glyphdata.errors import InputError


class Unfetched(InputError):
    """A package that did not come, or whose archive must not be opened.

    `reason` is a short stable code that is counted (`not-found`, `integrity`, `path-escape`).
    """

    def __init__(self, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
