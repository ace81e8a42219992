"""A small dataset, the example scripts, and other people's packages in folders of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import glyphdata as gd

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SAMPLES, SHARDS = 64, 4
RECIPE = {
    "name": "trainers",
    "seed": 3,
    "samples": SAMPLES,
    "shard": {"samples": SAMPLES // SHARDS},
    "canvas": {"width": 192, "height": 160},
    "levels": {"word": 0.9, "paragraph": 0.1},
    "boxes": {"count": [1, 2], "size_px": [6, 40], "angle_deg": [-9, 9]},
    "texts": [
        {"kind": "words", "language": "en"},
        {"kind": "words", "language": "ru"},
        {"kind": "paragraphs", "language": "en", "characters": [300, 460]},
    ],
    "backgrounds": [{"kind": "black"}, {"kind": "gradient"}],
    "outputs": {"layout": True, "mask": True, "boxes": True, "glyph": True},
}

Ran = Callable[..., list[str]]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """64 samples in four shards with every label; some of the masks are 16 bits deep."""
    folder = tmp_path_factory.mktemp("trainers")
    recipe = folder / "recipe.yaml"
    recipe.write_text(json.dumps(RECIPE), encoding="utf-8")  # JSON is YAML
    gd.generate(gd.load_recipe(recipe), folder / "out", workers=0)
    return folder / "out"


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Runs a script, with more folders to import from, and returns what it said, line by line."""
    scratch = tmp_path_factory.mktemp("ran")

    def run(script: Path, *told: object, beside: tuple[Path, ...] = ()) -> list[str]:
        done = subprocess.run(
            # webdataset and the trainers above it leave files to the garbage collector.
            [sys.executable, "-W", "ignore", str(script), *map(str, told)],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, [*beside, ROOT, EXAMPLES])),
                "OMP_NUM_THREADS": "1",
                "HF_HOME": str(scratch / "hf"),
                "HF_HUB_OFFLINE": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            text=True,
            check=False,
            timeout=200,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout.splitlines()

    return run


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Packages without what they depend on, in a folder that nothing else sees.

    What we have already is theirs too: torch stays the build that it is.
    """

    def fetch(*packages: str) -> Path:
        folder = tmp_path_factory.mktemp("fetched")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
        subprocess.run([*pip, str(folder), *packages], check=True, timeout=280)
        return folder

    return fetch
