"""What a benchmark of one process cannot show: workers side by side, memory, the start.

    python tests/bench/run.py [--samples 3000] [--json]

Prints the rate of one and of two workers on the same recipe in turns, the rate of groups of an
original and its variants beside that of single scenes, the resident memory of a
worker after 2,000, 12,000 and 22,000 samples, and the time from the command to the first sample.
Times are wall times of this machine; nothing here asserts them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from glyphdata.bench import photographs, workloads
from glyphdata.factory import Factory
from glyphdata.recipe import Recipe, load_recipe

ROOT = Path(__file__).parents[2]


def rate(recipe: Recipe, out: Path, workers: int) -> float:
    """Samples per second between the first tenth of a run and the last."""
    from glyphdata.generation import generate  # what a worker does not load, nor may `memory`
    from glyphdata.progress import Notice, Progress

    marks: list[tuple[float, int]] = []

    def hear(event: Progress | Notice) -> None:
        if isinstance(event, Progress):
            marks.append((time.perf_counter(), event.samples))

    generate(recipe, out, workers=workers, overwrite=True, on_event=hear)
    begun = next(mark for mark in marks if mark[1] >= recipe.samples // 10)
    ended = next(mark for mark in marks if mark[1] >= recipe.samples * 9 // 10)
    return (ended[1] - begun[1]) / (ended[0] - begun[0])


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory() -> dict[str, float]:
    """Resident megabytes of a process that makes samples of the quickstart, as workers do."""
    factory = Factory(load_recipe(ROOT / "recipes" / "quickstart.yaml"))
    seen = {}
    for index in range(22_000):
        factory.make(index)
        if index + 1 in (2_000, 12_000, 22_000):
            seen[f"mb_after_{index + 1}"] = round(resident_mb(), 1)
    seen["last_growth"] = round(seen["mb_after_22000"] / seen["mb_after_12000"] - 1.0, 4)
    return seen


def groups(number: int = 120) -> dict[str, float]:
    """Pictures per second of CPU in groups of sixteen, and what a group costs in single scenes.

    The glyph-text recipe: 224² on black, boxes and prompts on, masks off; both taken in turns.
    """
    grouped = load_recipe(ROOT / "recipes" / "glyph-text.yaml")
    single = load_recipe(ROOT / "recipes" / "glyph-text.yaml", ["variants.count=0"])
    factories = Factory(grouped), Factory(single)
    for index in range(number):
        for factory in factories:
            factory.group(index)
    spent, made = [0.0, 0.0], [0, 0]
    for index in range(number, 3 * number):
        for which, factory in enumerate(factories):
            began = time.process_time()
            made[which] += len(factory.group(index))
            spent[which] += time.process_time() - began
    return {
        "pictures_per_s": round(made[0] / spent[0]),
        "group_in_scenes": round(spent[0] / spent[1], 1),
    }


def start(out: Path) -> float:
    """Seconds from the command to the first sample, in a process of its own."""
    code = (
        "import sys, time; from glyphdata.generation import Progress, generate;"
        "from glyphdata.recipe import load_recipe;"
        "hear = lambda e: isinstance(e, Progress) and e.samples and (print(time.time()),"
        " sys.stdout.flush(), sys.exit());"
        f"generate(load_recipe({str(ROOT / 'recipes' / 'quickstart.yaml')!r}), {str(out)!r},"
        " workers=1, on_event=hear)"
    )
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return round(float(done.stdout.split()[0]) - began, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=3000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--memory", action="store_true", help="only that, in this process")
    asked = parser.parse_args()
    if asked.memory:
        print(json.dumps(memory()))
        return
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        photographs(Path(folder) / "512", 512)
        recipe = workloads(Path(folder), 512)["S"].resolved()
        recipe.update(samples=asked.samples, shard={"samples": 100})
        made = Recipe.from_resolved(recipe, Path(folder))
        rates: dict[int, list[float]] = {1: [], 2: []}
        for turn in range(3):
            for workers in (1, 2):
                rates[workers].append(rate(made, Path(folder) / f"out{turn}{workers}", workers))
        one, two = (sorted(rates[workers])[1] for workers in (1, 2))
        found["workers"] = {"1": round(one), "2": round(two), "scaling": round(two / one, 2)}
        found["groups"] = groups()
        found["start_s"] = start(Path(folder) / "start")
    alone = subprocess.run(
        [sys.executable, __file__, "--memory"], capture_output=True, text=True, check=True
    )
    found["memory"] = json.loads(alone.stdout)
    print(json.dumps(found, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
