"""One of several processes that share a batch: `python one_of_several.py RANK WORLD FOLDER`.

Takes its share of the boxes of each case, learns, adds up gradients over processes, and rank 0
writes what came out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn

from glyphdata.train.batch import Batch
from glyphdata.train.losses import Read, Scales, losses
from glyphdata.train.settings import Loss

FAMILIES = torch.tensor([0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 4])
ALIKE = torch.tensor([50, 51, 52, 53, 50, 55, 56, 57, 57, 58, 52])
SHARES = {"uneven": (6, 5), "lopsided": (10, 1), "one-empty": (0, 11), "none": (0, 0)}
Kind = Literal["infonce", "siglip"]
KINDS: tuple[Kind, ...] = ("infonce", "siglip")


class Small(nn.Module):
    """Two linear towers and the scales."""

    def __init__(self) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(3)
        self.see = nn.Parameter(torch.randn(7, 5, generator=draw))
        self.read = nn.Parameter(torch.randn(7, 5, generator=draw))
        self.spell = nn.Parameter(torch.randn(5, 4, generator=draw))
        self.scales = nn.Parameter(torch.tensor([1.5, 1.0, -1.0]))


def learned(shares: tuple[int, ...], rank: int, kind: Kind) -> dict[str, Tensor]:
    """Gradients and losses of one process's boxes, of as many as all shares have."""
    draw = torch.Generator().manual_seed(4)
    boxes = sum(shares)
    inputs = torch.randn(boxes, 2, 7, generator=draw)
    words = torch.randint(0, 4, (boxes, 3), generator=draw)
    own = slice(sum(shares[:rank]), sum(shares[: rank + 1]))
    model = Small()
    seen = nn.functional.normalize(inputs[own, 0] @ model.see, dim=1)
    read = nn.functional.normalize(inputs[own, 1] @ model.read, dim=1)
    logits = (read @ model.spell)[:, None].expand(-1, 3, -1)
    batch = _batch(own, words[own])
    found = losses(
        Loss(kind=kind, characters=0.5),
        seen,
        Read(read, logits),
        batch,
        Scales(*model.scales.unbind()),
    )
    found.total.backward()
    told = {name: getattr(found, name).detach().float() for name in found.__slots__}
    return told | {f"d {name}": one.grad for name, one in model.named_parameters()}


def _batch(own: slice, words: Tensor) -> Batch:
    number, none = len(words), torch.zeros(len(words), 0)
    nothing = torch.zeros(number, dtype=torch.int64)
    return Batch(
        views=torch.zeros(0, 3, 1, 1, dtype=torch.uint8),
        view_of=nothing,
        quads=torch.zeros(number, 4, 2),
        cover=none,
        ids=nothing[:, None],
        lengths=nothing,
        sequence_of=nothing,
        spans=nothing[:, None],
        family=FAMILIES[own],
        alike=ALIKE[own],
        characters=words,
        groups=(),
    )


def main(rank: int, world: int, folder: Path) -> None:
    """Learn every case together, and write what it came to."""
    torch.set_num_threads(1)
    store = dist.FileStore(str(folder / "store"), world)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=world)
    found: dict[str, dict[str, Tensor]] = {}
    for name, shares in SHARES.items():
        for kind in KINDS:
            told = learned(shares, rank, kind)
            for one in told.values():
                dist.all_reduce(one)
            found[f"{name} {kind}"] = told
    if rank == 0:
        torch.save(found, folder / "found.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
