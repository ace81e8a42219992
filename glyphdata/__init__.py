"""Synthetic text-image datasets with exact labels, and the encoder trained from them.

    import glyphdata as gd

    recipe = gd.load_recipe("recipes/quickstart.yaml")
    scenes = gd.plan(recipe)             # a Sequence; nothing is drawn yet
    sample = gd.render(scenes[17])       # pixels, masks, quads
    gd.generate(recipe, "out/mine")
    for record in gd.Dataset("out/mine"): ...

What is here, in the order of the work:

    load_recipe, Recipe      what may be: a YAML file through its gate
    plan, Scene              what is: `plan(recipe)[17]` is every decision about one picture
    TextBox, Canvas          what a scene is made of
    Color, Quad, BBox        in what units
    render, Sample           the picture and its labels (`Annotation`)
    describe, Captions       what it says, at six levels
    generate                 a dataset on disk, exactly resumable
    Dataset                  a dataset read: sample by sample, by key, as a stream
    kinds                    every kind of part: `kinds("backgrounds")`
    Rng                      the random stream that parts of your own draw from
    GlyphdataError           all that can go wrong and be mended; `RecipeError` names every fault

A scene, a sample and a record of a dataset show themselves in a notebook, labels drawn in. The
rest has a module of its own: `glyphdata.convert` (other programs' formats), `glyphdata.review`
(checks and figures), `glyphdata.train` (the encoder). Names are loaded on first use, so that
importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glyphdata.caption.describe import describe as describe
    from glyphdata.draw.render import render as render
    from glyphdata.errors import GlyphdataError as GlyphdataError
    from glyphdata.errors import RecipeError as RecipeError
    from glyphdata.generation import generate as generate
    from glyphdata.recipe import Recipe as Recipe
    from glyphdata.recipe import load_recipe as load_recipe
    from glyphdata.registry import kinds as kinds
    from glyphdata.scene.color import Color as Color
    from glyphdata.scene.geometry import BBox as BBox
    from glyphdata.scene.geometry import Quad as Quad
    from glyphdata.scene.rng import Rng as Rng
    from glyphdata.scene.sample import Annotation as Annotation
    from glyphdata.scene.sample import Captions as Captions
    from glyphdata.scene.sample import Sample as Sample
    from glyphdata.scene.scene import Canvas as Canvas
    from glyphdata.scene.scene import Scene as Scene
    from glyphdata.scene.scene import TextBox as TextBox
    from glyphdata.scenes import plan as plan
    from glyphdata.shards.dataset import Dataset as Dataset

_HOMES = {
    "Annotation": "scene.sample",
    "BBox": "scene.geometry",
    "Canvas": "scene.scene",
    "Captions": "scene.sample",
    "Color": "scene.color",
    "Dataset": "shards.dataset",
    "GlyphdataError": "errors",
    "Quad": "scene.geometry",
    "Recipe": "recipe",
    "RecipeError": "errors",
    "Rng": "scene.rng",
    "Sample": "scene.sample",
    "Scene": "scene.scene",
    "TextBox": "scene.scene",
    "describe": "caption.describe",
    "generate": "generation",
    "kinds": "registry",
    "load_recipe": "recipe",
    "plan": "scenes",
    "render": "draw.render",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, so that `help` and completion find what is loaded on first use."""
    return sorted({*globals(), *__all__})
