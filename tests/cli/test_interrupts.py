"""Ctrl-C and SIGTERM: soon, cleanly, with the right code; the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import RECIPE, Ask

KEPT = "run the same command again: what is finished is kept"
MANY = ("--samples", "1200", "-s", "shard.samples=10")


def begun(folder: Path, *words: str, until: str) -> subprocess.Popen[str]:
    """A command in a process of its own, once it has made a file that matches `until`."""
    (folder / "small.yaml").write_text(RECIPE)
    running = subprocess.Popen(
        [sys.executable, "-m", "glyphdata", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )
    end = time.monotonic() + 30
    while not list(folder.glob(until)):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)
    return running


@pytest.mark.parametrize(
    ("number", "workers", "code"),
    [(signal.SIGINT, 2, 130), (signal.SIGTERM, 2, 143), (signal.SIGINT, 0, 130)],
)
def test_a_run_that_is_told_to_stop_goes_on_where_it_was(
    ask: Ask, tmp_path: Path, number: int, workers: int, code: int
) -> None:
    words = ("generate", "small.yaml", "out", *MANY, "--json")
    running = begun(tmp_path, *words, "-w", str(workers), until="out/.glyphdata/shards/*.json")
    began = time.monotonic()
    running.send_signal(number)
    out, err = running.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert running.returncode == code
    name = signal.Signals(number).name
    assert err == f"glyphdata: error: stopped by {name} ({KEPT})\n"
    assert json.loads(out)["error"]["exit_code"] == code
    status = ask("status", "out", "--json").document
    assert (status["state"], status["damaged"], status["quarantined"]) == ("unfinished", [], [])
    assert 1 <= len(status["done"]) < 120
    assert not list(tmp_path.glob("out/.glyphdata/tmp/*"))
    tars = [tmp_path / f"out/data/train-{one:06d}.tar" for one in status["done"]]
    kept = [tar.stat().st_mtime_ns for tar in tars]
    told = ask(*words, "-w", 2).document
    assert (told["made"], told["samples"], told["finished"]) == (120 - len(kept), 1200, True)
    assert [tar.stat().st_mtime_ns for tar in tars] == kept


def test_a_second_interrupt_hastens_nothing_and_breaks_nothing(ask: Ask, tmp_path: Path) -> None:
    words = ("generate", "small.yaml", "out", *MANY)
    running = begun(tmp_path, *words, "-w", "2", until="out/.glyphdata/shards/*.json")
    for _ in range(20):
        running.send_signal(signal.SIGINT)
        time.sleep(0.002)
    _, err = running.communicate(timeout=20)
    assert (running.returncode, len(err.splitlines())) == (130, 1), err
    assert ask("status", "out", "--json").document["damaged"] == []


def test_other_commands_say_that_they_were_stopped(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "glyphdata",
            "bench",
            "--size",
            "256",
            "--samples",
            "9999",
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    end = time.monotonic() + 30
    while not list(tmp_path.glob("*/bench.tar")):
        assert time.monotonic() < end
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=20)
    assert running.returncode == json.loads(out)["error"]["exit_code"] == 143
    assert err == f"glyphdata: error: stopped by SIGTERM ({KEPT})\n"
    assert not list(tmp_path.glob("*/bench.tar"))
