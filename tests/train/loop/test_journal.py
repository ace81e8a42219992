"""What a run writes down of itself, and what it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from glyphdata.progress import Notice, Progress
from glyphdata.train import journal
from glyphdata.train.journal import concerns, cut, kept, read_rows

ROW: dict[str, Any] = {
    "step": 1,
    "loss": 4.0,
    "box": 3.0,
    "hard": 1.0,
    "chance_box": 6.0,
    "chance_hard": 2.0,
    "right_box": 0.5,
    "right_hard": 0.25,
    "gradient": 1.0,
    "boxes": 10,
    "tokens": 100,
}


def written(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def test_a_row_a_step_and_rates_apart(tmp_path: Path) -> None:
    heard: list[object] = []
    metrics, timing = tmp_path / "metrics.jsonl", tmp_path / "timing.jsonl"
    with kept(metrics, timing, heard.append, 3) as rows:
        for step in (1, 2, 3):
            rows.row({**ROW, "step": step}, 0.01, lambda: {"samples_per_s": 40.0})
        rows.settle()
    assert read_rows(metrics) == [{**ROW, "step": step} for step in (1, 2, 3)]
    rates = read_rows(timing)
    assert [one["step"] for one in rates] == [1, 3]
    assert {"boxes_per_s", "tokens_per_s", "waiting", "samples_per_s"} < rates[0].keys()
    assert [one for one in heard if isinstance(one, Progress)] == [
        Progress(step, 3) for step in (1, 2, 3)
    ]
    lines = [one.text for one in heard if isinstance(one, Notice)]
    assert lines[0].startswith(
        "step 1 of 3, loss 4.000, box 3.000 (chance 6.00, 50 % right), hard 1.000 (chance 2.00, "
        "25 % right), gradient 1.00, "
    )


def test_what_is_behind_the_checkpoint_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    whole = [orjson.dumps({"step": step, "loss": 1 / step}) + b"\n" for step in range(1, 6)]
    path.write_bytes(b"".join(whole) + b'{"step": 2, "lo')
    cut(path, 3)
    assert written(path) == b"".join(whole[:3])
    cut(path, 3)
    assert written(path) == b"".join(whole[:3])
    cut(path, 0)
    assert written(path) == b""
    cut(tmp_path / "nothing.jsonl", 3)


def test_a_plateau_a_shortcut_and_a_collapse_are_told_apart() -> None:
    assert concerns(ROW) == ()
    stuck = {**ROW, "box": 6.0, "hard": 1.99}
    assert [one.split(":")[0] for one in concerns(stuck)] == ["not broken out yet"]
    assert concerns({**stuck, "hard": 1.5})[0].startswith("a text-only shortcut?")
    told = concerns({**stuck, "likeness": 0.95})
    assert told[0] == "collapse: boxes have a mean cosine of 0.950"
    assert len(told) == 2
    assert concerns({**ROW, "likeness": 0.5}) == ()
    assert concerns({**ROW, "box": 0.0, "chance_box": 0.0}) == ()


def test_a_worry_is_told_once_as_long_as_it_lasts(tmp_path: Path) -> None:
    heard: list[object] = []
    stuck = {**ROW, "box": 6.0, "hard": 1.99}
    with kept(tmp_path / "m", tmp_path / "t", heard.append, 500) as rows:
        for step, row in ((50, stuck), (100, stuck), (150, ROW), (200, stuck)):
            rows.row({**row, "step": step}, 0.0, dict)
    told = [one.text for one in heard if isinstance(one, Notice) and "not broken out" in one.text]
    assert [one.split(":")[0] for one in told] == ["step 50", "step 200"]


def test_tensorboard_has_the_same_numbers(tmp_path: Path) -> None:
    board = tmp_path / "board"
    with kept(tmp_path / "m", tmp_path / "t", lambda event: None, 9, board=board) as rows:
        for step in (1, 2):
            rows.row({**ROW, "step": step, "loss": step / 4}, 0.0, dict)
    events = EventAccumulator(str(board))
    events.Reload()
    assert [(one.step, one.value) for one in events.Scalars("loss")] == [(1, 0.25), (2, 0.5)]
    assert "pace/boxes_per_s" in events.Tags()["scalars"]


def test_without_tensorboard_there_is_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    with pytest.raises(journal.InputError, match="pip install tensorboard"):
        journal.board_in(tmp_path, 0)
