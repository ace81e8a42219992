"""What befalls a step that is no bug: memory that runs out, a process that loads and dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from glyphdata.errors import InputError
from glyphdata.train.batch import Batch
from glyphdata.train.settings import Settings


@contextmanager
def enough_memory(settings: Settings) -> Iterator[None]:
    """Say what to do where memory runs out inside."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as fault:
        raise _too_large(settings, fault) from fault
    except RuntimeError as fault:
        if "can't allocate memory" not in str(fault):
            raise
        raise _too_large(settings, fault) from fault


@contextmanager
def loaders_alive() -> Iterator[None]:
    """Say what to do where a process that loads batches dies inside."""
    try:
        yield
    except RuntimeError as fault:  # raised wherever the loop is as torch hears of the death
        if "DataLoader worker" not in str(fault):
            raise
        raise _loader_died(fault) from fault


def given(batches: Iterator[Batch]) -> Batch:
    """The next batch; `InputError` where the process that was to hand it over is gone."""
    try:
        return next(batches)
    except (ConnectionError, EOFError) as fault:
        raise _loader_died(fault) from fault


def _loader_died(fault: BaseException) -> InputError:
    return InputError(
        f"a process that loads batches has died: {' '.join(str(fault).split())}",
        hint="memory may have run out: go on by --resume -s workers=1, or 0",
    )


def _too_large(settings: Settings, fault: BaseException) -> InputError:
    ways = [] if settings.checkpointing else ["checkpointing=true"]
    if settings.precision == "fp32":
        ways.append("precision=bf16")
    chunk = settings.batch.chunk // 2 or 64
    return InputError(
        f"a step does not fit into memory: {str(fault).splitlines()[0] if str(fault) else 'full'}",
        hint=f"-s batch.chunk={chunk}"
        + "".join(f", or -s {way}" for way in ways)
        + f", or fewer at once: batch.groups below {settings.batch.groups}",
    )
