"""What the recipes cost and hold: time and disk per 1,000 pictures, and how full the pictures are.

    python tests/bench/datasets.py [--scenes 1000] [RECIPE …]

Each recipe is made with two workers in a folder that is thrown away. Prints a table in Markdown:
pictures per second, megabytes per 1,000 pictures, and 10 %, half and 90 % of the pictures have at
most so many boxes, words and characters (originals only).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.shards.dataset import Dataset

RECIPES = Path(__file__).parents[2] / "recipes"
WORKERS = 2


def spread(values: list[int]) -> str:
    low, middle, high = np.percentile(values, (10, 50, 90))
    return f"{low:.0f} / {middle:.0f} / {high:.0f}"


def row(path: Path, scenes: int, out: Path) -> str:
    recipe = load_recipe(path, [f"samples={scenes}", "shard.samples=50"])
    began = time.perf_counter()
    made = generate(recipe, out, workers=WORKERS)
    seconds = time.perf_counter() - began
    boxes, words, characters = [], [], []
    for record in Dataset(out):
        facts = json.loads(record.members["json"])
        if facts["variant"] == 0:
            texts = [box["text"] for box in facts["boxes"]]
            boxes.append(len(texts))
            words.append(sum(len(text.split()) for text in texts))
            characters.append(sum(map(len, texts)))
    cells = (
        path.stem,
        f"{made.samples}",
        f"{made.samples / seconds:.0f}",
        f"{1000 * seconds / made.samples:.1f}",
        f"{made.bytes / made.samples / 1e3:.1f}",
        spread(boxes),
        spread(words),
        spread(characters),
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", type=Path)
    parser.add_argument("--scenes", type=int, default=1000)
    asked = parser.parse_args()
    print("| recipe | pictures | /s | s per 1,000 | MB per 1,000 | boxes | words | characters |")
    print("|---|---|---|---|---|---|---|---|")
    recipes = (one for one in sorted(RECIPES.glob("*.yaml")) if "\nsources:" not in one.read_text())
    for path in asked.recipes or recipes:
        with tempfile.TemporaryDirectory() as folder:
            print(row(path, asked.scenes, Path(folder) / "out"), flush=True)


if __name__ == "__main__":
    main()
