"""What a notebook asks of a value that stands at the end of a cell."""

from __future__ import annotations

from importlib import import_module

_SHOWER = "glyphdata.review.notebook"
"""The module that knows how; named and not imported, for it stands on a floor above, and needs a
browser's picture formats that a scene does not."""


class Shown:
    """A value that notebooks show as its picture, the labels drawn in, and its texts.

    The module that does it is loaded when a notebook asks.
    """

    __slots__ = ()

    def _repr_png_(self) -> bytes:
        """The picture with its labels drawn in, as a PNG file."""
        drawn: bytes = import_module(_SHOWER).png(self)
        return drawn

    def _repr_html_(self) -> str:
        """The picture, the same with its labels, and a table of its texts; no script, no link."""
        page: str = import_module(_SHOWER).html(self)
        return page
