"""Reads shards through open_clip's own loader, to train and to validate; answers in one JSON line.

python tests/trainers/by_open_clip.py 'OUT/data/train-{000000..000003}.tar'
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from argparse import Namespace

import numpy as np
import torch
import webdataset
from open_clip_train.data import get_dataset_size, get_wds_dataset
from PIL import Image
from torch import Tensor


def kept(picture: Image.Image) -> Tensor:
    """The pixels as they are."""
    return torch.from_numpy(np.array(picture))


def main(shards: str) -> None:
    """Ask everything."""
    warned: list[str] = []
    handler = logging.StreamHandler()
    handler.emit = lambda record: warned.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    told = Namespace(
        train_data=shards,
        val_data=shards,
        train_num_samples=None,
        val_num_samples=None,
        train_data_upsampling_factors=None,
        dataset_resampled=False,
        batch_size=8,
        workers=2,
        world_size=1,
        seed=0,
    )
    answers: dict[str, object] = {
        "webdataset": webdataset.__version__,
        "size": get_dataset_size(shards),
    }
    for name, train in (("train", True), ("val", False)):
        loader = get_wds_dataset(told, kept, train, tokenizer=lambda text: [text]).dataloader
        answers[name] = [
            [hashlib.sha256(one.numpy().tobytes()).hexdigest(), text]
            for pictures, texts in loader
            for one, text in zip(pictures, texts, strict=True)
        ]
        answers[f"{name} samples"] = loader.num_samples
    print(json.dumps(answers | {"warned": warned}))


if __name__ == "__main__":
    main(sys.argv[1])
