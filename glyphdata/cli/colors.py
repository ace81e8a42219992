"""`glyphdata colors`: the palette of colour tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from glyphdata.scene.color import Ink

app = typer.Typer(
    no_args_is_help=True,
    help="The colours that texts are drawn in. Example: glyphdata colors nearest '#c02030'",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list")
def list_colors(json: Json = False) -> None:
    """List the colour tokens. Example: glyphdata colors list --json"""
    from glyphdata.cli.show import document, table
    from glyphdata.scene.color import palette

    rows = [_row(ink) for ink in palette().inks]
    if json:
        document(rows)
    else:
        table(("token", "name", "hex"), [list(row.values()) for row in rows])


@app.command("nearest")
def nearest_color(
    color: Annotated[str, typer.Argument(help="A CSS name, #rgb or #rrggbb.")],
    json: Json = False,
) -> None:
    """Find the token nearest to a colour. Example: glyphdata colors nearest '#c02030'"""
    from glyphdata.cli.show import document, say
    from glyphdata.scene.color import Color, palette

    ink = palette().nearest(Color.parse(color))
    if json:
        document(_row(ink))
    else:
        say(f"<color-{ink.token}> {ink.name} {ink.color.hex}")


def _row(ink: Ink) -> dict[str, object]:
    return {"token": ink.token, "name": ink.name, "hex": ink.color.hex}
