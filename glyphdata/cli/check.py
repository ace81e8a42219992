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

    Its first scenes are planned too, for a sound recipe may still ask for the impossible. Of a mix
    the sources are opened.

    Example: glyphdata check posters.yaml -s canvas.width=1024
    """
    if schema:
        from glyphdata.recipe.schema import schema as drawn

        document(drawn())
        return
    if recipe is None:
        raise typer.BadParameter("name a recipe, or ask for --schema", param_hint="RECIPE")
    told = _mixed if _is_mix(recipe) else _planned
    told(recipe, overrides, json=json)


def _is_mix(path: Path) -> bool:
    """Does the file ask for a mix of datasets, and not for scenes?"""
    from glyphdata.recipe.document import read

    values = read(path)
    return "sources" in values and "texts" not in values


def _planned(path: Path, overrides: list[str] | None, *, json: bool) -> None:
    """Say that a recipe is sound; `RecipeError` with every fault where it is not."""
    checked = sound(path, overrides)
    _tried(checked, path)
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
    say(f"{path}: sound; {samples}, fingerprint {checked.fingerprint()[:12]}")


def _mixed(path: Path, overrides: list[str] | None, *, json: bool) -> None:
    """Say that a mix is sound; `RecipeError` with every fault where it is not."""
    from glyphdata.convert.mixing.loading import load_mix

    mix, _ = load_mix(path, overrides or ())
    if json:
        told = {"name": mix.name, "samples": mix.samples, "fingerprint": mix.fingerprint()}
        document({"ok": True, **told, "recipe": mix.resolved()})
        return
    scenes, count = many(mix.samples, "scene"), many(len(mix.sources), "source")
    say(f"{path}: a sound mix; {scenes} of {count}, fingerprint {mix.fingerprint()[:12]}")


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
