"""What several test files make datasets from: one recipe in ten scripts, with every label on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from glyphdata.factory import Factory
from glyphdata.recipe import Recipe, load_recipe

# The suite asks the same examples each time, so that what it says is said of the change at hand.
# `make search` draws others; what it finds becomes a test of its own.
settings.register_profile("suite", derandomize=True)
settings.register_profile("search", max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

LANGUAGES = ("en", "de", "el", "ru", "ar", "he", "hi", "th", "zh", "ja", "ko")

MIXED: dict[str, Any] = {
    "name": "mixed",
    "seed": 20,
    "samples": 5000,
    "shard": {"samples": 20},
    "canvas": {"width": 256, "height": 192},
    "levels": {"word": 0.4, "sentence": 0.4, "paragraph": 0.2},
    "boxes": {
        "count": [1, 4],
        "angle_deg": [-180, 180],
        "turned": 0.6,
        "size_px": [9, 60],
        "line_spacing": [0.9, 1.4],
    },
    "texts": [
        *({"kind": "words", "language": language} for language in LANGUAGES),
        *({"kind": "sentences", "language": language} for language in LANGUAGES),
        *({"kind": "paragraphs", "language": language} for language in LANGUAGES),
        {"kind": "numbers"},
    ],
    "backgrounds": [
        {"kind": "black"},
        {"kind": "solid"},
        {"kind": "gradient"},
        {"kind": "noise"},
        {"kind": "paper"},
        {
            "kind": "photos",
            "package": "skimage",
            "folder": "data",
            "include": ["chelsea.png", "coffee.png", "rocket.jpg", "brick.png"],
            "share": 2,
        },
    ],
    "outputs": {"layout": True, "mask": True, "boxes": True, "glyph": True},
}

WriteRecipe = Callable[..., Path]


@pytest.fixture(scope="session", autouse=True)
def photo_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test writes to the cache of whoever runs it."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLYPHDATA_CACHE", str(place))
        yield place


@pytest.fixture(scope="session", autouse=True)
def fonts_of_the_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the fonts of whoever runs it, nor adds to them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.delenv("GLYPHDATA_FONTS", raising=False)
        patch.delenv("GLYPHDATA_FONT_FILES", raising=False)
        yield


@pytest.fixture(scope="session")
def write_recipe(tmp_path_factory: pytest.TempPathFactory) -> WriteRecipe:
    """Writes the mixed recipe with some of its fields replaced, and says where."""

    def write(**changes: object) -> Path:
        path = tmp_path_factory.mktemp("recipe") / "recipe.yaml"
        path.write_text(json.dumps(MIXED | changes))  # JSON is YAML
        return path

    return write


@pytest.fixture(scope="session")
def recipe_of(write_recipe: WriteRecipe) -> Callable[..., Recipe]:
    """The mixed recipe with some of its fields replaced, loaded."""
    return lambda **changes: load_recipe(write_recipe(**changes))


@pytest.fixture(scope="session")
def mixed(recipe_of: Callable[..., Recipe]) -> Recipe:
    return recipe_of()


@pytest.fixture(scope="session")
def factory(mixed: Recipe) -> Factory:
    """A factory of the mixed recipe; the arrays of its samples are good until the next one."""
    return Factory(mixed)


@pytest.fixture(scope="session")
def elsewhere() -> Callable[..., dict[str, str]]:
    """The environment of another machine's shell: hash seed, locale and time zone differ."""

    def environment(hash_seed: str, locale: str, zone: str, **more: str) -> dict[str, str]:
        root = str(Path(__file__).parents[1])
        there = {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "LANG": locale, "TZ": zone}
        return {**os.environ, "PYTHONPATH": root, **there, **more}

    return environment
