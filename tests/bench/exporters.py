"""How fast each format is written: samples per second, on a dataset that is there.

    python tests/bench/exporters.py OUT [--limit 200] [KIND …]

Each format is written with its options as they stand, in this process, to a folder that is thrown
away; the fastest of three runs counts. Beside it what was written, and the most resident memory
that a process of its own took for a tenth of the samples and for all (kilobytes, on Linux). Prints
a table in Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

from glyphdata.convert.exporting import Choice, Exported, Exporter, export
from glyphdata.recipe.open import part_of
from glyphdata.registry import kinds

_RESIDENT = r"""
import re, sys
from pathlib import Path
from glyphdata.convert.exporting import Choice, export
from glyphdata.recipe.open import part_of
kind, of, out, count = sys.argv[1:]
export(of, out, part_of("exporters", kind, ()), Choice(limit=int(count)))
print(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
"""


def written(kind: str, dataset: Path, limit: int, runs: int = 3) -> tuple[Exported, int, int]:
    """The fastest of some exports, and the files and bytes of one."""
    exporter = cast("Exporter", part_of("exporters", kind, ()))
    best: Exported | None = None
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out"
            made = export(dataset, out, exporter, Choice(limit=limit))
            best = made if best is None or made.seconds < best.seconds else best
            sizes = [one.stat().st_size for one in out.rglob("*") if one.is_file()]
    assert best is not None
    return best, len(sizes), sum(sizes)


def resident(kind: str, dataset: Path, limit: int) -> int:
    """The most memory that a process took for an export, in kilobytes."""
    with tempfile.TemporaryDirectory() as folder:
        words = [kind, str(dataset), str(Path(folder) / "out"), str(limit)]
        told = subprocess.run(
            [sys.executable, "-c", _RESIDENT, *words], check=True, capture_output=True, text=True
        )
    return int(told.stdout)


def row(kind: str, dataset: Path, limit: int) -> str:
    made, files, size = written(kind, dataset, limit)
    few, all_of_them = (
        resident(kind, dataset, max(made.samples // 10, 1)),
        resident(kind, dataset, made.samples),
    )
    cells = (
        f"`{kind}`",
        f"{made.samples / made.seconds:,.0f}",
        f"{files:,}",
        f"{size / made.samples / 1e3:.1f}",
        f"{few / 1e3:.0f} / {all_of_them / 1e3:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, metavar="OUT")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--limit", type=int, default=200)
    given = parser.parse_args()
    print("| format | samples/s | files | kB per sample | MB resident, a tenth / all |")
    print("|---|---|---|---|---|")
    for kind in given.kinds or kinds("exporters"):
        print(row(kind, given.dataset, given.limit), flush=True)


if __name__ == "__main__":
    main()
