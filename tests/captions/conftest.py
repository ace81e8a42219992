"""A small dataset of three shards, made once and copied for each test that writes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.generation import generate
from glyphdata.recipe import Recipe, load_recipe

SMALL = {
    "name": "small",
    "samples": 24,
    "shard": {"samples": 8},
    "canvas": {"width": 160, "height": 96},
    "levels": {"word": 0.7, "sentence": 0.3},
    "boxes": {"count": [1, 3], "size_px": [12, 30]},
    "texts": [{"kind": "words", "language": "en"}, {"kind": "sentences", "language": "en"}],
    "backgrounds": [{"kind": "solid"}, {"kind": "gradient"}],
}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Recipe]:
    """The small recipe with some of its fields replaced, loaded."""

    def loaded(**changes: object) -> Recipe:
        path = tmp_path_factory.mktemp("recipe") / "small.yaml"
        path.write_text(json.dumps(SMALL | changes))
        return load_recipe(path)

    return loaded


@pytest.fixture(scope="session")
def made(small: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset; not to be written to."""
    out = tmp_path_factory.mktemp("made") / "out"
    generate(small(), out, workers=0)
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    """A copy of the small dataset."""
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"
