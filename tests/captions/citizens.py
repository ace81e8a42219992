"""A captioner that says one sentence, and notes each time that it was asked.

Run as a program it captions a dataset slowly: `python -m tests.captions.citizens OUT LOG SECONDS`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.captioning import Summary, run


@dataclass(frozen=True)
class Parrot:
    """Quotes the first text; `faults` says what happens to which sample, by the end of its key."""

    words: str = "A sign that says"
    log: Path | None = None
    seconds: float = 0.0
    faults: Mapping[str, Fault] = field(default_factory=dict)

    @property
    def needs_picture(self) -> bool:
        return True

    def recipe(self) -> Mapping[str, object]:
        return {"words": self.words}

    def check(self) -> None:
        pass

    def close(self) -> None:
        pass

    def question(self, asked: Asked) -> str:
        return f"What does the picture of {asked.key} say?"

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        return [self._one(one) for one in asked]

    def _one(self, asked: Asked) -> Answer | Fault:
        assert asked.picture.startswith(b"\xff\xd8")
        time.sleep(self.seconds)
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(f"{asked.key} {asked.level} {os.getpid()}\n")
        for end, fault in self.faults.items():
            if asked.key.endswith(end):
                return fault
        said = f'{self.words} "{asked.facts.texts[0].text}".'
        return Answer(said)


def captioned(out: Path, captioner: Parrot | None = None, **how: object) -> Summary:
    """Caption a dataset with the parrot; the finest two levels, unless told otherwise."""
    wanted: dict[str, object] = {"levels": (1, 2), "kind": "parrot", "batch": 2} | how
    return run(out, captioner or Parrot(), **wanted)  # type: ignore[arg-type]


def overlay(out: Path) -> dict[str, bytes]:
    """The files of the captions, by name."""
    return {path.name: path.read_bytes() for path in sorted((out / "captions").iterdir())}


if __name__ == "__main__":
    captioned(Path(sys.argv[1]), Parrot(log=Path(sys.argv[2]), seconds=float(sys.argv[3])))
