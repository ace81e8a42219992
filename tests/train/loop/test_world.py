"""Which process this is, and which device is its own."""

from __future__ import annotations

import pytest
import torch

from glyphdata.errors import InputError
from glyphdata.train.world import joined


def test_alone_everything_is_ones_own() -> None:
    with joined("cpu") as world:
        assert (world.rank, world.size, world.leader) == (0, 1, True)
        assert world.device == torch.device("cpu")
        assert world.summed([1.5, 2]) == (1.5, 2)
        assert world.largest(7) == 7
        assert world.gathered(["a"]) == ("a",)
        weight = torch.nn.Parameter(torch.ones(2))
        world.sum_gradients([weight])
        assert weight.grad is None
        world.wait()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"RANK": "2", "WORLD_SIZE": "2"}, "RANK=2 is not below WORLD_SIZE=2"),
        ({"RANK": "-1", "WORLD_SIZE": "1"}, "RANK=-1"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE='two' is no number"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, "process 0 of 2 cannot join the others"),
    ],
)
def test_an_environment_that_contradicts_itself_is_told(
    environment: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=told) as caught, joined("cpu"):
        pass
    assert "torchrun" in caught.value.hint


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="no device 'tpu'"), joined("tpu"):
        pass
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="no GPU: there are 0"), joined("cuda"):
            pass
