"""A long run: are memory, open files and rate at its end what they were at its beginning?

    python tests/bench/long.py [--samples 100000] [--out FOLDER] [--plot docs/scale.svg] [--json]

Generates recipes/quickstart.yaml (512 × 512, every label) with two workers and looks at the driver
and its workers twice a second: resident memory (its proportional share, so that pages which several
hold count once), open files, samples behind. Prints a line for each tenth of the run; leaves 5
where memory grew by more than 1 % per 10,000 samples in the second half, or files became more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from glyphdata.review.svg import Sheet, short

ROOT = Path(__file__).parents[2]
TENTHS = 10


@dataclass(frozen=True)
class Look:
    """What was seen at a moment: seconds, samples behind, megabytes, open files, processes."""

    seconds: float
    samples: int
    mb: float
    files: int
    processes: int


def family(parent: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [parent]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def megabytes(process: int) -> float:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1e3
    return 0.0


def look(driver: int, began: float, samples: int) -> Look | None:
    """The run as it is now; None where a process ended under the look."""
    processes = family(driver)
    try:
        mb = sum(map(megabytes, processes))
        files = sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in processes)
    except OSError:
        return None
    return Look(round(time.monotonic() - began, 1), samples, round(mb, 1), files, len(processes))


def watched(out: Path, samples: int) -> list[Look]:
    """Run it to its end."""
    words = (
        sys.executable, "-m", "glyphdata", "generate", ROOT / "recipes" / "quickstart.yaml", out,
        "--samples", samples, "--workers", 2, "--log-format", "json",
    )  # fmt: skip
    looks: list[Look] = []
    began = time.monotonic()
    log = out.parent / "events.jsonl"
    with log.open("wb") as events, log.open("rb") as heard:
        run = subprocess.Popen(
            [str(word) for word in words], stderr=events, stdout=subprocess.DEVNULL
        )
        behind, rest = 0, b""
        while run.poll() is None:
            time.sleep(0.5)
            *lines, rest = (rest + heard.read()).split(b"\n")
            for line in lines:
                behind = max(behind, progress(line))
            seen = look(run.pid, began, behind)
            if seen is not None and seen.processes > 2:
                looks.append(seen)
    if run.returncode:
        raise SystemExit(f"the run left {run.returncode}: {log.read_bytes()[-500:]!r}")
    return looks


def progress(line: bytes) -> int:
    """Samples behind, where an event tells."""
    try:
        event = json.loads(line)
    except ValueError:
        return 0
    return int(event.get("samples") or 0) if event.get("event") == "progress" else 0


def tenths(looks: list[Look], samples: int) -> list[dict[str, float]]:
    """Mean memory and files, and the rate, of each tenth of the run."""
    found = []
    for tenth in range(TENTHS):
        low, high = samples * tenth // TENTHS, samples * (tenth + 1) // TENTHS
        some = [one for one in looks if low < one.samples <= high]
        if len(some) > 1:
            made, took = some[-1].samples - some[0].samples, some[-1].seconds - some[0].seconds
            found.append({
                "to": high,
                "mb": round(sum(one.mb for one in some) / len(some), 1),
                "files": max(one.files for one in some),
                "per_s": round(made / took, 1) if took else 0.0,
            })  # fmt: skip
    return found


def plot(looks: list[Look], path: Path) -> None:
    """Memory over samples."""
    sheet = Sheet(640, 260)
    sheet.text(20, 28, "Memory of a driver and two workers over a run", "title")
    most, last = max(one.mb for one in looks) * 1.1, looks[-1].samples
    for step in range(5):
        y = 220 - 170 * step / 4
        sheet.line(60, y, 620, y, "grid")
        sheet.text(54, y + 4, short(most * step / 4), "end soft small")
    points = [(60 + 560 * one.samples / last, 220 - 170 * one.mb / most) for one in looks]
    for (x, y), (to_x, to_y) in pairwise(points):
        sheet.line(x, y, to_x, to_y, "mark")
    for step in range(5):
        sheet.text(60 + 140 * step, 238, short(last * step / 4), "mid soft small")
    sheet.text(340, 254, "samples; the axis is in MB", "mid soft")
    path.write_text(sheet.written(), encoding="utf-8")


def main() -> None:
    """Run, watch, print, judge."""
    parser = argparse.ArgumentParser(description="a long run, watched")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        looks = watched(asked.out or Path(folder) / "out", asked.samples)
    rows = tenths(looks, asked.samples)
    if asked.plot is not None:
        plot(looks, asked.plot)
    if asked.json:
        print(json.dumps({"tenths": rows, "looks": [asdict(one) for one in looks[::20]]}))
    for row in () if asked.json else rows:
        print(", ".join(f"{key} {value:,}" for key, value in row.items()))
    later = rows[len(rows) // 2 :]
    growth = (later[-1]["mb"] / later[0]["mb"] - 1) / ((later[-1]["to"] - later[0]["to"]) / 10_000)
    print(f"growth in the second half: {growth:+.2%} per 10,000 samples", file=sys.stderr)
    if growth > 0.01 or later[-1]["files"] > later[0]["files"]:
        raise SystemExit(5)


if __name__ == "__main__":
    main()
