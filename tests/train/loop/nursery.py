"""Raises processes that train, one fork each, so that torch is loaded once for all of them.

Each line on stdin is one order, answered by one line on stdout:

    {"start": ["train", …], "told": FILE, "environment": {…}, "dies_in_save": 2}  ->  {"pid": 7}
    {"wait": 7}                                                    ->  {"status": -9 or a code}

A child that `dies_in_save` kills itself with half of the n-th file of tensors on disk.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from glyphdata.cli import main
from glyphdata.train import checkpoint

LOADED = (
    "glyphdata.train.training",
    "glyphdata.train.trying",
    "glyphdata.train.towers.byt5",
    "glyphdata.train.towers.dinov2",
    "pyarrow.dataset",
)


alive: set[int] = set()


def start(order: dict[str, Any]) -> int:
    """Fork a child that runs one command line; its pid."""
    pid = os.fork()
    if pid:
        return pid
    told = os.open(order["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (told, 1), (told, 2)):
        os.dup2(source, target)
    os.environ.update(order.get("environment", {}))
    if order.get("dies_in_save"):
        die_in_save(order["dies_in_save"])
    try:
        main(order["start"])
    except SystemExit as leaving:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(leaving.code or 0))


def die_in_save(number: int) -> None:
    """Let the `number`-th file of tensors be the last thing that this process does, half of it."""
    whole, left = checkpoint.save_file, number

    def save(tensors: dict[str, torch.Tensor], place: Path) -> None:
        nonlocal left
        whole(tensors, place)
        left -= 1
        if not left:
            os.truncate(place, place.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoint.save_file = save


def answer(order: dict[str, Any]) -> dict[str, int]:
    if "start" in order:
        pid = start(order)
        alive.add(pid)
        return {"pid": pid}
    _, status = os.waitpid(order["wait"], 0)
    alive.discard(order["wait"])
    return {"status": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in LOADED:
        import_module(name)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
    for pid in alive:  # those of a test that failed
        os.kill(pid, signal.SIGKILL)
