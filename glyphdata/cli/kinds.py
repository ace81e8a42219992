"""`glyphdata kinds`: what a recipe can be made of."""

from __future__ import annotations

from typing import Annotated

import typer

from glyphdata.cli.options import AsJson
from glyphdata.cli.show import document, table


def command(
    room: Annotated[
        str | None,
        typer.Argument(metavar="ROOM", help="texts, backgrounds, … ; all where it is left out."),
    ] = None,
    json: AsJson = False,
) -> None:
    """List every kind of text source, background, layout, edit and effect that is installed.

    Example: glyphdata kinds backgrounds
    """
    from glyphdata.registry import ROOMS, kinds, summary

    rooms = ROOMS if room is None else (room,)
    found = [(name, kind, summary(name, kind)) for name in rooms for kind in kinds(name)]
    if not json:
        table(("room", "kind", "what it is"), found)
    elif room is None:
        document([{"room": name, "kind": kind, "summary": line} for name, kind, line in found])
    else:
        document([{"kind": kind, "summary": line} for _, kind, line in found])
