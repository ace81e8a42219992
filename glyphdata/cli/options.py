"""Arguments that several commands share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
