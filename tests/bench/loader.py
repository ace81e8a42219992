"""The trainer's loader beside the loop that one writes first, on the same shards and one core.

    OMP_NUM_THREADS=1 python tests/bench/loader.py [OUT] [--samples 320] [--rounds 3]

The loop: webdataset's `.decode("pil")`, a bicubic resize to 224 × 224, and the tokenizer of
transformers on the prompt and sixteen near-misses. Ours reads the same samples and says as many
texts. Without OUT a dataset of 512 × 512 pictures in groups of sixteen is generated first. Both run
turn by turn, the best round of each counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
import webdataset as wds
from PIL import Image
from transformers import ByT5Tokenizer

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.train import views
from glyphdata.train.collate import Collator
from glyphdata.train.loader import batches, spelling_of, tokenizer_of
from glyphdata.train.loading import settings_of
from glyphdata.train.prompts import Prompter
from glyphdata.train.reading import picture
from glyphdata.train.settings import Settings
from glyphdata.train.source import Shards
from glyphdata.train.taking import Drawn, Taker
from glyphdata.train.tokens import SaidBox, Table

RECIPE = """
name: bench-loader
seed: 5
samples: 20
shard: {samples: 20}
canvas: {width: 512, height: 512}
levels: {word: 0.3, sentence: 0.5, paragraph: 0.2}
boxes: {count: [2, 6], angle_deg: [-15, 15], size_px: [14, 90], prompt_tokens: 512}
texts:
  - {kind: words, language: en, count: [1, 4], case: mixed}
  - {kind: sentences, language: en, share: 0.5}
  - {kind: paragraphs, language: en, sentences: [1, 2], characters: [40, 160]}
faces: {scripts: [latin], tokens: v2}
backgrounds: [{kind: noise}, {kind: gradient}]
variants: {count: 15}
outputs: {layout: false, mask: false, image: {format: jpg, quality: 92}}
"""
SIDE, TEXTS = 224, 17


def first_written(out: Path, samples: int, texts: int) -> int:
    """The loop that one writes first; how many pictures it made."""
    tokenizer = ByT5Tokenizer()
    tokenizer.add_tokens(list(Table.of("v2").names), special_tokens=True)
    shards = [str(path) for path in sorted((out / "data").glob("*.tar"))]
    stream = wds.WebDataset(shards, shardshuffle=False).decode("pil")
    count = 0
    for sample in islice(stream, samples):
        small = sample["jpg"].resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        torch.from_numpy(np.array(small)).permute(2, 0, 1).float().div_(255)
        for _ in range(texts):
            tokenizer(sample["json"]["prompt"], max_length=512, truncation=True)
        count += 1
    return count


def ours(out: Path, samples: int, texts: int) -> int:
    """Our loader, and as many more texts said as the loop says; how many pictures it made."""
    source, settings = Shards(out), _settings()
    tokenizer = tokenizer_of(settings, [source])
    steps = -(-samples // (source.most * settings.batch.groups))
    loader = batches(settings, [source], tokenizer=tokenizer, steps=steps, facts=True)
    for batch in loader:
        for member in range(len(batch.views)):
            box = batch.facts[member]
            for other in range(texts - 1):
                # Near-misses that no cache has seen: a text is made of its box and number.
                said = SaidBox(f"{box.text}{member}/{other}", "<color-1>", "<en-font-3>")
                tokenizer.said([said] * 4, "styled")
    return loader.tally.pictures


def steps_of_ours(out: Path, samples: int) -> Iterator[tuple[str, float]]:
    """What each step of the loader costs, in µs a picture."""
    source, settings = Shards(out), _settings()
    tokenizer = tokenizer_of(settings, [source])
    prompter = Prompter(tokenizer, settings.text, 0)
    taker = Taker(settings, prompter, spelling_of(settings, [source]), None, "train")
    groups = range(min(len(source), samples // source.most))
    members = [member for group in groups for member in source.pictures(group)]
    yield "read a group", _timed(lambda: [source.pictures(group) for group in groups], members)
    pictures = [picture(one, taker.spelling) for one in members]
    yield "tar, json", _timed(lambda: [picture(one, taker.spelling) for one in members], members)

    def say() -> None:
        tokenizer._phrases.clear()
        for one in pictures:
            prompter.spoken(one, one.boxes, range(len(one.boxes)), "styled", 0)

    yield "tokens", _timed(say, members)

    def decode() -> list[views.U8]:
        return [views.decoded(one.image, one.width, one.height, (SIDE, SIDE)) for one in pictures]

    yield "jpeg", _timed(decode, members)
    out_of = np.empty((SIDE, SIDE, 3), np.uint8)
    pixels = decode()
    yield "resize", _timed(lambda: [views.whole(one, out_of) for one in pixels], members)
    collator = Collator(taker, (16, 16), False)
    turns = [Drawn(source, 0, 0, group) for group in groups]
    yield "all of it", _timed(lambda: collator.batch(0, turns), members)


def _settings() -> Settings:
    return settings_of({"batch": {"groups": 4}, "vision": {"size": SIDE}, "held_out": 0.0})


def _timed(do: Callable[[], object], members: list[object] | list) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        do()
        best = min(best, time.process_time() - start)
    return best / len(members) * 1e6


def _rate(make: Callable[[Path, int, int], int], out: Path, samples: int, texts: int) -> float:
    start = time.process_time()
    count = make(out, samples, texts)
    return count / (time.process_time() - start)


def main() -> None:
    """Print both rates, their ratio, and what our steps cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--samples", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        out = told.out or Path(scratch) / "out"
        if told.out is None:
            path = Path(scratch) / "recipe.yaml"
            path.write_text(RECIPE, encoding="utf-8")
            generate(load_recipe(path), out, workers=1)
        for texts in (TEXTS, 1):
            rounds = [
                (
                    _rate(first_written, out, told.samples, texts),
                    _rate(ours, out, told.samples, texts),
                )
                for _ in range(told.rounds)
            ]
            theirs, mine = (max(column) for column in zip(*rounds, strict=True))
            print(
                f"{texts:2} texts a picture, samples per CPU second: the first loop {theirs:.0f},"
            )
            print(f"   ours {mine:.0f}: {mine / theirs:.1f} times as many")
        print("ours, step by step, µs a picture:")
        for name, cost in steps_of_ours(out, told.samples):
            print(f"   {name:14}{cost:8.0f}")


if __name__ == "__main__":
    main()
