"""Feeding mutants to readers in a child with bounded memory, and keeping those that hurt.

A mutant hurts where the reader lets out anything but a `GlyphdataError`, takes longer than
`SECONDS` or more memory than `MEMORY`, or ends the process. The child writes each mutant to a
shared page before it is read, so that what ends the process is known too.
"""

from __future__ import annotations

import mmap
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import FrameType

from glyphdata.errors import GlyphdataError
from glyphdata.scene.rng import Rng
from tests.fuzz.ground import Read, prepared
from tests.fuzz.mutating import LONGEST, Mutator
from tests.fuzz.targets import TARGETS, Target

SECONDS = 5
MEMORY = 1 << 30
CORPUS = Path(__file__).with_name("corpus")
"""Mutants that once hurt, or lead where no seed does; a folder for each target."""


class TooSlow(BaseException):
    """A mutant kept its reader busy; no handler of `Exception` swallows it."""


@dataclass(frozen=True, slots=True)
class Hurt:
    """A mutant that hurt, and how: the last lines of the traceback, or the signal."""

    data: bytes
    how: str

    @property
    def way(self) -> str:
        """The kind of error and where it was, without its words: alike for mutants that are."""
        return self.how.partition(":")[0] + self.how.rpartition(" at ")[2]


def _expired(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow(f"over {SECONDS} s")


def limited() -> None:
    """Let this process have `MEMORY` more than it has, and no reader more than `SECONDS`."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, _expired)
    warnings.simplefilter("error")


def fed(read: Read, data: bytes) -> Hurt | None:
    """What came of one mutant."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        read(data)
    except GlyphdataError:
        return None
    except KeyboardInterrupt:
        raise
    except BaseException as fault:
        places = traceback.extract_tb(fault.__traceback__)
        ours = [
            f"{Path(one.filename).name}:{one.lineno}" for one in places if "/glyph" in one.filename
        ]
        return Hurt(data, f"{type(fault).__name__}: {str(fault)[:200]} at {' > '.join(ours[-3:])}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def kept(name: str) -> list[bytes]:
    """The corpus of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def keep(name: str, data: bytes) -> Path:
    """Add to a target's corpus."""
    path = CORPUS / name / blake2b(data, digest_size=6).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@dataclass(frozen=True, slots=True)
class Fuzzing:
    """How long: `cases` mutants of each target, or `seconds` of time guided by coverage."""

    cases: int = 0
    seconds: float = 0.0
    seed: int = 0

    def mutants(self, target: Target, seeds: list[bytes]) -> Iterator[tuple[Mutator, bytes]]:
        """The corpus and the seeds, then mutants of both while cases or time last."""
        mutator = Mutator([*seeds, *kept(target.name)], target.words)
        for data in tuple(mutator.seeds):
            yield mutator, data[:LONGEST]
        rng, until = Rng.of(self.seed, 0).at(target.name), time.monotonic() + self.seconds
        number = 0
        while number < self.cases // target.heavy or time.monotonic() < until:
            yield mutator, mutator.mutant(rng.at("mutant", number))
            number += 1


class Trail:
    """Which lines of the package have run: tells whether a mutant leads anywhere new."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int]] = set()
        self._new = 0

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Follow what runs inside."""
        self._new = 0
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(None)

    @property
    def led(self) -> int:
        """How many new lines the last run led to."""
        return self._new

    def _call(self, frame: FrameType, _event: str, _arg: object) -> Callable[..., object] | None:
        return self._line if "/glyphdata/" in frame.f_code.co_filename else None

    def _line(self, frame: FrameType, event: str, _arg: object) -> Callable[..., object]:
        if event == "line":
            place = (frame.f_code.co_filename, frame.f_lineno)
            if place not in self._seen:
                self._seen.add(place)
                self._new += 1
        return self._line


def fuzzed(target: Target, how: Fuzzing, folder: Path, page: mmap.mmap) -> Mapping[str, Hurt]:
    """What hurt, one mutant for each way; those that lead to new lines are built upon."""
    hurts: dict[str, Hurt] = {}
    seeds = target.seeds(folder)
    read = target.reader(folder)
    trail = Trail()
    for number, (mutator, data) in enumerate(how.mutants(target, seeds)):
        page[: len(data) + 4] = len(data).to_bytes(4, "little") + data
        if how.seconds:
            with trail.followed():
                hurt = fed(read, data)
            if hurt is None and trail.led and number >= len(mutator.seeds):
                mutator.seeds.append(data)
        else:
            hurt = fed(read, data)
        if hurt is not None:
            hurts.setdefault(hurt.way, hurt)
    return hurts


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder with the dataset that seeds are taken from, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        prepared(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def names(asked: str) -> list[str]:
    """The targets that are meant; all where none is named."""
    return [one for one in TARGETS if not asked or one in asked.split(",")]
