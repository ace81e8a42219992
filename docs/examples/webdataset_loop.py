"""webdataset 1.x, with shards dealt to ranks and workers; only what is read is decoded.

    python docs/examples/webdataset_loop.py OUT --batch 16 --workers 2

prints one line a batch, and at last how many samples there were. Under torchrun each rank prints
those of its own shards: at least as many shards as ranks × workers are needed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch
import webdataset as wds
from tiny_clip import picture_of, text_of
from torch import Tensor

PICTURE = "jpg;png;webp"


def samples(data: Path) -> wds.WebDataset:
    """Key, picture and caption of every sample in the shards of this rank and worker."""
    shards = [str(path) for path in sorted((data / "data").glob("train-*.tar"))]
    stream = wds.WebDataset(
        shards, shardshuffle=len(shards), nodesplitter=wds.split_by_node, seed=1, empty_check=False
    )
    # No `.decode("pil")`: it would unpack every mask too, and make each of them eight bits deep.
    chosen = stream.shuffle(100).to_tuple("__key__", PICTURE, "txt")
    return chosen.map_tuple(str, picture_of, _said)


def _said(caption: bytes) -> Tensor:
    return text_of(caption.decode())


def batches(data: Path, batch: int, workers: int) -> Iterator[tuple[list[str], Tensor, Tensor]]:
    """Lists of keys, N × 3 × 64 × 64 pictures and N × 128 captions."""
    loader = wds.WebLoader(
        samples(data).batched(batch, collation_fn=torch.utils.data.default_collate),
        batch_size=None,
        num_workers=workers,
    )
    yield from loader


def main() -> None:
    """Read all samples once."""
    parser = argparse.ArgumentParser(description="webdataset 1.x")
    parser.add_argument("data", type=Path)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    count = 0
    for keys, pictures, texts in batches(told.data, told.batch, told.workers):
        count += len(keys)
        print(f"{keys[0]}: {tuple(pictures.shape)}, {tuple(texts.shape)}")
    print(f"{count} samples")


if __name__ == "__main__":
    main()
