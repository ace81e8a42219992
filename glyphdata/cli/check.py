"""`glyphdata check`: is the recipe sound?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli.options import AsJson, Overrides
from glyphdata.cli.show import document, say


def command(
    recipe: Annotated[
        Path | None,
        typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.", show_default=False),
    ] = None,
    overrides: Overrides = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of recipes instead.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Is the recipe sound? Every fault at once, missing files included; exit code 3 if not.

    Example: glyphdata check posters.yaml -s canvas.width=1024
    """
    if schema:
        from glyphdata.recipe.schema import schema as drawn

        document(drawn())
        return
    if recipe is None:
        raise typer.BadParameter("name a recipe, or ask for --schema", param_hint="RECIPE")
    from glyphdata.recipe import load_recipe

    checked = load_recipe(recipe, overrides or ())
    checked.ready()
    if json:
        document(
            {
                "ok": True,
                "name": checked.name,
                "samples": checked.samples,
                "fingerprint": checked.fingerprint(),
                "recipe": checked.resolved(),
            }
        )
        return
    say(f"{recipe}: sound; {checked.samples} samples, fingerprint {checked.fingerprint()[:12]}")
