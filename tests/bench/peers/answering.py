"""How a generator is asked for pictures: a line of JSON in, a line of JSON out.

Runs in every generator's own environment, so it needs the standard library alone.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """Pictures to make: `count` of them in the folder `out`, numbers from `first` on.

    `size` is width and height, `ground` plain (white) or photo; `labels` wants a box for every
    letter and a mask; `effects` a turn of up to 3 degrees and a blur of 1 px, `turned` the turn
    alone; `lossless` black letters in PNG, for the judge, instead of dark ones in JPEG q92.
    `kind` is `words`, or `groups` of glyph images, for which `words` is a file of scenes; else
    `words` is the text file, `fonts` the font files, `families` their families, `photos` a folder.
    """

    kind: str
    out: str
    count: int
    first: int
    size: tuple[int, int]
    ground: str
    texts: int
    labels: bool
    effects: bool
    turned: bool
    lossless: bool
    words: str
    fonts: tuple[str, ...]
    families: tuple[str, ...]
    photos: str

    @property
    def angle(self) -> int:
        """The largest turn, in degrees."""
        return 3 if self.effects or self.turned else 0

    @property
    def suffix(self) -> str:
        """How the names of the pictures end."""
        return ".png" if self.lossless else ".jpg"


EM_PX = (28, 36)
"""The least and the largest size of a letter's em."""

DARKEST_LIGHT = 80
"""The lightest that a channel of the ink may be."""

QUALITY = 92


def serve(work: Callable[[Job], int]) -> None:
    """Answer jobs until the input ends: `work` does one and says how many pictures it made.

    The answer tells them, and the CPU and wall seconds they took; `cpu_since_start_s` is of the
    whole process, and `peak_mb` its largest resident memory.
    """
    for line in sys.stdin:
        job = _job(json.loads(line))
        Path(job.out).mkdir(parents=True, exist_ok=True)
        began, cpu = time.perf_counter(), _cpu_s()
        with redirect_stdout(sys.stderr):  # what a generator prints is no answer
            made = work(job)
        answer = {
            "made": made,
            "cpu_s": _cpu_s() - cpu,
            "wall_s": time.perf_counter() - began,
            "cpu_since_start_s": _cpu_s(),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(answer), flush=True)


class Labels:
    """The label files of a job: a line of JSON per picture with its text, and boxes if it has any.

    A box is left, top, right, bottom in pixels; right and bottom are the first without ink.
    """

    def __init__(self, job: Job) -> None:
        self._file = (Path(job.out) / "labels.jsonl").open("w", encoding="utf-8")

    def add(self, picture: str, text: str, boxes: list[list[float]] | None = None) -> None:
        """One picture's line."""
        line: dict[str, Any] = {"picture": picture, "text": text}
        if boxes is not None:
            line["boxes"] = boxes
        self._file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """No more pictures."""
        self._file.close()


def _job(fields: dict[str, Any]) -> Job:
    whole: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
    }
    return Job(**whole)


def _cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    whole = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in whole)
