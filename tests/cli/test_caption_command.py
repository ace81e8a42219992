"""`glyphdata caption` as a user meets it: words in, lines and a code out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ask

ROOT = Path(__file__).parents[2]
DATASET = "out"


@pytest.fixture
def said(ask: Ask, make: Ask) -> Ask:
    """Run `glyphdata caption` on a dataset of four samples."""
    made = make(DATASET)
    assert made.code == 0, made
    return lambda *words: ask("caption", DATASET, *words)


def recorded(path: Path, count: int = 4, text: str = "A sign.") -> Path:
    """A file of answers for the first samples, level 1."""
    keys = [f"{number // 2:06d}-{number % 2:04d}" for number in range(count)]
    lines = [json.dumps({"key": key, "level": 1, "text": text}) for key in keys]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_truth_is_the_default_and_a_second_run_has_nothing_to_do(said: Ask) -> None:
    first = said()
    assert first.code == 0
    assert first.out.startswith("out: 4 samples; 24 captions said in ")
    assert said().out == "out: 4 samples; nothing was left to say, 24 there before\n"


def test_json_is_one_document(said: Ask) -> None:
    told = said("--levels", "short,descriptive", "--styles", "plain,glyph", "--json").document
    assert (told["captioner"], told["samples"], told["made"]) == ("truth", 4, 12)
    assert (told["failures"], told["lost_shards"], told["dry_run"]) == ({}, [], False)


def test_a_dry_run_shows_three_captions_and_writes_nothing(said: Ask) -> None:
    told = said("--dry-run")
    assert told.code == 0
    assert told.out.count("  said:  ") == 3
    assert told.out.endswith("nothing was written\n")
    assert not Path(DATASET, "captions").exists()
    assert len(said("--dry-run", "--json").document["shown"]) == 3


def test_what_is_not_said_is_counted_and_leaves_with_4(said: Ask, tmp_path: Path) -> None:
    answers = recorded(tmp_path / "answers.jsonl", 3)
    replay = ("-c", "replay", "--levels", "1", "-s", f"path={answers}")
    told = said(*replay)
    assert told.code == 4
    assert "not said: 1 × not-recorded (`--retry-failed` asks again)" in told.out
    assert said(*replay, "--json").document["failures"] == {"not-recorded": 1}


def test_merging_alone_asks_nobody_and_what_comes_of_it_verifies(said: Ask, ask: Ask) -> None:
    refused = said("--merge", "dest").fault()
    assert "sample 000000-0000 has no captions" in refused
    said("--levels", "2")
    told = said("--merge", "dest", "--blend", "1")
    assert told.code == 0
    assert told.out.startswith("dest: 4 samples with captions inside, in 2 shards, 2 of them new\n")
    assert ask("verify", "dest").code == 0
    both = said("-c", "truth", "--merge", "dest2", "--json").document
    assert (both["made"], both["merged"]["samples"]) == (20, 4)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("-c", "lava"), "no captioners of kind 'lava' (did you mean 'llava'?)"),
        (("-c", "replay"), "path: names no file"),
    ],
)
def test_a_captioner_that_cannot_be_is_one_line(
    said: Ask, words: tuple[str, ...], fault: str
) -> None:
    assert fault in said(*words).fault()


def test_every_wrong_field_of_a_captioner_is_told_at_once(said: Ask) -> None:
    told = said("-c", "truth", "-s", "sed=1", "-s", "variant=x", "--json")
    assert told.code == 3
    faults = told.document["error"]["faults"]
    assert [one["path"] for one in faults] == ["sed", "variant"]


@pytest.mark.parametrize("levels", ["0", "7", "3-1", "x", "", "1-2-3", "shorts"])
def test_levels_that_there_are_not_are_a_usage_error(said: Ask, levels: str) -> None:
    told = said("--levels", levels)
    assert told.code == 2
    assert "--levels" in told.err


def test_a_folder_without_a_dataset_is_one_line(said: Ask, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no dataset" in ask("caption", "empty").fault()


def test_help_is_quick_and_imports_no_torch() -> None:
    reading = (
        "import sys, glyphdata.cli as cli\n"
        "try:\n    cli.main(['caption', '--help'])\n"
        "finally:\n    print(sorted({'torch', 'transformers', 'numpy'} & set(sys.modules)))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", reading], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert "Example: glyphdata caption" in told
    assert told.endswith("[]\n")


def test_a_run_from_truth_imports_no_torch(said: Ask, tmp_path: Path) -> None:
    reading = (
        "import sys\nfrom glyphdata.captioning import run\nfrom glyphdata.registry import load\n"
        "made = run(sys.argv[1], load('captioners', 'truth')()).tally.made\n"
        "print(made, sorted({'torch', 'transformers'} & set(sys.modules)))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", reading, DATASET],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    assert told == "24 []\n"
