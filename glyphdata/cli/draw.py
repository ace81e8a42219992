"""`glyphdata draw`: one scene as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli.options import AsJson, Index, Overrides, RecipeFile, Variant, sound, within
from glyphdata.cli.show import document, say


def command(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="P.png", help="Where to write the picture.")
    ],
    index: Index = 0,
    variant: Variant = 0,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Draw the labels on top of the picture.")
    ] = False,
    overrides: Overrides = None,
    json: AsJson = False,
) -> None:
    """Draw one scene as a picture; the file's ending (png, jpg, webp) says the format.

    Example: glyphdata draw posters.yaml --index 17 -o seventeen.png --overlay
    """
    if out.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise typer.BadParameter(f"{out.name!r} ends in none of .png .jpg .webp", param_hint="-o")
    from PIL import Image

    from glyphdata.errors import OutputError
    from glyphdata.factory import Factory

    loaded = sound(recipe, overrides)
    within(loaded, recipe, index, variant)
    sample = Factory(loaded).picture(index, variant)
    pixels = sample.pixels
    if overlay:
        from glyphdata.review.overlay import overlay as overlaid

        pixels = overlaid(sample)
    try:
        Image.fromarray(pixels).save(out)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror or error}", hint="choose another place with -o"
        ).inside(str(out)) from None
    boxes = [{"text": box.text, "font": box.face.family} for box in sample.scene.boxes]
    if json:
        document({"path": str(out), "index": index, "boxes": boxes})
        return
    say(f"{out}: scene {index}, {len(boxes)} {'box' if len(boxes) == 1 else 'boxes'}")
