"""What is counted of a step, over all processes, and the row of metrics that comes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import orjson
import torch

from glyphdata.shards.durable import write_file
from glyphdata.train.batch import Batch
from glyphdata.train.losses import Losses
from glyphdata.train.model import Encoder
from glyphdata.train.world import World

_LOOKED_AT = 256
"""Boxes that are compared for a look at collapse."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Losses and amounts of one step, added up over all processes."""

    loss: float
    box: float
    hard: float
    characters: float
    places: float
    chance_box: float
    chance_hard: float
    right_box: float
    right_hard: float
    boxes: float
    hard_boxes: float
    views: float
    sequences: float
    tokens: float
    """Without padding."""
    room: float
    """Tokens with padding."""
    alike: float
    """Boxes that say what another box of the same process says."""
    groups: float

    @classmethod
    def of(cls, losses: Losses, batch: Batch, world: World) -> Self:
        """The counts of a step of which this process had its share."""
        told = torch.stack(
            [
                getattr(losses, name).to(torch.float64)
                for name in (
                    "total",
                    "box",
                    "hard",
                    "characters",
                    "places",
                    "chance_box",
                    "chance_hard",
                    "right_box",
                    "right_hard",
                    "boxes",
                    "hard_boxes",
                )
            ]
        ).tolist()
        kinds, times = batch.alike.unique(return_counts=True)
        alike = int(times[times > 1].sum()) if len(kinds) else 0
        amounts = (
            len(batch.views),
            len(batch.ids),
            int(batch.lengths.sum()),
            batch.ids.numel(),
            alike,
            len(batch.groups),
        )
        return cls(*world.summed([*told, *amounts]))

    def write_broken(self, path: Path, step: int, gradient: float, groups: Sequence[str]) -> None:
        """Write down a step that cannot be taken, for a person to look at."""
        numbers = {
            name: _plain(getattr(self, name))
            for name in ("loss", "box", "hard", "characters", "places")
        }
        told = {"step": step, "gradient": _plain(gradient), **numbers, "groups": list(groups)}
        write_file(path.parent, path, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")


def row_of(
    step: int, counts: Counts, encoder: Encoder, rate: float, gradient: float, taken: bool
) -> dict[str, float | int | bool]:
    """The row of step `step` (from 1); `gradient` is its length before clipping."""
    return {
        "step": step,
        "loss": counts.loss,
        "box": counts.box,
        "hard": counts.hard,
        "characters": counts.characters,
        "places": counts.places,
        "chance_box": counts.chance_box,
        "chance_hard": counts.chance_hard,
        "right_box": counts.right_box,
        "right_hard": counts.right_hard,
        "box_scale": float(encoder.box_scale.detach().exp()),
        "hard_scale": float(encoder.hard_scale.detach().exp()),
        "rate": rate,
        "gradient": gradient if math.isfinite(gradient) else -1.0,
        "taken": taken,
        "groups": int(counts.groups),
        "boxes": int(counts.boxes),
        "views": int(counts.views),
        "sequences": int(counts.sequences),
        "tokens": int(counts.tokens),
        "padding": 1 - counts.tokens / counts.room if counts.room else 0.0,
        "alike": counts.alike / counts.boxes if counts.boxes else 0.0,
    }


def likeness(encoder: Encoder, batch: Batch) -> float:
    """The mean cosine of what is seen of two boxes of a batch, or read if that is more.

    Near 1 where the encoder gives everything one vector; 0 for fewer than two boxes.
    """
    some = first_boxes(batch, _LOOKED_AT)
    if len(some) < 2:
        return 0.0
    was = encoder.training
    encoder.eval()
    with torch.no_grad():
        seen, read = encoder.see(some), encoder.read(some).vectors
    encoder.train(was)
    return max(_mean_cosine(seen), _mean_cosine(read))


def first_boxes(batch: Batch, count: int) -> Batch:
    """The first `count` boxes of a batch that are seen, each with a view and a sequence of its own.

    Those that are only read (without a view) are left out.
    """
    rows = (batch.view_of >= 0).nonzero()[:count, 0]
    own = torch.arange(len(rows), device=rows.device)
    parts = ("quads", "cover", "spans", "family", "alike", "characters")
    sequences = batch.sequence_of[rows]
    return replace(
        batch,
        **{name: getattr(batch, name)[rows] for name in parts},
        views=batch.views[batch.view_of[rows]],
        view_of=own,
        ids=batch.ids[sequences],
        lengths=batch.lengths[sequences],
        sequence_of=own,
        facts=tuple(batch.facts[row] for row in rows.tolist()) if batch.facts else (),
    )


def _mean_cosine(vectors: torch.Tensor) -> float:
    """Over all pairs of two of N unit vectors: (|Σ v|² - N) / (N (N - 1))."""
    count = len(vectors)
    return float((vectors.sum(0).square().sum() - count) / (count * (count - 1)))


def _plain(number: float) -> float | str:
    """A number as JSON has it: what is none is said in words."""
    return number if math.isfinite(number) else str(number)
