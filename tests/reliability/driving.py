"""Runs of a tiny dataset in processes that may end at any moment; what they leave is looked at."""

from __future__ import annotations

import hashlib
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.dataset  # noqa: F401 - what each fork would import anew
from PIL import Image

from glyphdata.errors import GlyphdataError, PartlyDone
from glyphdata.generation import generate
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.tarread import open_tar
from tests.engines.citizens import FakeRecipe

SMALL = FakeRecipe(samples=10)
FACTORY = "tests.engines.citizens:FakeFactory"
UNFORESEEN = 70

Image.init()  # so does this


def make(out: Path, recipe: FakeRecipe = SMALL, workers: int = 0) -> None:
    """Make the dataset, or what is missing; `PartlyDone` where samples or shards were given up."""
    made = generate(
        recipe, out, workers=workers, factory=FACTORY, provenance=lambda _: Provenance()
    )
    if not made.whole:
        raise PartlyDone(f"{made.quarantined} {made.lost_shards}")


def forked(work: Callable[[], None]) -> int:
    """Do it in a process of its own: its exit code as a command's, or minus the signal's number."""
    child = os.fork()
    if not child:
        code = UNFORESEEN
        try:
            work()
            code = 0
        except GlyphdataError as fault:
            code = fault.exit_code
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def seen(out: Path) -> dict[str, bytes]:
    """Every file but those that tell the time or the process."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


@dataclass
class Bench:
    """What broken runs are held against, and what was found."""

    clean: dict[str, bytes]
    recipe: FakeRecipe = SMALL
    runs: int = 0
    tars: int = 0
    slowest_s: float = 0.0
    codes: dict[int, int] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, recipe: FakeRecipe = SMALL) -> Bench:
        """A bench with what a quiet run makes of the recipe."""
        assert forked(lambda: make(folder / "quiet", recipe)) == 0
        return cls(seen(folder / "quiet"), recipe)

    def nothing_is_broken(self, out: Path) -> None:
        """Each shard that shows is whole, and its bytes are the quiet run's."""
        for tar in out.glob("data/*.tar"):
            assert len(list(open_tar(tar))) > 0
            assert tar.read_bytes() == self.clean[f"data/{tar.name}"], tar
            self.tars += 1
        if (out / "SHA256SUMS").exists():
            for line in (out / "SHA256SUMS").read_text().splitlines():
                digest, name = line.split()
                assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest

    def recovers(self, out: Path, what: str) -> None:
        """The same command, run again, comes to the quiet run's files."""
        self.runs += 1
        began = time.perf_counter()
        assert forked(lambda: make(out, self.recipe)) == 0, what
        self.slowest_s = max(self.slowest_s, time.perf_counter() - began)
        found = seen(out)
        assert found == self.clean, (what, found.keys() ^ self.clean.keys())

    def ended(self, code: int) -> int:
        self.codes[code] = self.codes.get(code, 0) + 1
        return code

    def report(self, **more: object) -> dict[str, object]:
        return {
            "runs": self.runs,
            "tars_seen": self.tars,
            "codes": {str(code): count for code, count in sorted(self.codes.items())},
            "slowest_recovery_s": round(self.slowest_s, 3),
            **more,
        }
