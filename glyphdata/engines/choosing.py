"""Which engine is meant."""

from __future__ import annotations

import os
from typing import Literal

from glyphdata.engines import Engine
from glyphdata.engines.inline import InlineEngine
from glyphdata.engines.local import LocalEngine
from glyphdata.engines.ray import RayEngine
from glyphdata.errors import InputError


def engine_of(
    kind: Literal["local", "ray"],
    workers: int | None = None,
    *,
    patience_s: float = 120.0,
    memory_mb: int | None = None,
    address: str | None = None,
) -> Engine:
    """The engine of that kind; `InputError` where no worker process could be held to its memory.

    `workers` are processes (None: one per core of this machine or CPU of the cluster; 0: none but
    this one), `patience_s` and `memory_mb` as in `LocalEngine`, `address` as in `RayEngine`.
    """
    if workers == 0:
        if kind != "local" or memory_mb is not None:
            raise InputError(
                "without workers there is no cluster, and no cap on memory",
                hint="ask for one worker at least",
            )
        return InlineEngine()
    if kind == "ray":
        return RayEngine(workers, address, patience_s, memory_mb)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return LocalEngine(workers or cores or 1, patience_s, memory_mb)
