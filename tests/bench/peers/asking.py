"""A generator at work in a process of its own, asked for pictures and answering with seconds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from answering import Job
from environments import HERE, Peer
from material import ROOT, Material

ONE_THREAD = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job came to; see `answering.serve`."""

    made: int
    cpu_s: float
    wall_s: float
    cpu_since_start_s: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Pictures per CPU second."""
        return self.made / self.cpu_s


@dataclass(frozen=True, slots=True)
class Setting:
    """What is drawn, in words of the comparison; see `answering.Job`."""

    name: str
    size: tuple[int, int] = (256, 64)
    ground: str = "plain"
    texts: int = 1
    labels: bool = False
    effects: bool = False
    turned: bool = False
    lossless: bool = False
    kind: str = "words"

    def job(self, material: Material, out: Path, count: int, first: int) -> Job:
        """The job of so many pictures in this setting."""
        words = material.apart if self.lossless else material.words
        shared = {key: value for key, value in asdict(self).items() if key != "name"}
        return Job(
            out=str(out),
            count=count,
            first=first,
            words=words if self.kind == "words" else material.groups,
            fonts=material.fonts,
            families=material.families,
            photos=material.photos,
            **shared,
        )


class Asked:
    """A running generator; a context, at whose end the process is ended too."""

    def __init__(self, peer: Peer, python: str, folder: Path, material: Material) -> None:
        self.peer, self._folder, self._material = peer, folder, material
        self._log = (folder / f"{peer.name}.log").open("w")
        places = {"PYTHONPATH": str(ROOT), "GLYPHDATA_CACHE": str(folder / "cache")}
        self._process = subprocess.Popen(
            [python, str(HERE / peer.program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, **ONE_THREAD, **places},
        )
        self._began = time.perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._log.close()

    def ask(self, setting: Setting, count: int, first: int, *, keep: bool = False) -> Answer:
        """The answer on so many pictures; they are thrown away unless they are to be kept."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out = self.out(setting)
        shutil.rmtree(out, ignore_errors=True)
        job = setting.job(self._material, out, count, first)
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        line = next((line for line in self._process.stdout if line.startswith("{")), "")
        if not line:  # what libraries print while they are imported comes before the first answer
            raise SystemExit(f"{self.peer.name} gave up: see {self._log.name}")
        if not keep:
            shutil.rmtree(out)
        return Answer(**json.loads(line))

    def out(self, setting: Setting) -> Path:
        """Where the pictures of a setting go."""
        return self._folder / "made" / self.peer.name / setting.name.replace(" ", "-")

    @property
    def age_s(self) -> float:
        """Wall seconds since the process was started."""
        return time.perf_counter() - self._began
