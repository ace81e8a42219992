"""`glyphdata check`: is the recipe sound?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson, Overrides, sound
from glyphdata.cli.show import document, many, say

if TYPE_CHECKING:
    from glyphdata.recipe import Recipe

_TRIES = 4


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

    Its first scenes are planned too, for a sound recipe may still ask for the impossible.

    Example: glyphdata check posters.yaml -s canvas.width=1024
    """
    if schema:
        from glyphdata.recipe.schema import schema as drawn

        document(drawn())
        return
    if recipe is None:
        raise typer.BadParameter("name a recipe, or ask for --schema", param_hint="RECIPE")
    checked = sound(recipe, overrides)
    _tried(checked, recipe)
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
    samples = many(checked.samples, "sample")
    say(f"{recipe}: sound; {samples}, fingerprint {checked.fingerprint()[:12]}")


def _tried(recipe: Recipe, path: Path) -> None:
    """`RecipeError` where none of the first scenes can be planned."""
    from glyphdata.errors import RecipeError, Rejection
    from glyphdata.scenes import Scenes

    scenes = Scenes(recipe)
    tries = min(_TRIES, len(scenes))
    for index in range(tries):
        try:
            scenes.made(index, lambda sample: None)
        except Rejection as rejection:
            last = rejection
        else:
            return
    raise RecipeError(f"none of its first {tries} scenes can be made: {last}").inside(str(path))
