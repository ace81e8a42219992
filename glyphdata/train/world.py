"""The processes of one run: who am I, which device is mine, and what do all of us say together?

Processes are started by others (`torchrun`, Slurm, `accelerate launch`), who set RANK, WORLD_SIZE,
LOCAL_RANK, MASTER_ADDR and MASTER_PORT. Without these there is one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

from glyphdata.errors import InputError

_PATIENCE = timedelta(minutes=30)
"""So long the others wait for one that loads, saves or shows."""

_BUCKET = 1 << 23
"""Numbers that travel at once: 32 MB of gradients."""


@dataclass(frozen=True, slots=True)
class World:
    """One process among `size`, with a device of its own; the `leader` alone writes."""

    rank: int
    size: int
    device: torch.device

    @property
    def leader(self) -> bool:
        """Is this the process that writes and tells?"""
        return self.rank == 0

    def summed(self, numbers: Sequence[float]) -> tuple[float, ...]:
        """The sums of numbers over all processes, each process with as many."""
        if self.size == 1:
            return tuple(numbers)
        told = torch.tensor(numbers, dtype=torch.float64, device=self.device)
        dist.all_reduce(told)
        return tuple(told.tolist())

    def largest(self, number: int) -> int:
        """The largest of a whole number over all processes."""
        if self.size == 1:
            return number
        told = torch.tensor([number], dtype=torch.int64, device=self.device)
        dist.all_reduce(told, dist.ReduceOp.MAX)
        return int(told.item())

    def gathered(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The texts of all processes, in the order of their ranks."""
        if self.size == 1:
            return tuple(texts)
        told: list[Sequence[str]] = [()] * self.size
        dist.all_gather_object(told, tuple(texts))
        return tuple(text for one in told for text in one)

    def sum_gradients(self, weights: Iterable[nn.Parameter]) -> None:
        """Give each weight the sum of its gradients over all processes; all name the same weights.

        A weight that got none in some of them got zeros there; in all of them, it stays without.
        """
        if self.size == 1:
            return
        named = list(weights)
        there = torch.tensor([one.grad is not None for one in named], device=self.device).int()
        dist.all_reduce(there, dist.ReduceOp.MAX)
        moved = [one for one, found in zip(named, there.tolist(), strict=True) if found]
        for bucket in _buckets(moved):
            for one in bucket:
                if one.grad is None:
                    one.grad = torch.zeros_like(one)
            grads = [one.grad for one in bucket if one.grad is not None]
            flat = torch.cat([grad.reshape(-1) for grad in grads])
            dist.all_reduce(flat)
            parts = flat.split([grad.numel() for grad in grads])
            for grad, part in zip(grads, parts, strict=True):
                grad.copy_(part.view_as(grad))

    def wait(self) -> None:
        """Wait until every process is here."""
        if self.size > 1:
            self.largest(0)


@contextmanager
def joined(device: str = "auto") -> Iterator[World]:
    """This process's place among those of the run, left again behind.

    `device` is `auto` (a GPU where there is one), `cpu` or `cuda`. `InputError` where the
    environment contradicts itself, or asks for a GPU that is not there.
    """
    rank, size, local = _number("RANK", 0), _number("WORLD_SIZE", 1), _number("LOCAL_RANK", 0)
    if not 0 <= rank < size:
        raise InputError(
            f"RANK={rank} is not below WORLD_SIZE={size}",
            hint="start the processes by torchrun, or unset both",
        )
    world = World(rank, size, _device(device, local))
    if size == 1:
        yield world
        return
    kind = "nccl" if world.device.type == "cuda" else "gloo"
    try:
        dist.init_process_group(kind, rank=rank, world_size=size, timeout=_PATIENCE)
    except (ValueError, RuntimeError) as fault:
        raise InputError(
            f"process {rank} of {size} cannot join the others: {str(fault).splitlines()[0]}",
            hint="start all by torchrun, which sets MASTER_ADDR and MASTER_PORT",
        ) from fault
    try:
        yield world
    finally:
        dist.destroy_process_group()


def _device(asked: str, local: int) -> torch.device:
    if asked == "cpu" or (asked == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if asked not in ("auto", "cuda"):
        raise InputError(f"there is no device {asked!r}", hint="auto, cpu or cuda")
    if local >= torch.cuda.device_count():
        raise InputError(
            f"process {local} of this machine has no GPU: there are {torch.cuda.device_count()}",
            hint="start fewer processes, or pass --device cpu",
        )
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def _number(name: str, otherwise: int) -> int:
    text = os.environ.get(name, "")
    if text and not text.lstrip("-").isdecimal():
        raise InputError(f"{name}={text!r} is no number", hint=f"unset {name}, or use torchrun")
    return int(text) if text else otherwise


def _buckets(weights: Iterable[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    bucket: list[nn.Parameter] = []
    held = 0
    for one in weights:
        bucket.append(one)
        held += one.numel()
        if held >= _BUCKET:
            yield bucket
            bucket, held = [], 0
    if bucket:
        yield bucket
