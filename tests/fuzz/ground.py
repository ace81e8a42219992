"""What readers work with: the dataset that seeds are taken from, and files for mutants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Read: TypeAlias = Callable[[bytes], None]

RECIPE = b"""
name: small
samples: 3
shard: {samples: 2}
canvas: {width: 96, height: 64}
boxes: {count: 1, size_px: [14, 20]}
levels: {word: 1}
texts: [{kind: charset, length: 3}]
backgrounds: [{kind: black}]
outputs: {layout: true, mask: true, boxes: true, glyph: true}
"""


def prepared(folder: Path) -> None:
    """Make the dataset that seeds are taken from."""
    from glyphdata.generation import generate
    from glyphdata.recipe import load_recipe

    (folder / "recipe.yaml").write_bytes(RECIPE)
    generate(load_recipe(folder / "recipe.yaml"), folder / "set", workers=0)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def shard_of(folder: Path) -> bytes:
    return (folder / "set" / "data" / "train-000000.tar").read_bytes()


def bare(folder: Path, name: str) -> Path:
    """A dataset of the one shard alone, without an index."""
    root = folder / name
    written(root, "data/train-000000.tar", shard_of(folder))
    return root


def ignored(_: object) -> None:
    """What was read does not matter; that it was read, or refused, does."""
