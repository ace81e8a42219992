"""What is told of a run while it goes on, and after: log lines, JSON on stderr, status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from glyphdata.cli.generate import redraw
from glyphdata.cli.status import command, tell_pacing
from glyphdata.engines.pace import Stopwatch
from glyphdata.engines.ranks import Rank
from glyphdata.errors import InputError, OutputError
from glyphdata.generation import generate
from glyphdata.shards.keys import Places
from glyphdata.shards.log import Pacing, Slow, pacing_of
from tests.engines.citizens import FakeFactory, FakeRecipe
from tests.test_generation import RECIPE, content, nothing, run

ROOT = Path(__file__).parents[2]


class Drowsy(FakeFactory):
    """Falls asleep over scene 13."""

    def make(self, index: int) -> object:  # type: ignore[override]
        import time

        time.sleep(0.3 if index == 13 else 0.0)
        return super().make(index)


def test_a_stopwatch_names_the_step_that_took_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 1.0, 1.5, 4.0, 4.25, 9.0])
    monkeypatch.setattr("glyphdata.engines.pace.time.perf_counter", lambda: next(times))
    heard: list[int] = []
    watch = Stopwatch(heard.append)
    for mark in range(4):
        watch(mark)
    pace = watch.stop()
    assert (pace.seconds, pace.slowest, pace.slowest_s) == (9.0, 1, 2.5)
    assert heard == [0, 1, 2, 3]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_log_line_of_a_shard_tells_its_pace_and_its_slowest_scene(
    tmp_path: Path, workers: int
) -> None:
    lines: list[bytes] = []
    generate(
        RECIPE,
        tmp_path,
        workers=workers,
        factory="tests.engines.test_observed:Drowsy",
        provenance=nothing,
        on_line=lines.append,
        redraw="glyphdata draw r.yaml -s seed=7",
    )
    assert b"\n".join(lines) + b"\n" == Places(tmp_path).log.read_bytes()
    shards = {line["shard"]: line for line in map(json.loads, lines) if line["event"] == "shard"}
    assert sorted(shards) == [0, 1, 2, 3]
    slow = shards[2]
    assert slow["slowest"]["index"] == 13
    assert 0.3 <= slow["slowest"]["seconds"] <= slow["seconds"]
    assert slow["slowest"]["draw"] == "glyphdata draw r.yaml -s seed=7 --index 13 -o 13.png"
    assert slow["rejections"] == {"too-long": 1}
    assert slow["rate"] == pytest.approx(5 / slow["seconds"], rel=0.05)
    pacing = pacing_of(Places(tmp_path).log)
    assert (pacing.samples, pacing.unreadable) == (20, 0)
    assert pacing.slowest[0].index == 13
    assert 0 < pacing.rate <= 20 / 0.3
    assert pacing.worker_s == pytest.approx(sum(line["seconds"] for line in shards.values()))


def test_lines_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    run(tmp_path)
    log = Places(tmp_path).log
    whole = pacing_of(log)
    with log.open("ab") as file:
        file.write(b'{"time": "2026-01-01T00:00:00+00:00", "event": "sha\n[]\n\xff\n')
    torn = pacing_of(log)
    assert (torn.samples, torn.unreadable) == (whole.samples, 3)
    assert pacing_of(tmp_path / "nothing") == Pacing(0, 0.0, 0.0, ())
    assert pacing_of(tmp_path / "nothing").rate == 0


def test_status_tells_throughput_and_slowest_scenes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path)
    command(tmp_path)
    told = capsys.readouterr().out
    assert "samples/s" in told
    assert "glyphdata draw RECIPE --index" in told
    assert "too-long" in told
    command(tmp_path, json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["pacing"]["samples"] == 20
    assert len(document["pacing"]["slowest"]) == 4
    assert document["pacing"]["rate"] > 0
    tell_pacing(Pacing(10, 4.0, 2.0, (Slow(3, 0.5, "draw it"),), 1))
    told = capsys.readouterr().out
    assert "5 samples/s, 2.5/s by each worker" in told
    assert "1 line of the log cannot be read" in told


def test_the_command_that_draws_a_scene_again_is_quoted_for_a_shell() -> None:
    assert redraw(Path("my recipe.yaml"), ["seed=3", "texts=[{kind: numbers}]"]) == (
        "glyphdata draw 'my recipe.yaml' -s seed=3 -s 'texts=[{kind: numbers}]'"
    )


def asked(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "glyphdata", "generate", "recipes/quickstart.yaml", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_tells_events_as_json_and_makes_a_ranks_shards(tmp_path: Path) -> None:
    size = ("--samples", "6", "-s", "shard.samples=2", "--workers", "0", "--json")
    ranked = ("--rank", "auto", "--log-format", "json")
    told = asked(str(tmp_path), *size, *ranked, RANK="2", WORLD_SIZE="3")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["missing"] == 2
    lines = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines if line["event"] != "progress"] == [
        "began",
        "shard",
        "ended",
    ]
    shard = next(line for line in lines if line["event"] == "shard")
    assert shard["shard"] == 2
    draw = shard["slowest"]["draw"]
    assert draw.startswith("glyphdata draw recipes/quickstart.yaml -s shard.samples=2 -s samples=6")
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["train-000002.tar"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--world", "3"), 2, "it needs --rank"),
        (("--rank", "1"), 2, "1 of how many?"),
        (("--rank", "1", "--world", "2", "--shards", "0..1"), 2, "shards of its own"),
        (("--rank", "2", "--world", "2"), 3, "there is no rank 2 of 2"),
        (("--workers", "0", "--engine", "ray"), 3, "without workers"),
    ],
)
def test_options_that_do_not_go_together_are_one_clear_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    from glyphdata.cli import main

    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as left:
        main(["generate", "recipes/quickstart.yaml", str(tmp_path / "out"), *words])
    assert left.value.code == code
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()


def test_ranks_in_any_order_make_the_same_files_and_leave_each_other_alone(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run(clean)
    for order in ((2, 0, 1), (1, 2, 0)):
        out = tmp_path / "".join(map(str, order))
        made = [run(out, rank=Rank(rank, 3)) for rank in order]
        assert [one.finished for one in made] == [False, False, True]
        assert sum(one.made for one in made) == 4
        assert content(out) == content(clean)
    again = run(tmp_path / "201", rank=Rank(0, 3))
    assert (again.made, again.finished) == (0, True)
    with pytest.raises(InputError, match="leaves those of others alone"):
        run(tmp_path / "201", rank=Rank(0, 3), overwrite=True)
    assert content(tmp_path / "201") == content(clean)


def test_a_rank_without_shards_has_nothing_to_do_and_one_of_one_has_all(tmp_path: Path) -> None:
    idle = run(tmp_path / "idle", rank=Rank(0, 9))
    assert (idle.made, idle.shards, idle.missing, idle.finished) == (0, 4, 4, False)
    assert not (tmp_path / "idle").exists()
    broken = FakeRecipe(trouble=tuple((index, "reject") for index in range(5)))
    only = run(tmp_path / "only", broken, rank=Rank(0, 1))
    assert (only.made, only.finished, len(only.lost_shards)) == (3, True, 1)


def test_a_record_that_does_not_show_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glyphdata.engines import Finished, Pace
    from glyphdata.shards.record import Record

    class Liar:
        def run(self, setup: object, tasks: object, on_event: object) -> None:
            record = Record(0, RECIPE.fingerprint(), 0, 4, 5, 10, "0" * 64)
            on_event(Finished(0, record, Pace(1.0)))  # type: ignore[operator]

    monkeypatch.setattr("glyphdata.progress.SEEN_S", 0.1)
    with pytest.raises(OutputError, match="shard 0 was made, but not into") as caught:
        run(tmp_path, engine=Liar())
    assert "all machines share" in caught.value.hint
