"""`glyphdata preview`: a contact sheet of a dataset, one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli import show
from glyphdata.cli.options import OutFolder, named


def command(
    out: OutFolder,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file to write [OUT/preview.html, or here for a URL]."
        ),
    ] = None,
    count: Annotated[int, typer.Option(help="How many samples to show.", min=1, max=5000)] = 60,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="TERM", help="Only such samples: level=word, contrast<3; repeatable."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a self-contained contact sheet: pictures, their labels drawn in, their facts.

    Example: glyphdata preview out/ -o worst.html --where "contrast<3" --where level=word
    """
    from glyphdata.review.preview import preview

    here = named(out) == str(out)  # and not behind a URL
    place = sheet or (out if here else Path()) / "preview.html"
    shown = preview(out, place, count, where or ())
    if json:
        show.document({"sheet": str(place), "samples": shown, "bytes": place.stat().st_size})
    else:
        many = show.many(shown, "sample")
        show.say(f"{place}: {many}, {show.size(place.stat().st_size)}; open it in a browser")
