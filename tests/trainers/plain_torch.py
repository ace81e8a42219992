"""Asks the plain PyTorch examples who reads what and how a run goes on; answers in one JSON line.

python tests/trainers/plain_torch.py OUT SCRATCH
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import tiny_clip
import torch
import torch_map
import torch_stream
from torch.utils.data import DataLoader


def shares(data: Path, world: int, workers: int) -> list[list[str]]:
    """The keys that each rank reads in an epoch to the end, in its order."""
    found = []
    for rank in range(world):
        stream = torch_stream.Stream(data, rank, world, batch=4)
        loader = DataLoader(stream, 4, num_workers=workers)
        found.append([key for keys, _, _ in loader for key in keys])
    return found


def taken_up(data: Path, workers: int, done: int) -> tuple[list[list[str]], list[list[str]]]:
    """The batches of an epoch from number `done` on: read through to there, and taken up there."""
    stream = torch_stream.Stream(data, 1, 2, batch=4)
    loader = DataLoader(stream, 4, num_workers=workers, drop_last=True)
    through = [list(keys) for keys, _, _ in loader][done:]
    stream.done = done
    return through, [list(keys) for keys, _, _ in loader]


def said(do: Callable[[], None]) -> list[str]:
    """What `do` prints, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        do()
    return out.getvalue().splitlines()


def trained(data: Path, state: Path | None, *steps: int) -> list[str]:
    """What a run says that is stopped after each of `steps` and started again."""

    def train() -> None:
        for until in steps:
            stream = torch_stream.Stream(data, 0, 1, batch=8)
            torch_stream.train(stream, until, 1, state)

    return said(train)


def orders(count: int, world: int, start: int) -> list[list[int]]:
    """The first two epochs' numbers of each rank, from its sample number `start` on."""
    each = count // world * 2 - start
    ranks = [torch_map.Order(count, rank=rank, world=world, start=start) for rank in range(world)]
    return [list(islice(order, each)) for order in ranks]


def main(data: Path, scratch: Path) -> None:
    """Ask everything."""
    torch.set_num_threads(1)
    sys.argv = ["torch_map.py", str(data), "--steps", "24", "--workers", "1"]
    samples = torch_map.Samples(data)
    again = pickle.loads(pickle.dumps(samples))
    answers = {
        "steps": [torch_stream.Stream(data, 0, 2, batch=4).steps(workers) for workers in (0, 3)],
        "shares": {
            f"{world}x{workers}": shares(data, world, workers)
            for world, workers in ((1, 0), (2, 2), (3, 1))
        },
        "taken_up": [taken_up(data, workers, done) for workers, done in ((0, 3), (2, 3), (3, 4))],
        "whole": trained(data, None, 12),
        "in_parts": trained(data, scratch / "state.pt", 3, 10, 12),
        "pickled": len(pickle.dumps(samples)),
        "same": all(
            (samples[number][1].equal(again[number][1]) and samples[number][0] == again[number][0])
            for number in (0, len(samples) - 1)
        ),
        "tiny_clip": said(lambda: tiny_clip.main(str(data))),
        "map_style": said(torch_map.main),
        "orders": orders(13, 3, 0),
        "orders_later": orders(13, 3, 6),
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
