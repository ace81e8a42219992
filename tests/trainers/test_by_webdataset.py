"""What open_clip's and diffusers' loaders make of our shards, by their rules over webdataset."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from glyphdata.shards.dataset import Dataset
from tests.trainers.conftest import EXAMPLES, SAMPLES, SHARDS, Ran


@pytest.fixture(scope="module")
def answers(small: Path, ran: Ran) -> dict[str, Any]:
    (line,) = ran(Path(__file__).parent / "by_webdataset.py", small)
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("trainer", ["open_clip", "diffusers"])
def test_they_see_every_picture_with_its_caption_and_drop_none(
    answers: dict[str, Any], small: Path, trainer: str
) -> None:
    samples, faults = answers[trainer]
    assert faults == []
    assert samples == [
        [one.key, sha256(one.pixels().tobytes()).hexdigest(), one.text] for one in Dataset(small)
    ]


def test_some_masks_are_of_a_depth_that_only_some_decoders_know(small: Path) -> None:
    depths = {one.members["mask.png"][24] for one in Dataset(small)}
    assert depths == {8, 16}


def test_the_number_of_samples_lies_beside_the_shards(small: Path) -> None:
    sizes = json.loads((small / "data" / "sizes.json").read_text())
    assert sizes == {f"train-{number:06d}.tar": SAMPLES // SHARDS for number in range(SHARDS)}


def test_no_key_comes_twice_at_the_edge_of_two_shards(answers: dict[str, Any]) -> None:
    keys = [key for key, _, _ in answers["open_clip"][0]]
    assert len(set(keys)) == len(keys) == SAMPLES


def test_no_watermark_is_suspected_where_sides_are_long_enough(answers: dict[str, Any]) -> None:
    assert answers["kept"] == {
        "sd, lora_sd": dict.fromkeys(answers["kept"]["sd, lora_sd"], SAMPLES),
        "sdxl, lora_sdxl": {
            "as it is": 0,
            "watermark 0": 0,
            "no watermark": 0,
            "large": SAMPLES,
            "large, watermark 0": SAMPLES,
        },
        "sdxl, lora_sdxl of 2023": {
            "as it is": 0,
            "watermark 0": 0,
            "no watermark": 0,
            "large": SAMPLES,
            "large, watermark 0": 0,
        },
    }


def test_the_example_foretells_what_the_scripts_keep(answers: dict[str, Any]) -> None:
    assert answers["counted"] == {
        "all": SAMPLES,
        "sd, lora_sd": SAMPLES,
        "sdxl, lora_sdxl": 0,
        "sdxl, lora_sdxl of 2023": 0,
    }


def test_drawn_shards_give_whole_samples_for_ever(answers: dict[str, Any], small: Path) -> None:
    assert len(answers["resampled"]) == 200
    assert set(answers["resampled"]) <= set(Dataset(small).keys())


def test_the_webdataset_example_reads_each_sample_once(
    answers: dict[str, Any], small: Path
) -> None:
    assert answers["loop"] != sorted(answers["loop"])
    assert sorted(answers["loop"]) == list(Dataset(small).keys())


def test_the_webdataset_example_runs(small: Path, ran: Ran) -> None:
    *batches, count = ran(EXAMPLES / "webdataset_loop.py", small, "--workers", 2)
    assert count == f"{SAMPLES} samples"
    assert all(line.endswith(": (16, 3, 64, 64), (16, 128)") for line in batches)
