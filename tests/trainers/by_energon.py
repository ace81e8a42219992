"""Reads a prepared dataset through Megatron-Energon's own loader; answers in one JSON line.

python tests/trainers/by_energon.py OUT captions|boxes
"""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import energon_read
import torch
from megatron.energon import (
    DefaultTaskEncoder,
    WorkerConfig,
    get_loader,
    get_train_dataset,
    get_val_dataset,
)

WHERE = WorkerConfig(rank=0, world_size=1, num_workers=0)


def captioned(sample: Any) -> list[str]:
    """Key, digest of the pixels, caption."""
    levels = (sample.image * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    digest = hashlib.sha256(levels.numpy().tobytes()).hexdigest()
    return [sample.__key__, digest, sample.caption]


def boxed(sample: Any) -> dict[str, Any]:
    """Everything of an OCRSample but its picture."""
    return {
        "key": sample.__key__,
        "shape": list(sample.image.shape),
        "text": sample.text,
        **{
            f"{unit}_{what}": getattr(sample, f"{unit}_{what}")
            for unit in ("block", "lines", "words", "chars")
            for what in ("boxes", "text")
        },
    }


def main(data: Path, kind: str) -> None:
    """Read all three splits once, and some of the endless stream that a trainer reads."""
    said = captioned if kind == "captions" else boxed
    encoder = DefaultTaskEncoder() if kind == "captions" else energon_read.Reading()
    told = {"worker_config": WHERE, "batch_size": None, "task_encoder": encoder}
    answers: dict[str, list[Any]] = {
        part: [said(one) for one in get_loader(get_val_dataset(data, split_part=part, **told))]
        for part in ("train", "val", "test")
    }
    endless = get_train_dataset(data, shuffle_buffer_size=10, max_samples_per_sequence=None, **told)
    answers["endless"] = [one.__key__ for one in islice(get_loader(endless), 100)]
    print(json.dumps(answers, default=lambda tensor: tensor.tolist()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
