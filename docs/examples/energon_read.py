"""Megatron-Energon: our members cooked into its OCRSample, with a box for every word and letter.

    pip install megatron-energon
    energon prepare OUT --non-interactive --split-ratio 8,1,1 --sample-type CrudeWebdataset
    echo 'part_filter: [jpg, json, layout.json]' >> OUT/.nv-meta/dataset.yaml
    python docs/examples/energon_read.py OUT --split val

prints `000000-0017 3 blocks, 5 lines, 9 words, 41 chars: …` a sample, and how many there were.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from megatron.energon import (
    Cooker,
    DefaultTaskEncoder,
    OCRSample,
    WorkerConfig,
    basic_sample_keys,
    get_loader,
    get_val_dataset,
    stateless,
)
from torch import Tensor


def upright(quads: list[list[float]], unit: float = 1.0) -> Tensor:
    """The upright boxes around quads of x, y, …: N × 4 of left, top, width, height in pixels."""
    corners = torch.tensor(quads, dtype=torch.float32).reshape(-1, 4, 2) / unit
    least, most = corners.amin(1), corners.amax(1)
    return torch.cat([least, most - least], 1)


def stretches(box: dict[str, Any], text: bytes, unit: str) -> tuple[list[list[float]], list[str]]:
    """Quads and texts of the lines or words of one box; `start` and `end` count UTF-8 bytes."""
    texts = [text[part["start"] : part["end"]].decode() for part in box[unit]]
    return [part["quad"] for part in box[unit]], texts


def letters(box: dict[str, Any], text: bytes) -> tuple[list[list[float]], list[str]]:
    """Quads and texts of the clusters of one box, which lie end to end."""
    clusters = box["clusters"]
    spans = zip(clusters["start"], clusters["end"], strict=True)
    flat = clusters["quads"]
    quads = [flat[place : place + 8] for place in range(0, len(flat), 8)]
    return quads, [text[start:end].decode() for start, end in spans]


@stateless
def cook(sample: dict[str, Any]) -> OCRSample:
    """One of our samples as Energon's: blocks are text boxes, chars are clusters."""
    facts, layout = sample["json"], sample["layout.json"]
    found: dict[str, tuple[list[list[float]], list[str]]] = {
        name: ([], []) for name in ("lines", "words", "clusters")
    }
    for box, laid in zip(facts["boxes"], layout["boxes"], strict=True):
        text = box["text"].encode()
        for name, (quads, texts) in found.items():
            more = letters(laid, text) if name == "clusters" else stretches(laid, text, name)
            quads += more[0]
            texts += more[1]
    unit = layout["unit"]
    return OCRSample(
        **basic_sample_keys(sample),
        image=sample["jpg"],
        text="\n".join(box["text"] for box in facts["boxes"]),
        block_boxes=upright([box["quad"] for box in facts["boxes"]]),
        block_text=[box["text"] for box in facts["boxes"]],
        lines_boxes=upright(found["lines"][0], unit),
        lines_text=found["lines"][1],
        words_boxes=upright(found["words"][0], unit),
        words_text=found["words"][1],
        chars_boxes=upright(found["clusters"][0], unit),
        chars_text=found["clusters"][1],
    )


class Reading(DefaultTaskEncoder):
    """What is done to samples on the way to the trainer: cooked, and handed on one by one."""

    cookers = (Cooker(cook),)


def main() -> None:
    """Read a split once."""
    parser = argparse.ArgumentParser(description="Megatron-Energon")
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="val")
    parser.add_argument("--workers", type=int, default=0)
    told = parser.parse_args()
    where = WorkerConfig(rank=0, world_size=1, num_workers=told.workers)
    samples = get_val_dataset(
        told.data,
        split_part=told.split,
        worker_config=where,
        batch_size=None,
        task_encoder=Reading(),
    )
    count = 0
    for sample in get_loader(samples):
        key = sample.__key__.rpartition("/")[2]
        blocks, lines = len(sample.block_text), len(sample.lines_text)
        words, chars = len(sample.words_text), len(sample.chars_text)
        said = f"{blocks} blocks, {lines} lines, {words} words, {chars} chars: {sample.text!r}"
        print(f"{key} {said}")
        count += 1
    print(f"{count} samples")


if __name__ == "__main__":
    main()
