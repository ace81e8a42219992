"""How fast this machine makes samples, beside what the encoder alone allows.

Three workloads, all labels on (picture q92 4:2:0, `layout.json`, `mask.png`, `json`, tar), on
samples never seen before: W one 8-letter word, S 3 boxes with about 20 characters, P 3 boxes with
about 380 characters; at 512² and 1024², 40 % of the boxes turned, faces drawn from all that are
installed, continuous sizes, on crops of photograph-like pictures. After each sample the same pixels
are encoded once more and nothing else: both times are taken side by side, in CPU time of this
process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time_ns

import cv2
import numpy as np

from glyphdata.draw import encode
from glyphdata.engines.stopping import heed
from glyphdata.factory import Factory
from glyphdata.recipe import Recipe
from glyphdata.scene.rng import Rng
from glyphdata.shards.keys import key_of
from glyphdata.shards.ustar import UstarWriter

WARM_UP = 400
"""Samples made before the clock starts, so that fonts are open and their outlines known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One workload at one size; `share` is `samples_per_s` as a share of `limit_per_s`."""

    name: str
    size: int
    samples_per_s: float
    limit_per_s: float
    share: float
    characters: float
    samples: int


def workloads(folder: Path, size: int) -> dict[str, Recipe]:
    """The recipes of W, S and P at a canvas of size²; `folder` holds the photographs."""
    scale = size / 512

    def recipe(level: str, count: int, text: dict[str, object], low: float, high: float) -> Recipe:
        return Recipe.from_resolved(
            {
                "name": f"bench-{level}",
                "seed": 11,
                "samples": 1_000_000,
                "canvas": {"width": size, "height": size},
                "levels": {name: float(name == level) for name in LEVELS},
                "boxes": {
                    "count": [count, count],
                    "angle_deg": [-15.0, 15.0],
                    "turned": 0.4,
                    "size_px": [low * scale, high * scale],
                },
                "texts": [text],
                "faces": {"scripts": ["latin"]},
                "backgrounds": [{"kind": "photos", "folder": str(folder / str(size))}],
            },
            folder,
        )

    return {
        "W": recipe(
            "word", 1, {"kind": "charset", "alphabet": "ascii_letters", "length": [8, 8]}, 40, 100
        ),
        "S": recipe(
            "word", 3, {"kind": "charset", "alphabet": "ascii_letters", "length": [5, 8]}, 20, 60
        ),
        "P": recipe(
            "paragraph", 3, {"kind": "paragraphs", "language": "en", "sentences": [2, 3]}, 14, 25
        ),
    }


LEVELS = ("word", "sentence", "paragraph")


def measure(
    sizes: tuple[int, ...] = (512, 1024), samples: int = 400, repeats: int = 3
) -> Iterator[Outcome]:
    """Each workload at each size: the median of `repeats` runs over unseen samples."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            photographs(Path(folder) / str(size), size)
            for name, recipe in workloads(Path(folder), size).items():
                factory = Factory(recipe)
                factory.warm()
                for index in range(WARM_UP):
                    factory.make(index)
                runs = sorted(
                    (
                        _run(factory, Path(folder), WARM_UP + run * samples, samples)
                        for run in range(repeats)
                    ),
                    key=lambda run: run[0] / run[1],
                )
                made_ns, limit_ns, characters = runs[len(runs) // 2]
                yield Outcome(
                    name,
                    size,
                    round(1e9 * samples / made_ns, 1),
                    round(1e9 * samples / limit_ns, 1),
                    round(limit_ns / made_ns, 3),
                    round(characters / samples, 1),
                    samples,
                )


def document(outcomes: list[Outcome]) -> dict[str, object]:
    """The outcomes as `bench --json` prints them."""
    return {"workloads": [asdict(outcome) for outcome in outcomes]}


def _run(factory: Factory, folder: Path, first: int, samples: int) -> tuple[int, int, int]:
    """Nanoseconds of CPU to make and write the samples, and to encode their pictures alone."""
    made = limit = characters = 0
    image = factory.recipe.outputs.image
    with (folder / "bench.tar").open("wb") as file:
        tar = UstarWriter(file.fileno())
        for index in range(first, first + samples):
            heed()
            start = process_time_ns()
            encoded = factory.make(index)
            extensions, contents = zip(*encoded.members, strict=True)
            tar.add(key_of(index, factory.recipe.shard.samples), extensions, contents)
            middle = process_time_ns()
            encode.picture(factory.scenes.pixels, image.format, image.quality, image.subsampling)
            limit += process_time_ns() - middle
            made += middle - start
            characters += len(str(encoded.row["text"]))
    return made, limit, characters


def photographs(folder: Path, size: int, count: int = 12) -> None:
    """Pictures that compress like photographs: a 1/f field, discs on discs, fine noise."""
    folder.mkdir()
    side = size * 3 // 2
    for number in range(count):
        rng = Rng.of(number, size)
        raw = np.random.Generator(rng.field())
        field = np.zeros((side, side, 3), np.float32)
        for octave in range(1, 8):
            grain = raw.random((2**octave, 2**octave, 3), np.float32) - 0.5
            field += cv2.resize(grain, (side, side), interpolation=cv2.INTER_CUBIC) / octave
        field = (field - field.min()) / (field.max() - field.min())
        pixels = (20.0 + 215.0 * field).astype(np.uint8)
        for _ in range(12):
            center = (rng.integer(0, side), rng.integer(0, side))
            axes = (rng.integer(side // 20, side // 4), rng.integer(side // 20, side // 4))
            color = (rng.integer(0, 256), rng.integer(0, 256), rng.integer(0, 256))
            cv2.ellipse(pixels, center, axes, rng.uniform(0, 180), 0, 360, color, -1, cv2.LINE_AA)
        noisy = pixels + raw.normal(0.0, 3.0, pixels.shape).astype(np.float32)
        pixels = np.clip(noisy, 0, 255).astype(np.uint8)
        (folder / f"{number:02d}.jpg").write_bytes(encode.picture(pixels, "jpg", 95, "444"))
