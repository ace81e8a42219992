"""PyTorch Lightning over the stream: ranks from its trainer, a new order every epoch.

    pip install lightning          # or pytorch-lightning, which is smaller
    python docs/examples/lightning_train.py OUT --epochs 6 --batch 16 --workers 2

prints `epoch 0 step 4 loss 2.77` at the end of every epoch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from pytorch_lightning import LightningModule, Trainer, seed_everything
from tiny_clip import TinyClip
from torch import Tensor
from torch.utils.data import DataLoader
from torch_stream import Stream


class Reader(LightningModule):
    """TinyClip, with its data."""

    def __init__(self, data: Path, batch: int, workers: int) -> None:
        """Each worker takes `batch` samples at a time."""
        super().__init__()
        self.data, self.batch, self.workers = data, batch, workers
        self.model = TinyClip()

    def train_dataloader(self) -> DataLoader[tuple[str, Tensor, Tensor]]:
        """The share of this rank in this epoch; asked for anew before each."""
        stream = Stream(self.data, self.global_rank, self.trainer.world_size, batch=self.batch)
        stream.epoch = self.current_epoch
        return DataLoader(stream, self.batch, num_workers=self.workers, drop_last=True)

    def training_step(self, batch: tuple[list[str], Tensor, Tensor], number: int) -> Tensor:
        """The loss of one batch."""
        _, pictures, texts = batch
        loss: Tensor = self.model(pictures, texts)
        self.last = loss.detach()
        return loss

    def on_train_epoch_end(self) -> None:
        """Say how far it is."""
        self.print(f"epoch {self.current_epoch} step {self.global_step} loss {self.last:.6f}")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW over all weights."""
        return torch.optim.AdamW(self.model.parameters(), lr=3e-3)


def main() -> None:
    """Train some epochs."""
    parser = argparse.ArgumentParser(description="PyTorch Lightning")
    parser.add_argument("data", type=Path)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    torch.set_num_threads(1)
    seed_everything(0, verbose=False)
    steps = Stream(told.data, 0, 1, batch=told.batch).steps(told.workers)
    Trainer(
        max_epochs=told.epochs,
        limit_train_batches=steps,  # on several devices: what `steps` says for as many ranks
        reload_dataloaders_every_n_epochs=1,
        use_distributed_sampler=False,  # the stream deals the samples itself
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(Reader(told.data, told.batch, told.workers))


if __name__ == "__main__":
    main()
