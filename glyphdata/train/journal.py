"""What a run writes down and tells: rows of metrics, rates, and what a person should hear.

`metrics.jsonl` has a row per step and nothing that is not the same every time, so that a run that
was killed and went on has the same rows as one that never was. Rates are in `timing.jsonl`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import orjson

from glyphdata.errors import InputError
from glyphdata.progress import Notice, Progress, Tell
from glyphdata.shards.durable import write_file, writing

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

EVERY = 50
"""Steps between two lines for people, and between two looks at collapse."""

COLLAPSED = 0.9
"""Vectors whose mean cosine is above this are hardly told apart."""

_AT_CHANCE = 0.98
"""A loss above this share of chance has learned nothing yet."""

Row = Mapping[str, float | int | bool]


def concerns(row: Row) -> tuple[str, ...]:
    """What looks wrong in a row of metrics, each said in words.

    A plateau at chance before the break-out is usual. Vectors that are all alike are not, nor are
    spellings told apart by a model that knows no box by its picture.
    """
    found = []
    stuck = row["chance_box"] > 0 and row["box"] > _AT_CHANCE * row["chance_box"]
    likeness = row.get("likeness")
    if likeness is not None and likeness > COLLAPSED:
        found.append(f"collapse: boxes have a mean cosine of {likeness:.3f}")
    if stuck and row["chance_hard"] > 0 and row["hard"] < 0.9 * row["chance_hard"]:
        found.append("a text-only shortcut? spellings are told apart, boxes are not")
    elif stuck:
        found.append("not broken out yet: boxes are told apart no better than by chance")
    return tuple(found)


def line_of(row: Row, steps: int, rate: float) -> str:
    """A row as people read it; `rate` is in boxes per second."""
    right = f"{100 * row['right_box']:.0f} % right"
    told = [
        f"step {row['step']} of {steps}",
        f"loss {row['loss']:.3f}",
        f"box {row['box']:.3f} (chance {row['chance_box']:.2f}, {right})",
    ]
    if row["chance_hard"]:
        right = f"{100 * row['right_hard']:.0f} % right"
        told.append(f"hard {row['hard']:.3f} (chance {row['chance_hard']:.2f}, {right})")
    told += [f"gradient {row['gradient']:.2f}", f"{rate:.3g} boxes/s"]
    return ", ".join(told)


@dataclass(slots=True)
class Journal:
    """Writes the rows of a run of `steps` into two open files, and tells of them."""

    metrics: BinaryIO
    timing: BinaryIO
    tell: Tell
    steps: int
    board: SummaryWriter | None = None
    _told: tuple[str, ...] = ()
    _since: float = field(default_factory=time.monotonic)
    _boxes: float = 0.0
    _tokens: float = 0.0
    _waited: float = 0.0

    def row(self, row: Row, waited_s: float, rates: Callable[[], Mapping[str, float]]) -> None:
        """Write the row of a step, for which the loop waited so long for its batch.

        `rates` are what the loader says of itself; it is asked when a line is due.
        """
        _append(self.metrics, row)
        self._boxes += row["boxes"]
        self._tokens += row["tokens"]
        self._waited += waited_s
        step = int(row["step"])
        self.tell(Progress(step, self.steps))
        if self.board is not None:
            for name, value in row.items():
                self.board.add_scalar(name, value, step)
        if step % EVERY == 0 or step in (1, self.steps):
            self._line(row, rates())

    def _line(self, row: Row, rates: Mapping[str, float]) -> None:
        """Tell how it stands, and write down how fast it went since the last line."""
        now = time.monotonic()
        passed = max(now - self._since, 1e-9)
        pace = {
            "boxes_per_s": self._boxes / passed,
            "tokens_per_s": self._tokens / passed,
            "waiting": self._waited / passed,
            **rates,
        }
        _append(
            self.timing,
            {"step": row["step"], **{name: round(one, 4) for name, one in pace.items()}},
        )
        if self.board is not None:
            for name, value in pace.items():
                self.board.add_scalar(f"pace/{name}", value, int(row["step"]))
        self.tell(Notice(line_of(row, self.steps, pace["boxes_per_s"])))
        worries = concerns(row)
        for worry in worries:
            if _kind(worry) not in map(_kind, self._told):
                self.tell(Notice(f"step {row['step']}: {worry}"))
        self._told = worries
        self._since, self._boxes, self._tokens, self._waited = now, 0.0, 0.0, 0.0

    def settle(self) -> None:
        """Make what is written last through a loss of power, as a checkpoint will rely on it."""
        os.fsync(self.metrics.fileno())
        os.fsync(self.timing.fileno())


@contextmanager
def kept(
    metrics: Path,
    timing: Path,
    tell: Tell,
    steps: int,
    *,
    begun: int = 0,
    board: Path | None = None,
) -> Iterator[Journal]:
    """The journal of a run that goes on from step `begun`: rows behind that are cut first.

    `board` is the folder for TensorBoard; None for none. `OutputError` where nothing can be
    written, `InputError` where TensorBoard is missing.
    """
    writer = None if board is None else board_in(board, begun)
    for path in (metrics, timing):
        cut(path, begun)
    with ExitStack() as files:
        with writing(metrics):
            rows = files.enter_context(metrics.open("ab"))
            rates = files.enter_context(timing.open("ab"))
        if writer is not None:
            files.callback(writer.close)
        yield Journal(rows, rates, tell, steps, writer)


def cut(path: Path, step: int) -> None:
    """Remove the rows behind `step` from a file of rows, and one that was never finished."""
    if not path.exists():
        return
    with writing(path):
        whole = path.read_bytes()
        rows = whole.splitlines(keepends=True)
        left = b"".join(row for row in rows if _is_before(row, step))
        if left != whole:
            write_file(path.parent, path, left)


def read_rows(path: Path) -> list[dict[str, float]]:
    """The rows of a file of rows, in order; `InputError` where one is none."""
    try:
        return [orjson.loads(line) for line in path.read_bytes().splitlines()]
    except (OSError, ValueError) as fault:
        raise InputError(f"no rows can be read: {fault}").inside(str(path)) from fault


def board_in(folder: Path, begun: int) -> SummaryWriter:
    """A writer for TensorBoard, which forgets what it had after step `begun`.

    `InputError` where the package is missing.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as fault:
        raise InputError(
            f"there is no TensorBoard here: {fault}",
            hint="pip install tensorboard, or leave --tensorboard out: metrics.jsonl has it all",
        ) from fault
    return SummaryWriter(str(folder), purge_step=begun + 1)


def _is_before(line: bytes, step: int) -> bool:
    if not line.endswith(b"\n"):
        return False
    try:
        number = orjson.loads(line)["step"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False
    return isinstance(number, int) and number <= step


def _append(file: BinaryIO, row: Row) -> None:
    with writing(Path(file.name)):
        file.write(orjson.dumps(row) + b"\n")
        file.flush()


def _kind(worry: str) -> str:
    """What is wrong, without its figures."""
    return worry.partition(":")[0]
