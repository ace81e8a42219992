"""How quick is `verify`? Beside `sha256sum` over the same shards, and per sample looked into.

    python tests/bench/verify.py [--samples 2000] [--keep FOLDER]

Makes a dataset of 512 × 512 with every mask (recipes/quickstart.yaml), then runs each in a process
of its own, in turn, three times, and prints the CPU seconds of the quickest.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RECIPE = Path(__file__).parents[2] / "recipes" / "quickstart.yaml"
TURNS = 3


def cpu(*words: object, cwd: Path) -> float:
    """The CPU seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(word) for word in words], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Make the dataset, time the three, print."""
    parser = argparse.ArgumentParser(description="`verify` beside `sha256sum`")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    tool = (sys.executable, "-m", "glyphdata")
    with tempfile.TemporaryDirectory() as folder:
        out = (asked.keep or Path(folder) / "out").resolve()
        cpu(*tool, "generate", RECIPE, out, "--samples", asked.samples, cwd=RECIPE.parent)
        size = sum(path.stat().st_size for path in out.glob("data/*.tar"))
        shallow = (*tool, "verify", ".", "-w", 1)
        sums, whole, deep = (
            min(cpu(*words, cwd=out) for _ in range(TURNS))
            for words in (
                ("sha256sum", "--quiet", "-c", "SHA256SUMS"),
                shallow,
                (*shallow, "--deep", "--every", 4),
            )
        )
    looked = -(-asked.samples // 4)
    print(f"{size / 1e6:,.0f} MB: sha256sum {sums:.2f} s, verify {whole:.2f} s of CPU")
    print(f"--deep: {looked / (deep - whole):.0f} samples/s looked into, one process")


if __name__ == "__main__":
    main()
