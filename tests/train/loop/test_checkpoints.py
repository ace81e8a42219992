"""A checkpoint is whole, or it does not count."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
import torch
from torch import nn

from glyphdata.errors import InputError, OutputError
from glyphdata.train import checkpoint
from glyphdata.train.checkpoint import State, newest, read_state, read_tensors, write

TENSORS = {"model": {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3, dtype=torch.int64)}}


def state(step: int) -> State:
    return State(step, threads=1, processes=1, norms=(1.5, 0.1 + 0.2), skipped=2, scale=1024.0)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    place = write(tmp_path, state(500), TENSORS)
    assert place.name == "00000500"
    assert newest(tmp_path) == place
    assert read_state(place) == state(500)
    read = read_tensors(place, "model")
    assert read.keys() == TENSORS["model"].keys()
    assert all(torch.equal(read[name], one) for name, one in TENSORS["model"].items())


def test_the_last_ones_stay(tmp_path: Path) -> None:
    for step in (1, 2, 10, 3000):
        write(tmp_path, state(step), TENSORS, keep=2)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["00000010", "00003000"]


def test_one_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    whole = write(tmp_path, state(1), TENSORS)
    without_mark = write(tmp_path, state(2), TENSORS)
    (without_mark / "COMPLETE").unlink()
    cut_short = write(tmp_path, state(3), TENSORS)
    with (cut_short / "model.safetensors").open("r+b") as file:
        file.truncate(20)
    half = tmp_path / "00000004.part"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"\0" * 10)
    (tmp_path / "00000005").mkdir()
    assert newest(tmp_path) == whole
    again = write(tmp_path, state(4), TENSORS, keep=1)
    assert newest(tmp_path) == again
    assert not half.exists() and not whole.exists()


def test_without_any_there_is_none(tmp_path: Path) -> None:
    assert newest(tmp_path / "nothing") is None


def test_damage_is_told_with_a_way_out(tmp_path: Path) -> None:
    place = write(tmp_path, state(1), TENSORS)
    (place / "state.json").write_bytes(b"{}")
    with pytest.raises(InputError, match="the one before") as caught:
        read_state(place)
    assert str(place) in str(caught.value)
    with pytest.raises(InputError, match=r"optimizer\.safetensors"):
        read_tensors(place, "optimizer")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        write(tmp_path / "file" / "checkpoints", state(1), TENSORS)


def test_a_disk_that_is_full_is_told_and_the_checkpoint_before_stays(tmp_path: Path) -> None:
    before = write(tmp_path, state(1), TENSORS)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot write") as caught:
            write(tmp_path, state(2), {"model": {"large": torch.zeros(1 << 18)}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "--resume" in caught.value.hint
    assert newest(tmp_path) == before


def test_another_model_is_refused() -> None:
    tensors = checkpoint.model_tensors(nn.Linear(2, 3))
    with pytest.raises(InputError, match="bias"):
        checkpoint.fill_model(nn.Linear(2, 3, bias=False), tensors)
    with pytest.raises(InputError, match=r"\(3, 2\) and not \(4, 2\)"):
        checkpoint.fill_model(nn.Linear(2, 4), tensors)


class Tied(nn.Module):
    """A weight under two names, and a buffer that is not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(2)
        self.register_buffer("passing", torch.ones(3), persistent=False)


def test_tied_weights_are_kept_once_and_buffers_as_they_are_kept() -> None:
    model, other = Tied(), Tied()
    model.norm(torch.randn(8, 2))
    tensors = checkpoint.model_tensors(model)
    assert "second.weight" not in tensors and "passing" not in tensors
    checkpoint.fill_model(other, {name: one.clone() for name, one in tensors.items()})
    assert torch.equal(other.second.weight, model.first.weight)
    assert torch.equal(other.norm.running_mean, model.norm.running_mean)


def trained(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for step in range(steps):
        torch.manual_seed(step)
        model(torch.randn(4, 3)).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()


def test_an_optimizer_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    def begun() -> tuple[nn.Module, torch.optim.AdamW, dict[int, str]]:
        torch.manual_seed(0)
        model = nn.Linear(3, 2)
        names = {id(one): name for name, one in model.named_parameters()}
        return model, torch.optim.AdamW(model.parameters(), 0.1), names

    whole, whole_optimizer, _ = begun()
    trained(whole, whole_optimizer, 3)
    model, optimizer, names = begun()
    fresh, fresh_optimizer, fresh_names = begun()
    trained(model, optimizer, 3)
    files = {
        "model": checkpoint.model_tensors(model),
        "optimizer": checkpoint.optimizer_tensors(optimizer, names),
    }
    place = write(tmp_path, state(3), files)
    checkpoint.fill_model(fresh, read_tensors(place, "model"))
    kept = read_tensors(place, "optimizer")
    assert set(kept) == {
        f"{kind}.{name}"
        for kind in ("step", "exp_avg", "exp_avg_sq")
        for name in ("weight", "bias")
    }
    checkpoint.fill_optimizer(fresh_optimizer, fresh_names, kept)
    trained(whole, whole_optimizer, 2)
    trained(fresh, fresh_optimizer, 2)
    assert torch.equal(whole.weight, fresh.weight) and torch.equal(whole.bias, fresh.bias)
