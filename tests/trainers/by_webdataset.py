"""Reads a dataset through plain webdataset by the rules of other trainers; answers in JSON.

    python tests/trainers/by_webdataset.py OUT

The stages and their handlers are those that open_clip's and diffusers' loaders are put together
from; a handler that goes on in silence is counted here, for what it drops is lost to the trainer.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import diffusers_keys
import numpy as np
import webdataset as wds
import webdataset_loop
from PIL import Image

Sample = dict[str, Any]
PICTURE = "jpg;png;jpeg;webp"
CHANGES: dict[str, Callable[[Sample], Sample]] = {
    "as it is": lambda facts: facts,
    "watermark 0": lambda facts: {**facts, "pwatermark": 0.0},
    "no watermark": lambda facts: {k: v for k, v in facts.items() if k != "pwatermark"},
    "large": lambda facts: facts | dict.fromkeys(diffusers_sides(), 1024),
    "large, watermark 0": lambda facts: (
        facts | dict.fromkeys(diffusers_sides(), 1024) | {"pwatermark": 0.0}
    ),
}


def diffusers_sides() -> tuple[str, ...]:
    """The fields that the scripts read sides from."""
    return ("width", "height", "original_width", "original_height")


def grouped(files: Iterator[Sample]) -> Iterator[Sample]:
    """Files as samples, where a member that comes again begins another sample of the same key.

    So open_clip and diffusers group, for keys that come again at the edge of two shards.
    """
    sample: Sample | None = None
    for file in filter(None, files):  # of late, an empty one marks the end of a shard
        key, member = wds.tariterators.base_plus_ext(file["fname"])
        if sample is None or key != sample["__key__"] or member.lower() in sample:
            if sample is not None:
                yield sample
            sample = {"__key__": key}
        sample[member.lower()] = file["data"]
    if sample is not None:
        yield sample


def read(shards: list[str], kind: str, **names: str) -> tuple[list[list[str]], list[str]]:
    """Digest of pixels and caption of each sample in order, and what handlers were told."""
    faults: list[str] = []

    def go_on(fault: Exception) -> bool:
        faults.append(repr(fault))
        return True

    def samples(urls: Iterator[Sample]) -> Iterator[Sample]:
        streams = wds.tariterators.url_opener(urls, handler=go_on)
        return grouped(wds.tariterators.tar_file_expander(streams, handler=go_on))

    pipeline = wds.DataPipeline(
        wds.SimpleShardList(shards),
        samples,
        wds.decode(kind, handler=go_on),
        wds.rename(handler=go_on, **names),
        wds.to_tuple("__key__", *names),
    )
    return [[key, _digest(picture), text] for key, picture, text, *_ in pipeline], faults


def _digest(picture: Image.Image) -> str:
    return hashlib.sha256(np.asarray(picture).tobytes()).hexdigest()


def kept(shards: list[str]) -> dict[str, dict[str, int]]:
    """How many samples pass each script's filter, for facts as they are and changed."""
    facts = [json.loads(one["json"]) for one in wds.WebDataset(shards, shardshuffle=False)]
    return {
        script: {name: sum(map(rule.keeps, map(change, facts))) for name, change in CHANGES.items()}
        for script, rule in diffusers_keys.SCRIPTS.items()
    }


def main(data: Path) -> None:
    """Ask everything."""
    shards = [str(path) for path in sorted((data / "data").glob("train-*.tar"))]
    loop = [key for keys, _, _ in webdataset_loop.batches(data, 8, 0) for key in keys]
    resampled = wds.DataPipeline(
        wds.ResampledShards(shards),
        wds.tarfile_to_samples(),
        wds.select(lambda one: diffusers_keys.SCRIPTS["sd, lora_sd"].keeps(one)),
        wds.to_tuple("__key__"),
    )
    answers = {
        "open_clip": read(shards, "pilrgb", image=PICTURE, text="txt"),
        "diffusers": read(shards, "pil", image=PICTURE, text="text;txt;caption", size="json"),
        "kept": kept(shards),
        "counted": diffusers_keys.kept(data),
        "loop": loop,
        "resampled": [key for (key,) in islice(resampled, 200)],
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
