"""Arguments that several commands share, said once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from glyphdata.recipe import Recipe


def out_folder(text: str) -> Path:
    """The folder that OUT names; of a URL its mirror, as it is now behind the URL.

    `InputError` for a URL that is none of a dataset's, or that cannot be read.
    """
    if "://" not in text:
        return Path(text)
    from glyphdata.shards.mirror import refresh, root_of

    root = root_of(text)
    refresh(root)
    return root


def named(out: Path) -> str:
    """What a folder that OUT named is called in messages: as it was given, or its URL."""
    from glyphdata.shards.mirror import told

    return told(out)


OutFolder = Annotated[
    Path,
    typer.Argument(
        metavar="OUT", parser=out_folder, help="The dataset's folder, or a URL: s3://bucket/out."
    ),
]
RecipeFile = Annotated[
    Path, typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.", show_default=False)
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "-s", "--set", metavar="KEY=VALUE", help="Change one value of the recipe; repeatable."
    ),
]
Index = Annotated[int, typer.Option("--index", "-i", min=0, help="Which scene, counted from 0.")]
Variant = Annotated[
    int, typer.Option("--variant", min=0, help="Which variant of the scene; 0 is the original.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]


def within(recipe: Recipe, path: Path, index: int, variant: int = 0) -> None:
    """`InputError` where the recipe has no such scene, or the scene no such variant."""
    from glyphdata.errors import InputError

    if index >= recipe.samples:
        raise InputError(
            f"there is no scene {index} among {recipe.samples}", hint="count from 0"
        ).inside(str(path))
    count = recipe.variants.count if recipe.variants.rendered else 0
    if variant > count:
        raise InputError(
            f"there is no variant {variant} of {count}", hint="the original is 0"
        ).inside(str(path))


def sound(path: Path, overrides: Sequence[str] | None) -> Recipe:
    """The recipe at `path`, its files and faces looked for; `RecipeError` with every fault.

    Registered faces that are not on this machine are told of on stderr: a recipe that allows them
    makes other pictures here than where they are.
    """
    from glyphdata.cli.show import many, note
    from glyphdata.errors import RecipeError
    from glyphdata.faces.catalogue import load
    from glyphdata.recipe import load_recipe

    recipe = load_recipe(path, overrides or ())
    try:
        recipe.ready()
    except RecipeError as error:
        raise error.inside(str(path)) from None
    catalogue = load()
    lacking = sum(catalogue.status(face.token) == "missing" for face in catalogue.faces)
    if lacking:
        faces = f"{lacking:,} of {many(len(catalogue), 'registered face')}"
        note(f"not on this machine: {faces} (`glyphdata fonts verify` names them)")
    return recipe


def keys_of(file: Path | None) -> Collection[str] | None:
    """The keys that an option names by a list of them or a file of flags; None without the option.

    `InputError` where the file is neither.
    """
    if file is None:
        return None
    from glyphdata.review.flags import keys_in

    return keys_in(file)
