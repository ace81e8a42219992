"""`glyphdata plan`: what was decided about one scene."""

from __future__ import annotations

from glyphdata.cli.options import AsJson, Index, Overrides, RecipeFile, sound
from glyphdata.cli.show import document


def command(
    recipe: RecipeFile, index: Index = 0, overrides: Overrides = None, json: AsJson = True
) -> None:
    """Print one scene as JSON: every decision, nothing drawn.

    Example: glyphdata plan posters.yaml --index 17
    """
    import orjson

    from glyphdata.errors import InputError
    from glyphdata.parts.codec import encode
    from glyphdata.scenes import Scenes

    loaded = sound(recipe, overrides)
    if index >= loaded.samples:
        raise InputError(
            f"there is no scene {index} among {loaded.samples}", hint="count from 0"
        ).inside(str(recipe))
    document(orjson.loads(encode(Scenes(loaded)[index])))
