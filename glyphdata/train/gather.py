"""What the boxes of all processes have to be compared with, gradients included.

Each process holds another number of boxes. Its loss is that of its own boxes against everybody's,
divided by everybody's number: the shares of all processes add up to the loss of one process that
had all boxes, and so do the gradients of the weights, which are therefore summed and not averaged.
That needs a gather whose gradient flows back to the process that a vector came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Everyone:
    """The boxes of all processes, in the order of their ranks; one's own begin at `first`.

    `seen` and `read` f32 [N, embed], `alike` i64 [N].
    """

    seen: Tensor
    read: Tensor
    alike: Tensor
    first: int


def everyone(seen: Tensor, read: Tensor, alike: Tensor) -> Everyone:
    """The boxes of all processes; every process must call it, one without boxes too."""
    if not _several():
        return Everyone(seen, read, alike, 0)
    counts = _counts(len(seen), seen.device)
    both = _Gathered.apply(torch.cat([seen, read], 1), counts)
    width = seen.shape[1]
    return Everyone(
        both[:, :width], both[:, width:], _together(alike, counts), sum(counts[: dist.get_rank()])
    )


def added(number: Tensor) -> Tensor:
    """The sum of a tensor over all processes, without a gradient."""
    if not _several():
        return number.detach()
    total = number.detach().clone()
    dist.all_reduce(total)
    return total


def _several() -> bool:
    return bool(dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1)


def _counts(own: int, device: torch.device) -> list[int]:
    counts = torch.zeros(dist.get_world_size(), dtype=torch.int64, device=device)
    counts[dist.get_rank()] = own
    dist.all_reduce(counts)
    return [int(count) for count in counts.tolist()]


def _together(rows: Tensor, counts: list[int]) -> Tensor:
    """Everybody's rows, one behind the other; they travel padded to the longest."""
    padded = rows.new_zeros((max(1, *counts), *rows.shape[1:]))
    padded[: len(rows)] = rows
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])


class _Gathered(torch.autograd.Function):
    """A gather whose gradient is the sum of what all processes have for a row."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, counts: list[int]) -> Tensor:
        ctx.counts = counts
        return _together(rows, counts)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        whole = gradients[0].contiguous().clone()
        dist.all_reduce(whole)
        first = sum(ctx.counts[: dist.get_rank()])
        return whole[first : first + ctx.counts[dist.get_rank()]], None
