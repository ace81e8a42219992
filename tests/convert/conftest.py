"""What the rooms of conversion are tried on: one dataset of a thousand pictures in ten scripts."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glyphdata.convert.exporting import Choice, Exported
from glyphdata.convert.picture import Picture
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.shards.dataset import Dataset
from tests.convert.posing import Truth, shipped, truths

LANGUAGES = ("en", "de", "el", "ru", "ar", "he", "hi", "th", "zh", "ja", "ko")

THOUSAND: dict[str, Any] = {
    "name": "thousand",
    "seed": 1000,
    "samples": 1000,
    "shard": {"samples": 250},
    "canvas": {"width": 192, "height": 128},
    "levels": {"word": 0.6, "sentence": 0.4},
    "boxes": {
        "count": [1, 3],
        "angle_deg": [-180, 180],
        "turned": 0.5,
        "size_px": [9, 40],
        "vertical": 0.2,
        "mixed": 0.5,
    },
    "texts": [
        *({"kind": "words", "language": one, "share": 1 + 4 * (one == "en")} for one in LANGUAGES),
        *({"kind": "sentences", "language": one} for one in LANGUAGES),
        {"kind": "numbers"},
    ],
    "backgrounds": [{"kind": "black"}, {"kind": "solid"}, {"kind": "gradient"}],
    "outputs": {"layout": True, "mask": True, "boxes": True, "glyph": True},
}

Ship = Callable[..., Exported]


@pytest.fixture(scope="session")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand pictures of one to three boxes with every label there is; not to be changed.

    All workers of a run of the tests share it: the first makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return _once(shared, "thousand", THOUSAND)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pictures with no more than the picture, its facts and its text."""
    recipe = {**THOUSAND, "name": "bare", "samples": 3, "shard": {"samples": 2}}
    recipe["outputs"] = {"layout": False, "mask": False, "boxes": False, "glyph": False}
    return _once(tmp_path_factory.mktemp("bare"), "bare", recipe)


@pytest.fixture(scope="session")
def pictures(thousand: Path) -> tuple[Picture, ...]:
    """The thousand, each as exporters see it."""
    return tuple(Picture(record) for record in Dataset(thousand))


@pytest.fixture(scope="session")
def true(thousand: Path) -> tuple[Truth, ...]:
    """What is true of the thousand."""
    return tuple(truths(thousand))


@pytest.fixture
def ship(thousand: Path, tmp_path: Path) -> Ship:
    """Write the thousand, or another dataset, by a kind with its settings, to `tmp_path/NAME`."""

    def run(
        kind: str,
        *settings: str,
        of: Path = thousand,
        name: str = "out",
        choice: Choice | None = None,
    ) -> Exported:
        return shipped(kind, tmp_path / name, *settings, of=of, choice=choice)

    return run


def _once(folder: Path, name: str, recipe: dict[str, Any]) -> Path:
    out = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / f"{name}.done").exists():
            written = folder / f"{name}.yaml"
            written.write_text(json.dumps(recipe))  # JSON is YAML
            generate(load_recipe(written), out, workers=0)
            (folder / f"{name}.done").touch()
    return out
