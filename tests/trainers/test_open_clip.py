"""open_clip's own loader and trainer on our shards.

They stand on torchvision, for which `standin/torchvision` stands in here: a few transforms written
for these tests. What is asked is what open_clip makes of shards, not what torchvision does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from glyphdata.shards.dataset import Dataset
from tests.trainers.conftest import EXAMPLES, SAMPLES, SHARDS, Ran
from tests.trainers.packages import OPEN_CLIP

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def beside(fetched: Callable[..., Path]) -> tuple[Path, ...]:
    return (fetched(*OPEN_CLIP), HERE / "standin")


@pytest.fixture(scope="module")
def answers(small: Path, ran: Ran, beside: tuple[Path, ...]) -> dict[str, Any]:
    shards = f"{small}/data/train-{{000000..{SHARDS - 1:06d}}}.tar"
    found: dict[str, Any] = json.loads(ran(HERE / "by_open_clip.py", shards, beside=beside)[-1])
    assert found["webdataset"] == "0.2.86"
    return found


def ours(small: Path) -> list[list[str]]:
    return [[sha256(one.pixels().tobytes()).hexdigest(), one.text] for one in Dataset(small)]


def test_it_finds_the_number_of_samples_itself(answers: dict[str, Any]) -> None:
    assert answers["size"] == [SAMPLES, SHARDS]
    assert answers["train samples"] == SAMPLES


def test_its_training_loader_gives_every_sample_once_an_epoch(
    answers: dict[str, Any], small: Path
) -> None:
    assert answers["train"] != ours(small)
    assert sorted(answers["train"]) == sorted(ours(small))


def test_its_validation_loader_gives_every_sample(answers: dict[str, Any], small: Path) -> None:
    assert sorted(answers["val"]) == sorted(ours(small))


def test_it_passes_over_nothing(answers: dict[str, Any]) -> None:
    assert answers["warned"] == []


def test_its_trainer_trains(small: Path, ran: Ran, beside: tuple[Path, ...]) -> None:
    said = "\n".join(ran(EXAMPLES / "open_clip_run.py", small, "--epochs", 3, beside=beside))
    assert f"Train Epoch: 2 [{SAMPLES}/{SAMPLES} (100%)]" in said
    losses = [float(one) for one in re.findall(r" Loss: ([\d.]+)", said)]
    assert len(losses) == 3 * SAMPLES // 16
    assert sum(losses[-4:]) < sum(losses[:4])
