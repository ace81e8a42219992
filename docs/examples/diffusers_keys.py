"""What the webdataset scripts of diffusers would keep of a dataset, before a GPU is rented.

    python docs/examples/diffusers_keys.py OUT

prints, for each of `examples/consistency_distillation/train_lcm_distill_*_wds.py`, how many
samples pass its filter. Those scripts draw shards for ever: where none passes, they wait at 0%
without a word.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import webdataset as wds

PICTURES = ("jpg", "png", "jpeg", "webp")
CAPTIONS = ("text", "txt", "caption")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a script asks of a sample's `json`: sides of `least` pixels, and hardly a watermark.

    `unknown` is the watermark's likelihood where none is stated. The scripts spell it `… or 1.0`,
    so that an exact 0 counts as not stated.
    """

    width: str = ""
    height: str = ""
    least: int = 0
    unknown: float = 0.0

    def keeps(self, facts: Mapping[str, float]) -> bool:
        """Whether a sample of these facts is trained on."""
        if not self.least:
            return True
        wide = (facts.get(self.width) or 0) >= self.least
        high = facts.get(self.height, 0) >= self.least
        return wide and high and (facts.get("pwatermark") or self.unknown) <= 0.5


SCRIPTS = {
    "sd, lora_sd": Filter(),
    "sdxl, lora_sdxl": Filter("width", "height", 700),
    "sdxl, lora_sdxl of 2023": Filter("original_width", "original_height", 960, 1.0),
}


def kept(data: Path) -> dict[str, int]:
    """How many samples each script keeps; `all` is how many there are."""
    shards = [str(path) for path in sorted((data / "data").glob("train-*.tar"))]
    counts = {"all": 0} | dict.fromkeys(SCRIPTS, 0)
    for sample in wds.WebDataset(shards, shardshuffle=False):
        counts["all"] += 1
        whole = any(one in sample for one in PICTURES) and any(one in sample for one in CAPTIONS)
        facts = json.loads(sample["json"])
        for name, filter in SCRIPTS.items():
            counts[name] += whole and filter.keeps(facts)
    return counts


def main(path: str) -> None:
    """Print the counts."""
    counts = kept(Path(path))
    for name in SCRIPTS:
        print(f"{name}: {counts[name]} of {counts['all']} samples")


if __name__ == "__main__":
    main(sys.argv[1])
