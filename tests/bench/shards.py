"""Many shards: how long it takes to see that all are there, and to join their indexes.

    python tests/bench/shards.py [--shards 10000] [--rows 1000] [--json]

Makes a dataset of so many shards of one small picture each, then times `generate` with nothing left
to make and `status`, each as a process of its own; then joins 1,000 and 10,000 indexes of shards of
1,000 rows each (made up, not drawn) in this process, with the memory that it takes. Wall times.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from glyphdata.shards.index import merge
from glyphdata.shards.keys import Places, key_of
from glyphdata.shards.part import write_part

RECIPE = """
name: many
samples: {shards}
shard: {{samples: 1}}
canvas: {{width: 64, height: 32}}
levels: {{word: 1}}
boxes: {{count: 1, size_px: [12, 16]}}
texts: [{{kind: charset, length: [1, 3]}}]
outputs: {{layout: false, mask: false}}
"""


def seconds(*words: object) -> float:
    """The wall time of a command line of ours."""
    began = time.perf_counter()
    words = (sys.executable, "-m", "glyphdata", *map(str, words))
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
    return round(time.perf_counter() - began, 2)


def scanned(folder: Path, shards: int) -> dict[str, float]:
    """A dataset of so many shards, made, and then looked at."""
    recipe, out = folder / "many.yaml", folder / "out"
    recipe.write_text(RECIPE.format(shards=shards))
    return {
        "make_s": seconds("generate", recipe, out),
        "nothing_left_s": seconds("generate", recipe, out),
        "status_s": seconds("status", out, "--json"),
    }


def joined(folder: Path, parts: int, rows: int) -> dict[str, float]:
    """Indexes of shards, joined; the peak is of this whole process."""
    places = Places(folder / f"parts-{parts}")
    for number in range(parts):
        write_part(places, places.scratch, number, [row(number, at, rows) for at in range(rows)])
    began = time.perf_counter()
    merge(places, places.scratch, range(parts))
    return {
        "parts": parts,
        "rows": parts * rows,
        "merge_s": round(time.perf_counter() - began, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
    }


def row(shard: int, at: int, rows: int) -> dict[str, object]:
    index = shard * rows + at
    return {
        "key": key_of(index, rows), "shard": shard, "index": index, "variant": 0,
        "offset": at * 120_000, "size": 118_272, "picture_offset": at * 120_000 + 512,
        "picture_size": 90_000 + at, "width": 512, "height": 512, "level": "sentence",
        "language": "en", "scripts": ["latin"], "text": f"The {index} houses by the sea\nOpen",
        "boxes": 2, "clusters": 28, "font_tokens": [index % 348, at % 348],
        "color_tokens": [at % 138, index % 138], "size_px_min": 14.5, "size_px_max": 60.25,
        "angle_deg_max": 12.5, "contrast_min": 4.5, "background": "photos", "rejections": 0,
        "group": key_of(index, rows), "signal_min": 9.5, "edits": [], "effects": ["shadow"],
        "bounds": [10, 20, 300, 80, 40, 200, 180, 260],
    }  # fmt: skip


def main() -> None:
    """Make, time, print."""
    parser = argparse.ArgumentParser(description="many shards: scan and merge")
    parser.add_argument("--shards", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {"scan": {"shards": asked.shards, **scanned(folder, asked.shards)}}
        found["merge"] = joined(folder, 1000, asked.rows)
        found["merge_more"] = joined(folder, 10_000, max(1, asked.rows // 10))
    if asked.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(name, ", ".join(f"{key} {value:,}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
