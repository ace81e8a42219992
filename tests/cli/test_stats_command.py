"""`glyphdata stats` as its users meet it: tables, one document, plots, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def test_what_is_in_a_dataset_is_told_in_tables(ask: Any, make: Any) -> None:
    assert make("out").code == 0
    heard = ask("stats", "out")
    assert (heard.code, heard.err) == (0, "")
    assert heard.out.startswith("out: 4 pictures in 2 shards\n")
    (boxes,) = [line for line in heard.out.splitlines() if line.startswith("Boxes in a picture")]
    assert boxes.split()[4:] == ["1", "0", "1", "1", "1", "1", "1", "boxes"]
    assert "Levels against the shares that the recipe asks for: word 100.0 % (100.0)" in heard.out


def test_the_document_holds_every_answer_by_shape_and_name(ask: Any, make: Any) -> None:
    make("out")
    document = ask("stats", "out", "--json").document
    assert [document[name] for name in ("samples", "groups", "variants", "shards")] == [4, 4, 0, 2]
    levels = document["tallies"]["levels"]
    assert (levels["entries"], levels["of"]) == ([{"name": "word", "count": 4}], "pictures")
    boxes = document["spreads"]["boxes"]
    assert (boxes["mean"], boxes["bins"], boxes["edges"]) == (1.0, [4], [1.0, 2.0])
    grid = document["grids"]["families_by_colors"]
    assert sum(map(sum, grid["counts"])) == grid["total"] == 4
    assert document["fits"]["levels"]["parts"] == [{"name": "word", "expected": 4.0, "count": 4}]
    assert document["notes"] == []


def test_plots_go_to_the_folder_asked_for(ask: Any, make: Any) -> None:
    make("out")
    heard = ask("stats", "out", "--plots", "plots", "--json")
    answers = sum(len(heard.document[shape]) for shape in ("tallies", "spreads", "grids", "fits"))
    written = sorted(path.name for path in Path("plots").iterdir())
    assert len(written) == answers
    assert {"levels.svg", "levels-fit.svg", "families_by_colors.svg"} <= set(written)
    assert heard.err == f"plots: {answers} plots\n"


def test_of_an_unfinished_dataset_a_note_says_what_is_not_known(ask: Any, make: Any) -> None:
    make("out", "--shards", "0..1")
    heard = ask("stats", "out")
    assert heard.code == 0
    assert heard.out.startswith("out: 2 pictures in 1 shard\n")
    assert "made against asked for" not in heard.out
    assert heard.err.startswith("note: what the recipe asked for is not known before")


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_where_there_is_no_dataset_one_line_says_so(ask: Any, name: str) -> None:
    told = ask("stats", name).fault()
    assert name in told
    document = ask("stats", name, "--json").document
    assert document["error"]["exit_code"] == 3


def test_plots_that_cannot_be_written_are_one_line(ask: Any, make: Any) -> None:
    make("out")
    Path("taken").touch()
    told = ask("stats", "out", "--plots", "taken").fault()
    assert told.startswith("taken: the plots cannot be written")


def test_help_is_told_without_a_parquet_library() -> None:
    code = (
        "import sys\nfrom glyphdata.cli import main\n"
        "try: main(['stats', '--help'])\nexcept SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('pyarrow', 'torch', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, "Example: glyphdata stats out/" in done.stdout) == (0, True)
