"""`glyphdata kinds`: every kind that recipes and commands can name."""

from __future__ import annotations

from typing import Annotated

import typer

from glyphdata.cli.options import AsJson
from glyphdata.cli.show import document, table


def command(
    room: Annotated[
        str | None,
        typer.Argument(metavar="ROOM", help="texts, checks, … ; all where it is left out."),
    ] = None,
    json: AsJson = False,
) -> None:
    """List every kind that is installed: parts of recipes, captioners, checks and formats.

    Example: glyphdata kinds exporters
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
