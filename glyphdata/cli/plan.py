"""`glyphdata plan`: what was decided about one scene."""

from __future__ import annotations

from glyphdata.cli.options import AsJson, Index, Overrides, RecipeFile, Variant, sound, within
from glyphdata.cli.show import document


def command(
    recipe: RecipeFile,
    index: Index = 0,
    variant: Variant = 0,
    overrides: Overrides = None,
    json: AsJson = True,
) -> None:
    """Print one scene as JSON: every decision, nothing drawn.

    Example: glyphdata plan posters.yaml --index 17
    """
    import orjson

    from glyphdata.parts.codec import encode
    from glyphdata.scenes import Scenes

    loaded = sound(recipe, overrides)
    within(loaded, recipe, index, variant)
    scene = Scenes(loaded).made(index, lambda sample: sample.scene)[variant]
    document(orjson.loads(encode(scene)))
