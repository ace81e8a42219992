"""A small dataset, small settings, and processes that train."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from glyphdata.engines.inline import InlineEngine
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.train.loading import settings_of
from glyphdata.train.settings import Settings

Make = Callable[..., Path]

RECIPE: dict[str, Any] = {
    "name": "groups",
    "seed": 3,
    "samples": 12,
    "shard": {"samples": 12},
    "canvas": {"width": 112, "height": 112},
    "levels": {"word": 1},
    "boxes": {"count": [1, 2], "size_px": [14, 30]},
    "texts": [{"kind": "words", "language": "en"}],
    "faces": {"scripts": ["latin"], "tokens": "v1"},
    "backgrounds": [{"kind": "black"}],
    "variants": {"count": 3},
    "outputs": {"layout": False, "mask": False},
}

WHOLE: dict[str, Any] = {
    "name": "small",
    "text": {
        "tower": "byt5",
        "source": None,
        "shape": {"width": 16, "depth": 1, "heads": 2},
        "tokens": "none",
        "formats": {"styled": 0.0, "plain": 1.0},
        "head": [],
        "dropout": 0.1,
    },
    "vision": {
        "tower": "dinov2",
        "source": None,
        "shape": {"width": 16, "depth": 1, "heads": 2, "patch": 14},
        "size": 56,
        "frozen": False,
    },
    "embed": 16,
    "batch": {"groups": 3, "spellings": 2, "boxes": 1},
    "optimizer": {"rate": 1e-3, "warmup": 4},
    "steps": 12,
    "precision": "fp32",
    "workers": 0,
    "save_every": 3,
    "held_out": 0.0,
}
"""Whole pictures, a byte tower with dropout."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread, so that sums come out alike in every process."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve groups of four spellings."""
    return made(tmp_path_factory.mktemp("data"))


def made(folder: Path, **changes: object) -> Path:
    """A dataset of the small recipe, with some of its fields replaced."""
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(RECIPE | changes))  # JSON is YAML
    generate(load_recipe(path), folder / "out", engine=InlineEngine())
    return folder / "out"


def small(**changes: object) -> Settings:
    """Small settings; a word `part__field` sets a field of a part."""
    return settings_of(document(**changes))


def document(**changes: object) -> dict[str, Any]:
    """What a config file of small settings says."""
    values: dict[str, Any] = json.loads(json.dumps(WHOLE))
    for name, value in changes.items():
        part, _, field = name.partition("__")
        if field:
            values.setdefault(part, {})[field] = value
        else:
            values[part] = value
    return values


@dataclass
class Nursery:
    """Raises processes that train, and tells how they ended."""

    process: subprocess.Popen[str]
    folder: Path
    count: int = 0

    def start(self, *arguments: object, **more: object) -> Child:
        """Start `glyphdata` with these arguments."""
        self.count += 1
        told = self.folder / f"child-{self.count}.txt"
        words = [str(one) for one in arguments]
        order = {"start": words, "told": str(told), **more}
        return Child(self, int(self.answer(order)["pid"]), told)

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@dataclass
class Child:
    """One process that trains."""

    nursery: Nursery
    pid: int
    told_in: Path

    def wait(self) -> int:
        """How it ended: an exit code, or minus a signal."""
        return int(self.nursery.answer({"wait": self.pid})["status"])

    @property
    def told(self) -> str:
        """What it has written to stdout and stderr."""
        return self.told_in.read_text()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where processes come from; it ends with the tests."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("nursery.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "OMP_NUM_THREADS": "1",
            "HOME": str(tmp_path_factory.mktemp("home")),
        },
    ) as process:
        yield Nursery(process, tmp_path_factory.mktemp("told"))
        assert process.stdin is not None
        process.stdin.close()


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so; a failure where it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
