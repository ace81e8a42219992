"""A few hundred mutants for every reader, the kept corpus first; `make fuzz` goes on for longer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from tests.fuzz.mutating import LONGEST, Mutator
from tests.fuzz.running import CORPUS, SECONDS, Trail, fed
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
CASES = 150


def fuzzed(*words: str) -> list[dict[str, Any]]:
    """What `python -m tests.fuzz` said of each target."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=250,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == (1 if any(line["hurt"] for line in lines) else 0), done.stderr[-3000:]
    return lines


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[str]]:
    """What hurt each target."""
    return {line["target"]: line["hurt"] for line in fuzzed("--cases", str(CASES), "--seed", "1")}


@pytest.mark.parametrize("name", TARGETS)
def test_mutants_are_read_or_refused(name: str, outcomes: dict[str, list[str]]) -> None:
    assert outcomes[name] == []


def test_every_folder_of_the_corpus_belongs_to_a_reader() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= set(TARGETS)


def test_what_hurts_is_told_with_its_place() -> None:
    from glyphdata.scene.color import palette

    def stumbles(data: bytes) -> None:
        palette().by_name[data.decode()]

    def refuses(_: bytes) -> None:
        raise InputError("no")

    assert fed(refuses, b"x") is None
    hurt = fed(stumbles, b"x")
    assert hurt is not None
    assert (hurt.data, hurt.how.split(" at ")[0]) == (b"x", "KeyError: 'x'")


@pytest.mark.parametrize("ends", ["slow", "large", "dead"])
def test_a_reader_that_hangs_swells_or_dies_is_told(ends: str, tmp_path: Path) -> None:
    how = {
        "slow": "signal.setitimer(signal.ITIMER_REAL, 0.2)\n        while True: pass",
        "large": "bytearray(2 << 30)",
        "dead": "os.kill(os.getpid(), signal.SIGSEGV)",
    }
    (tmp_path / "ill.py").write_text(
        "import os, signal, sys\n"
        "from tests.fuzz import __main__ as run, targets\n"
        "def reader(_):\n"
        f"    def read(data):\n        {how[ends]}\n"
        "    return read\n"
        "targets.TARGETS['ill'] = targets.Target('ill', lambda _: [b'seed'], reader)\n"
        "sys.argv = ['fuzz', '--target', 'ill']\n"
        "sys.exit(run.main())\n"
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "ill.py")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        timeout=100,
    )
    assert done.returncode == 1, done.stderr
    (line,) = done.stdout.splitlines()
    told = {"slow": f"TooSlow: over {SECONDS} s", "large": "MemoryError", "dead": "SIGSEGV"}
    assert told[ends] in json.loads(line)["hurt"][0]


def test_mutants_belong_to_their_seed_and_differ() -> None:
    mutator = Mutator([b'{"a": 12, "b": [true, "text"]}'], (b"word",))
    first = [mutator.mutant(Rng.of(1, number)) for number in range(200)]
    assert first == [mutator.mutant(Rng.of(1, number)) for number in range(200)]
    assert len(set(first)) > 150
    assert max(map(len, first)) <= LONGEST


def test_a_mutant_that_leads_to_new_lines_is_known_by_it() -> None:
    from glyphdata.caption.prompt import parse

    trail = Trail()
    with trail.followed():
        parse("")
    assert trail.led > 0
    with trail.followed():
        parse("")
    assert trail.led == 0
    with trail.followed():
        parse('Text "a". ')
    assert trail.led > 0
