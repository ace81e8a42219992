"""open_clip's own trainer on our shards, with a model small enough for a look on a CPU.

    pip install 'open_clip_torch[training]'
    python docs/examples/open_clip_run.py OUT --epochs 2 --batch 16 --workers 2

hands the options below to open_clip's `main`, which logs `Train Epoch: 0 [ 64/320 (20%)] …` with
the loss.
A real model is one of open_clip's own: drop MODEL, and name it after --model.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import open_clip
from open_clip_train.main import main as train

MODEL = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 16},
    "text_cfg": {
        "context_length": 77,
        "vocab_size": 49408,
        "width": 64,
        "heads": 2,
        "layers": 2,
    },
}


def options(data: Path, epochs: int, batch: int, workers: int) -> list[str]:
    """The command line; no --train-num-samples, for `data/sizes.json` lies beside the shards."""
    shards = sorted(path.stem.rpartition("-")[2] for path in (data / "data").glob("train-*.tar"))
    named = f"{data}/data/train-{{{shards[0]}..{shards[-1]}}}.tar"
    return [
        *("--train-data", named, "--dataset-type", "webdataset"),
        *("--model", "tiny-glyph", "--precision", "fp32", "--device", "cpu"),
        *("--batch-size", str(batch), "--workers", str(workers), "--epochs", str(epochs)),
        *("--lr", "1e-3", "--warmup", "1", "--log-every-n-steps", "1", "--save-frequency", "0"),
        # The default cuts a tenth of the area away, and letters with it.
        *("--aug-cfg", "scale=(1.0,1.0)"),
    ]


def main() -> None:
    """Write the model down where open_clip finds it, and train."""
    parser = argparse.ArgumentParser(description="open_clip's trainer")
    parser.add_argument("data", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / "tiny-glyph.json"
        config.write_text(json.dumps(MODEL), encoding="utf-8")
        open_clip.add_model_config(config)
        train([*options(told.data, told.epochs, told.batch, told.workers), "--logs", scratch])


if __name__ == "__main__":
    main()
