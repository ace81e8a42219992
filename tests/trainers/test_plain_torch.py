"""Plain PyTorch over our shards: nothing twice, nothing lost, runs that go on where they were."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from glyphdata.shards.dataset import Dataset
from tests.trainers.conftest import EXAMPLES, SAMPLES, Ran

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def answers(small: Path, ran: Ran, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    (line,) = ran(HERE / "plain_torch.py", small, tmp_path_factory.mktemp("state"))
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("readers", ["1x0", "2x2", "3x1"])
def test_ranks_and_workers_read_each_sample_once(
    answers: dict[str, Any], small: Path, readers: str
) -> None:
    keys = [key for rank in answers["shares"][readers] for key in rank]
    assert len(keys) == SAMPLES
    assert sorted(keys) == list(Dataset(small).keys())


def test_the_order_is_shuffled_the_same_for_all(answers: dict[str, Any], small: Path) -> None:
    (alone,) = answers["shares"]["1x0"]
    assert alone == [one.key for one in Dataset(small).stream(shuffle=True, seed=1)]
    assert alone != sorted(alone)
    assert [rank[0] for rank in answers["shares"]["3x1"]] == alone[:3]


def test_every_rank_has_as_many_batches(answers: dict[str, Any]) -> None:
    assert answers["steps"] == [32 // 4, 10 // 4 * 3]


@pytest.mark.parametrize("case", range(3))
def test_an_epoch_is_taken_up_at_the_batch_where_it_was_left(
    answers: dict[str, Any], case: int
) -> None:
    through, taken_up = answers["taken_up"][case]
    assert len(through) >= 2
    assert taken_up == through


def test_a_run_in_parts_says_what_the_whole_run_says(answers: dict[str, Any]) -> None:
    assert len(answers["whole"]) == 12
    assert answers["whole"][-1].startswith("epoch 1 step 12 loss ")
    assert answers["in_parts"] == answers["whole"]


def test_a_map_style_dataset_is_cheap_to_send(answers: dict[str, Any]) -> None:
    assert answers["pickled"] < 1000
    assert answers["same"]


def test_a_map_style_order_deals_each_number_once_an_epoch(answers: dict[str, Any]) -> None:
    for epoch in (slice(0, 4), slice(4, 8)):
        dealt = [number for rank in answers["orders"] for number in rank[epoch]]
        assert len(set(dealt)) == len(dealt) == 12
        assert set(dealt) < set(range(13))
    assert answers["orders_later"] == [rank[6:] for rank in answers["orders"]]


def losses(lines: list[str]) -> list[float]:
    return [float(one) for line in lines for one in re.findall(r" loss ([\d.]+)$", line)]


def learned(found: list[float]) -> bool:
    """Whether the last four of 24 steps went clearly better than the first four."""
    assert len(found) == 24
    return sum(found[-4:]) / 4 < sum(found[:4]) / 4 - 0.1


def test_the_streaming_example_learns(small: Path, ran: Ran) -> None:
    told = ("--steps", 24, "--workers", 1)
    assert learned(losses(ran(EXAMPLES / "torch_stream.py", small, *told)))


def test_the_map_style_example_learns(answers: dict[str, Any]) -> None:
    said = answers["map_style"]
    assert re.fullmatch(r"64 samples, sent to a worker in \d+ bytes", said[0])
    assert learned(losses(said))


def test_the_model_of_the_examples_knows_nothing_at_first(answers: dict[str, Any]) -> None:
    shapes, loss = answers["tiny_clip"]
    assert shapes == "picture (3, 64, 64), caption (128,)"
    assert float(loss.split()[1]) == pytest.approx(2.77, abs=0.5)


@pytest.mark.slow
def test_two_processes_of_torchrun_train_one_model(small: Path, ran: Ran, tmp_path: Path) -> None:
    """Slow, for each process loads torch anew."""
    launcher = tmp_path / "launch.py"
    launcher.write_text("from torch.distributed.run import main\nmain()\n", encoding="utf-8")
    told = ("--standalone", "--nproc-per-node", 2, EXAMPLES / "torch_stream.py", small)
    found = losses(ran(launcher, *told, "--steps", 24, "--batch", 8, "--workers", 1))
    assert learned(found)
