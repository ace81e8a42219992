"""Plain PyTorch, map style: samples by number, an order of your own, a start anywhere for nothing.

    python docs/examples/torch_map.py OUT --steps 24 --batch 16 --workers 1 [--from-step 12]

prints how many bytes are sent to a worker, then `step 1 first 000003-0017 loss 2.77` and so on.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator
from pathlib import Path

import torch
from tiny_clip import TinyClip, picture_of, text_of
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

import glyphdata as gd


class Samples(Dataset[tuple[str, Tensor, Tensor]]):
    """Key, picture and caption by number."""

    def __init__(self, path: Path) -> None:
        """`glyphdata.InputError` where `path` holds no dataset."""
        self.data = gd.Dataset(path)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, number: int) -> tuple[str, Tensor, Tensor]:
        """The sample, decoded; `IndexError` past the last one."""
        record = self.data[number]
        return record.key, picture_of(record.picture), text_of(record.text)


class Order(Sampler[int]):
    """Numbers for one rank, epoch after epoch without end, from its sample number `start` on.

    Each epoch is a permutation of its own, cut to a multiple of `world`, and dealt to the ranks in
    turn. Nothing of it is saved: the seed and how many samples were taken say all.
    """

    def __init__(self, count: int, *, rank: int = 0, world: int = 1, start: int = 0) -> None:
        """Of `count` samples in all."""
        self.count, self.rank, self.world, self.start = count, rank, world, start

    def __iter__(self) -> Iterator[int]:
        each = self.count // self.world
        epoch, place = divmod(self.start, each)
        while True:
            generator = torch.Generator().manual_seed(epoch)
            numbers = torch.randperm(self.count, generator=generator)[: each * self.world]
            yield from numbers[self.rank :: self.world][place:].tolist()
            epoch, place = epoch + 1, 0


def main() -> None:
    """Train some steps, from any step on."""
    parser = argparse.ArgumentParser(description="plain PyTorch, map style")
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--from-step", type=int, default=0)
    told = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    samples = Samples(told.data)
    print(f"{len(samples)} samples, sent to a worker in {len(pickle.dumps(samples))} bytes")
    order = Order(len(samples), start=told.from_step * told.batch)
    loader = DataLoader(samples, told.batch, sampler=order, num_workers=told.workers)
    model = TinyClip()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    steps = range(told.from_step + 1, told.steps + 1)
    for step, (keys, pictures, texts) in zip(steps, loader, strict=False):
        loss = model(pictures, texts)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"step {step} first {keys[0]} loss {loss.item():.6f}")


if __name__ == "__main__":
    main()
