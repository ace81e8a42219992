"""A run that was killed and went on is, bit for bit, the run that never was."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from glyphdata.train.checkpoint import newest
from glyphdata.train.training import Options, train
from tests.train.loop.conftest import Nursery, document, small, until

CHANGES = {
    "optimizer__average": 0.9,
    "optimizer__skip": 3.0,
    "batch__chunk": 2,
    "region__kind": "align",
    "vision__head": [],
}


def rows(run: Path) -> int:
    metrics = run / "metrics.jsonl"
    return metrics.read_bytes().count(b"\n") if metrics.exists() else 0


def same_weights(one: Path, other: Path) -> bool:
    """Do two files hold the same tensors, bit for bit?"""
    a, b = load_file(one), load_file(other)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(document(**CHANGES)))
    return path


def test_two_kills_and_three_numbers_of_workers_change_no_bit(
    data: Path, nursery: Nursery, config: Path, tmp_path: Path
) -> None:
    train(small(**CHANGES), [data], tmp_path / "whole")
    run = tmp_path / "killed"
    words = ["train", config, "--data", data, "--out", run]

    first = nursery.start(*words, "-s", "workers=2")
    until(lambda: rows(run) >= 4)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    begun = newest(run / "checkpoints")
    assert begun is not None

    # Three files of tensors a checkpoint: it dies within its second one, at the second file.
    second = nursery.start(*words, "-s", "workers=1", "--resume", dies_in_save=5)
    assert second.wait() == -signal.SIGKILL
    kept = newest(run / "checkpoints")
    assert kept is not None and kept.name > begun.name
    assert list((run / "checkpoints").glob("*.part"))

    third = nursery.start(*words, "-s", "workers=0", "--resume", "--json")
    assert third.wait() == 0, third.told
    assert f"going on after step {int(kept.name)}" in third.told

    whole = tmp_path / "whole"
    assert (run / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    for name in ("model", "optimizer", "average"):
        place = f"checkpoints/00000012/{name}.safetensors"
        assert same_weights(run / place, whole / place)
    assert same_weights(run / "encoder/model.safetensors", whole / "encoder/model.safetensors")


def test_leaving_off_and_going_on_is_the_same_as_never_leaving_off(
    data: Path, tmp_path: Path
) -> None:
    settings = small(precision="bf16")
    train(settings, [data], tmp_path / "whole")
    parts = tmp_path / "parts"
    first = train(settings, [data], parts, Options(max_steps=5))
    assert (first.step, first.finished) == (5, False)
    assert (parts / "encoder/encoder.json").exists()
    second = train(settings, [data], parts, Options(resume=True))
    assert (second.step, second.finished) == (12, True)
    whole = tmp_path / "whole"
    assert (parts / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    assert same_weights(parts / "encoder/model.safetensors", whole / "encoder/model.safetensors")


def test_a_run_that_is_done_is_done(data: Path, tmp_path: Path) -> None:
    settings = small(steps=2)
    before = train(settings, [data], tmp_path / "run")
    weights = (tmp_path / "run/encoder/model.safetensors").read_bytes()
    after = train(settings, [data], tmp_path / "run", Options(resume=True))
    assert (after.step, after.last) == (2, before.last)
    assert (tmp_path / "run/encoder/model.safetensors").read_bytes() == weights


def test_to_go_on_where_nothing_is_begins(data: Path, tmp_path: Path) -> None:
    assert train(small(steps=1), [data], tmp_path / "run", Options(resume=True)).step == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["term", "int"]
)
def test_a_signal_ends_a_run_after_its_step_with_a_checkpoint(
    number: signal.Signals,
    code: int,
    data: Path,
    nursery: Nursery,
    config: Path,
    tmp_path: Path,
) -> None:
    run = tmp_path / "run"
    words = ["train", config, "--data", data, "--out", run, "-s", "steps=100000"]
    child = nursery.start(*words, "-s", "save_every=100000", "-s", "workers=1")
    until(lambda: rows(run) >= 2)
    os.kill(child.pid, number)
    assert child.wait() == code, child.told
    assert "Traceback" not in child.told
    kept = newest(run / "checkpoints")
    assert kept is not None and int(kept.name) == rows(run)
    assert not (run / "encoder").exists()
