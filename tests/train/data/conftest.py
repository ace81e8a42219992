"""Two small datasets that all tests of the loader read: one of groups, one of singles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from glyphdata.engines.inline import InlineEngine
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.train.loading import settings_of
from glyphdata.train.settings import Settings
from glyphdata.train.source import Shards

Make = Callable[..., Path]
MakeSettings = Callable[..., Settings]

GROUPS: dict[str, Any] = {
    "name": "groups",
    "seed": 11,
    "samples": 12,
    "shard": {"samples": 4},
    "canvas": {"width": 160, "height": 120},
    "levels": {"word": 0.6, "sentence": 0.4},
    "boxes": {"count": [1, 3], "size_px": [10, 30], "angle_deg": [-20, 20]},
    "texts": [
        {"kind": "words", "language": "en", "count": [1, 3], "case": "mixed"},
        {"kind": "sentences", "language": "en"},
    ],
    "faces": {"scripts": ["latin"], "tokens": "v1"},
    "backgrounds": [{"kind": "black"}, {"kind": "gradient"}],
    "variants": {"count": 3, "font": 0.1, "color": 0.1},
    "outputs": {"layout": False, "mask": False},
}
SINGLES: dict[str, Any] = {
    **GROUPS,
    "name": "singles",
    "samples": 16,
    "shard": {"samples": 8},
    "levels": {"word": 1},
    "texts": [{"kind": "words", "language": one} for one in ("de", "ru", "ja", "ar")],
    "faces": {"tokens": "v2"},
    "variants": {"count": 0},
    "captions": {"levels": 6},
}


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes a dataset of one of the recipes with some of its fields replaced, and says where."""

    def made(recipe: dict[str, Any] = GROUPS, **changes: object) -> Path:
        folder = tmp_path_factory.mktemp("made")
        path = folder / "recipe.yaml"
        path.write_text(json.dumps(recipe | changes))  # JSON is YAML
        generate(load_recipe(path), folder / "out", engine=InlineEngine())
        return folder / "out"

    return made


@pytest.fixture(scope="session")
def groups(make: Make) -> Path:
    """Twelve groups of four spellings in three shards, of one to three boxes."""
    return make()


@pytest.fixture(scope="session")
def singles(make: Make) -> Path:
    """Sixteen pictures in four scripts, with captions, spelled as version 2."""
    return make(SINGLES)


@pytest.fixture
def source(groups: Path) -> Shards:
    """The groups, opened."""
    return Shards(groups)


@pytest.fixture
def make_settings() -> MakeSettings:
    """Settings of small views without held-out texts; a word `part__field` sets a part's field."""

    def made(**changes: object) -> Settings:
        document: dict[str, Any] = {
            "vision": {"size": 56},
            "batch": {"groups": 3, "spellings": 4, "boxes": 3},
            "held_out": 0.0,
        }
        for path, value in changes.items():
            part, _, field = path.partition("__")
            if field:
                document.setdefault(part, {})[field] = value
            else:
                document[part] = value
        return settings_of(document)

    return made


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread: the tests share their machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
