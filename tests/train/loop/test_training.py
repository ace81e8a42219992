"""A whole run on a small dataset, and all that can stop it."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
from pathlib import Path

import pytest
import torch

from glyphdata.errors import InputError
from glyphdata.progress import Notice
from glyphdata.train import checkpoint
from glyphdata.train.checkpoint import newest, read_state
from glyphdata.train.journal import read_rows
from glyphdata.train.loop import Kit, optimizer_of
from glyphdata.train.mishaps import enough_memory
from glyphdata.train.model import Encoder, build
from glyphdata.train.rows import first_boxes
from glyphdata.train.steady import Diverged
from glyphdata.train.training import Opened, Options, train
from glyphdata.train.world import joined
from tests.train.loop.conftest import Nursery, document, made, small, until

TINY = {
    "preset": "tiny",
    "text__tower": "tiny",
    "text__formats": {"styled": 0.0, "bare": 1.0},
    "text__shape": {"width": 32, "depth": 1, "heads": 4},
    "vision__tower": "tiny",
    "vision__shape": {"width": 32, "depth": 1, "heads": 4},
    "region": {"kind": "strip", "height": 16, "width": 64},
    "embed": 32,
}


def test_a_run_leaves_rows_checkpoints_and_an_encoder(data: Path, tmp_path: Path) -> None:
    heard: list[object] = []
    summary = train(small(show_every=5), [data], tmp_path, Options(tell=heard.append))
    assert (summary.step, summary.steps, summary.finished, summary.skipped) == (12, 12, True, 0)
    rows = read_rows(tmp_path / "metrics.jsonl")
    assert [row["step"] for row in rows] == list(range(1, 13))
    assert rows[-1] == summary.last
    for row in rows:
        assert row["loss"] == pytest.approx(row["box"] + row["hard"], rel=1e-6)
        assert row["boxes"] == 6 and row["groups"] == 3 and row["taken"] is True
        assert 0 < row["padding"] < 1 and 0 <= row["alike"] <= 1
        assert 1 <= row["box_scale"] <= 100
    assert [row["rate"] for row in rows[:4]] == [0.00025, 0.0005, 0.00075, 0.001]
    kept = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert kept == ["00000009", "00000012"]
    encoder = Encoder.load(tmp_path / "encoder")
    assert encoder.lexicon.registries[0][0] == "core"
    about = json.loads((tmp_path / "run.json").read_bytes())
    assert [tuple(one[::2]) for one in about["data"][0]["registries"]] == [
        *encoder.lexicon.registries
    ]
    assert len(list((tmp_path / "samples").glob("*.html"))) == 2
    assert any(isinstance(one, Notice) and one.text.startswith("step 12 of") for one in heard)


def test_the_tiny_towers_learn_more_than_chance(data: Path, tmp_path: Path) -> None:
    settings = small(**TINY, steps=50, optimizer__rate=4e-3, batch__groups=6)
    last = train(settings, [data], tmp_path).last
    assert last["box"] < 0.7 * last["chance_box"]
    rows = read_rows(tmp_path / "metrics.jsonl")
    assert [row["step"] for row in rows if "likeness" in row] == [50]
    assert -1 <= rows[49]["likeness"] < 0.9


def test_the_encoder_is_the_mean_of_weights_where_one_is_kept(data: Path, tmp_path: Path) -> None:
    settings = small(optimizer__average=0.9)
    train(settings, [data], tmp_path)
    place = newest(tmp_path / "checkpoints")
    assert place is not None
    encoder = Encoder.load(tmp_path / "encoder")
    means = checkpoint.read_tensors(place, "average")
    last = checkpoint.read_tensors(place, "model")
    weights = dict(encoder.named_parameters())
    assert all(torch.equal(weights[name], mean) for name, mean in means.items())
    assert any(not torch.equal(weights[name], last[name]) for name in means)


def test_chunks_learn_the_same(data: Path, tmp_path: Path) -> None:
    whole = train(small(steps=4, text__dropout=0.0), [data], tmp_path / "whole").last
    parts = small(steps=4, text__dropout=0.0, batch__chunk=2)
    assert train(parts, [data], tmp_path / "parts").last == pytest.approx(whole, rel=1e-4)


def test_scaled_losses_of_fp16_are_remembered(data: Path, tmp_path: Path) -> None:
    train(small(precision="fp16", steps=5), [data], tmp_path)
    place = newest(tmp_path / "checkpoints")
    assert place is not None
    state = read_state(place)
    rows = read_rows(tmp_path / "metrics.jsonl")
    taken = [row["taken"] for row in rows]
    assert state.scale == 65536.0 / 2 ** taken.count(False)
    assert state.skipped == taken.count(False)
    kit = Kit.of(Opened.of(small(precision="fp16", steps=5), [data]).encoder())
    kit.restore(place)
    assert kit.scaler.get_scale() == state.scale
    assert kit.scaler.state_dict()["_growth_tracker"] == state.scale_age
    assert all(math.isfinite(row["loss"]) for row in rows)


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_batch(
    data: Path, nursery: Nursery, tmp_path: Path
) -> None:
    config, run = tmp_path / "small.yaml", tmp_path / "run"
    config.write_text(json.dumps(document(optimizer__rate=1e30, optimizer__warmup=0)))
    child = nursery.start("train", config, "--data", data, "--out", run, "--json")
    assert child.wait() == 4, child.told
    broken = json.loads((run / "nan.json").read_bytes())
    rows = read_rows(run / "metrics.jsonl")
    assert broken["step"] == len(rows) + 1
    assert broken["loss"] in ("nan", "inf") or broken["gradient"] in ("nan", "inf")
    assert len(broken["groups"]) == 3 and all(key.startswith("000000-") for key in broken["groups"])
    assert '"type": "Diverged"' in child.told and "nan.json" in child.told
    with pytest.raises(Diverged, match=f"step {broken['step']}"):
        settings = small(optimizer__rate=1e30, optimizer__warmup=0)
        train(settings, [data], tmp_path / "again")


def test_steps_out_of_proportion_are_left_out_and_counted(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.train.steady.LEAST", 3)
    settings = small(optimizer__skip=0.97, optimizer__rate=1e-5)
    summary = train(settings, [data], tmp_path)
    taken = [row["taken"] for row in read_rows(tmp_path / "metrics.jsonl")]
    assert 0 < summary.skipped == taken.count(False) < 9
    assert all(taken[:3])


def children(pid: int) -> list[int]:
    """The processes that a process has started; Python's tracker of resources is none of them."""
    found = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    told = ((one, Path(f"/proc/{one}/cmdline").read_bytes()) for one in found)
    return [one for one, words in told if b"resource_tracker" not in words]


def test_a_loading_process_that_dies_ends_the_run_with_advice(
    data: Path, nursery: Nursery, tmp_path: Path
) -> None:
    config = tmp_path / "small.yaml"
    config.write_text(json.dumps(document(steps=100000, workers=1)))
    child = nursery.start("train", config, "--data", data, "--out", tmp_path / "run")
    metrics = tmp_path / "run/metrics.jsonl"
    until(lambda: metrics.exists() and metrics.stat().st_size)
    (server,) = children(child.pid)  # which has nothing but loaded modules, and forks
    os.kill(children(server)[0], signal.SIGKILL)
    assert child.wait() == 3, child.told
    assert "a process that loads batches has died" in child.told
    assert "workers=1" in child.told and "Traceback" not in child.told


def test_memory_that_does_not_suffice_is_told_with_ways_out() -> None:
    with pytest.raises(InputError) as caught, enough_memory(small()):
        torch.empty(1 << 60)
    for way in ("batch.chunk=64", "checkpointing=true", "precision=bf16", "batch.groups"):
        assert way in caught.value.hint
    with pytest.raises(RuntimeError, match="no matter of memory"), enough_memory(small()):
        raise RuntimeError("no matter of memory")


def test_decay_and_rates_are_by_kind_of_weight() -> None:
    settings = small(optimizer__weight_decay=0.3)
    encoder = build(settings, 384)
    groups = optimizer_of(encoder).param_groups
    assert {(group["peak"], group["weight_decay"]) for group in groups} == {
        (0.001, 0.3),
        (0.001, 0.0),
    }
    flat = {id(one) for group in groups if not group["weight_decay"] for one in group["params"]}
    named = dict(encoder.named_parameters())
    assert {id(encoder.box_scale), id(encoder.hard_scale)} <= flat
    assert flat == {id(one) for one in named.values() if one.requires_grad and one.dim() < 2}


def test_excluded_groups_are_not_read(data: Path, tmp_path: Path) -> None:
    keys = [Opened.of(small(), [data]).sources[0].key(group) for group in range(11)]
    summary = train(small(steps=2), [data], tmp_path, Options(exclude=keys))
    assert summary.step == 2
    assert json.loads((tmp_path / "run.json").read_bytes())["data"][0]["groups"] == 1
    assert {row["groups"] for row in read_rows(tmp_path / "metrics.jsonl")} == {3}


def test_a_page_of_samples_shows_hostile_texts_as_texts(
    data: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    words = folder / "words.txt"
    words.write_text("<b>&amp;\n<script>alert(1)</script>\n\"'><i>\n")
    texts = [{"kind": "file", "path": str(words)}]
    hostile = made(folder, texts=texts, variants={"count": 0}, samples=4)
    settings = small(show_every=1, steps=1, loss__hard=0.0, batch__spellings=1)
    train(settings, [hostile], tmp_path / "run")
    (page,) = (tmp_path / "run/samples").iterdir()
    told = page.read_text()
    assert page.name == "00000001.html"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told or "&lt;b&gt;&amp;amp;" in told
    assert "<script>" not in told and "<b>" not in told and "<i>" not in told
    assert "default-src 'none'" in told


def test_a_page_does_not_move_the_training(data: Path, tmp_path: Path) -> None:
    train(small(steps=4, held_out=0.4), [data], tmp_path / "without")
    train(small(steps=4, held_out=0.4, show_every=1), [data], tmp_path / "with")
    rows = [(tmp_path / name / "metrics.jsonl").read_bytes() for name in ("without", "with")]
    assert rows[0] == rows[1]


def test_some_boxes_of_a_batch_are_a_batch(data: Path) -> None:
    opened = Opened.of(small(batch__boxes=2), [data])
    encoder = opened.encoder().eval()
    with joined("cpu") as world:
        batch = next(opened.batches(encoder, world, 0, facts=True))
    some = first_boxes(batch, 4)
    assert len(some) == len(some.views) == len(some.facts) == 4
    with torch.no_grad():
        assert torch.allclose(encoder.see(some), encoder.see(batch)[:4], atol=1e-6)
        read = encoder.read(some).vectors
        assert torch.allclose(read, encoder.read(batch).vectors[:4], atol=1e-6)


@pytest.mark.parametrize("groups", [5, 1], ids=["uneven", "one-has-none"])
def test_two_processes_learn_what_one_does(
    groups: int, data: Path, nursery: Nursery, tmp_path: Path
) -> None:
    changes = {"text__dropout": 0.0, "batch__groups": groups, "steps": 6}
    config = tmp_path / "small.yaml"
    config.write_text(json.dumps(document(**changes)))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    run = tmp_path / "two"
    children = [
        nursery.start(
            *("train", config, "--data", data, "--out", run, "--json", "--device", "cpu"),
            environment={
                "RANK": str(rank),
                "WORLD_SIZE": "2",
                "LOCAL_RANK": str(rank),
                "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": str(port),
            },
        )
        for rank in range(2)
    ]
    assert [child.wait() for child in children] == [0, 0], children[0].told + children[1].told
    assert '"finished": true' in children[0].told
    assert children[1].told == ""
    whole = train(small(**changes), [data], tmp_path / "one")
    assert whole.step == 6
    ones = read_rows(tmp_path / "one/metrics.jsonl")
    twos = read_rows(run / "metrics.jsonl")
    for one_row, two_row in zip(ones, twos, strict=True):
        for name in ("loss", "box", "hard", "chance_box", "right_box", "gradient"):
            assert two_row[name] == pytest.approx(one_row[name], rel=1e-3, abs=1e-5), name
        assert (two_row["boxes"], two_row["groups"]) == (one_row["boxes"], groups)
