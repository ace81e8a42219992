"""`glyphdata doctor`: is everything here that the tool needs, and how to get what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from glyphdata.cli import show


def command(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check versions against security floors, the kernel, fonts, disk and cores.

    Exit code 5 where something required is broken. Example: glyphdata doctor
    """
    from dataclasses import asdict

    from glyphdata.errors import GateFailed
    from glyphdata.review.health import examined

    symptoms = examined()
    broken = [one.name for one in symptoms if one.state == "broken"]
    if json:
        show.document({"ok": not broken, "checks": [asdict(one) for one in symptoms]})
    else:
        rows = [(one.state, one.name, one.found, one.way_out) for one in symptoms]
        show.table(("", "what", "found", "way out"), rows)
    if broken:
        raise GateFailed(
            f"{', '.join(broken)}: required and broken", hint="see the way out beside each"
        )
