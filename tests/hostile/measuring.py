"""A piece of Python in a process of its own, with bounds: what it said, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_FRAME = """
import json, sys, time
{setup}
def peak():  # of this program alone: rusage counts what its parent had before it began
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
def act():
{body}
before, begun = peak(), time.process_time()
said = act()
took = time.process_time() - begun
print("\\n" + json.dumps([said, took, peak(), peak() - before]))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was said, the seconds of computing that it took, and the memory, in MB.

    `peak` is the most that the process ever had; `grown` what the piece added to that.
    """

    said: Any
    seconds: float
    peak: float
    grown: float


def measured(body: str, setup: str = "", *arguments: object, timeout: float = 60) -> Measured:
    """Run the body of a function, imports done before in `setup`; arguments are in `sys.argv`."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    done = subprocess.run(
        [sys.executable, "-c", _FRAME.format(setup=setup, body=lines), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Measured(*json.loads(done.stdout.splitlines()[-1]))
