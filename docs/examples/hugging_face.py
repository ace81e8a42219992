"""Hugging Face: `datasets` streaming from the shards into `transformers.Trainer`.

    python docs/examples/hugging_face.py OUT --steps 12 --batch 16

prints the features of a sample, and the mean loss of every four steps as Trainer logs it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch
from datasets import Image, IterableDataset, load_dataset
from tiny_clip import TinyClip, picture_of, text_of
from torch import Tensor, nn
from transformers import Trainer, TrainingArguments


class Scored(nn.Module):
    """Our model, answering as Trainer wants it: a loss by name."""

    def __init__(self) -> None:
        """Weights are drawn from torch's own generator."""
        super().__init__()
        self.model = TinyClip()

    def forward(self, pictures: Tensor, texts: Tensor) -> dict[str, Tensor]:
        """The contrastive loss of N pictures and N captions."""
        return {"loss": self.model(pictures, texts)}


def streamed(data: str) -> IterableDataset:
    """Pictures and captions, shuffled; nothing is unpacked or kept on disk."""
    rows = load_dataset(data, split="train", streaming=True)  # the card says what is in the shards
    rows = rows.select_columns(["jpg", "txt"]).cast_column("jpg", Image(decode=False))
    return rows.shuffle(seed=1, buffer_size=100)


def collated(rows: list[dict[str, object]]) -> dict[str, Tensor]:
    """Rows of encoded pictures and captions as the arguments of the model."""
    pictures, texts = [], []
    for row in rows:
        encoded, said = row["jpg"], row["txt"]
        assert isinstance(encoded, dict)
        assert isinstance(said, str)
        pictures.append(picture_of(encoded["bytes"]))
        texts.append(text_of(said))
    return {"pictures": torch.stack(pictures), "texts": torch.stack(texts)}


def main() -> None:
    """Train some steps."""
    parser = argparse.ArgumentParser(description="datasets streaming into Trainer")
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--batch", type=int, default=16)
    told = parser.parse_args()
    torch.set_num_threads(1)
    rows = streamed(str(told.data))
    print(f"features: {', '.join(rows.column_names)}")
    with tempfile.TemporaryDirectory() as scratch:
        how = TrainingArguments(
            output_dir=scratch,
            max_steps=told.steps,
            per_device_train_batch_size=told.batch,
            learning_rate=3e-3,
            remove_unused_columns=False,  # it would look for columns named as forward's arguments
            logging_steps=4,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
        )
        Trainer(model=Scored(), args=how, train_dataset=rows, data_collator=collated).train()


if __name__ == "__main__":
    main()
