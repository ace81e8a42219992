"""Plain PyTorch over a stream: every worker of every rank reads its own share of the samples.

    python docs/examples/torch_stream.py OUT --steps 24 --batch 16 --workers 2 [--state run.pt]
    torchrun --nproc-per-node 2 docs/examples/torch_stream.py OUT

prints `epoch 0 step 1 loss 2.77` and so on. With --state the run is saved at its end and, where the
file is there, goes on from it: the batches that follow are those that would have followed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from tiny_clip import TinyClip, picture_of, text_of
from torch import Tensor, nn
from torch.distributed import destroy_process_group, init_process_group
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

import glyphdata as gd

Example = tuple[str, Tensor, Tensor]


class Stream(IterableDataset[Example]):
    """The samples of one rank in one epoch, shuffled, from the batch numbered `done` on.

    A `DataLoader` takes batches from its workers in turn: batch b comes from worker b mod workers.
    So `done` tells how far each worker was. Skipped samples are read, but not decoded.
    """

    def __init__(self, path: Path, rank: int, world: int, *, batch: int) -> None:
        """Of `world` ranks, each taking `batch` samples at a time, this is number `rank`."""
        self.data = gd.Dataset(path)  # sent to a worker as no more than its path
        self.rank, self.world, self.batch = rank, world, batch
        self.epoch, self.done = 0, 0

    def steps(self, workers: int) -> int:
        """How many whole batches every rank has in an epoch, so that no rank waits for another."""
        workers = max(workers, 1)
        return len(self.data) // (self.world * workers) // self.batch * workers

    def __iter__(self) -> Iterator[Example]:
        """Key, picture and caption of each sample that falls to this worker."""
        info = get_worker_info()
        workers, worker = (info.num_workers, info.id) if info else (1, 0)
        worker = (worker + self.done) % workers  # whose turn it would have been
        reader, readers = self.rank * workers + worker, self.world * workers
        records = self.data.stream(reader, readers, shuffle=True, seed=1, epoch=self.epoch)
        taken = (self.done - worker + workers - 1) // workers * self.batch
        for record in islice(records, taken, None):
            yield record.key, picture_of(record.picture), text_of(record.text)


def train(stream: Stream, steps: int, workers: int, state: Path | None) -> None:
    """Train until `steps` steps are made in all, saved and taken up again in `state`."""
    torch.manual_seed(0)
    model: nn.Module = TinyClip()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    step = 0
    if state and state.exists():
        before = torch.load(state)
        model.load_state_dict(before["model"])
        optimizer.load_state_dict(before["optimizer"])
        step = before["step"]
    learner = DistributedDataParallel(model) if stream.world > 1 else model
    per_epoch = stream.steps(workers)
    if not per_epoch:
        raise SystemExit("fewer samples than one batch for every worker of every rank")
    while step < steps:
        stream.epoch, stream.done = divmod(step, per_epoch)
        loader = DataLoader(stream, stream.batch, num_workers=workers, drop_last=True)
        left = min(per_epoch - stream.done, steps - step)
        for _, pictures, texts in islice(loader, left):
            loss = learner(pictures, texts)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if stream.rank == 0:
                print(f"epoch {stream.epoch} step {step} loss {loss.item():.6f}", flush=True)
    if state and stream.rank == 0:
        weights = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**weights, "step": step}, state)


def main() -> None:
    """Read the command line, and the rank from what torchrun set."""
    parser = argparse.ArgumentParser(description="plain PyTorch over a stream")
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--state", type=Path)
    told = parser.parse_args()
    torch.set_num_threads(1)
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1:
        init_process_group("gloo")
    train(Stream(told.data, rank, world, batch=told.batch), told.steps, told.workers, told.state)
    if world > 1:
        destroy_process_group()


if __name__ == "__main__":
    main()
