"""The commands, asked about a dataset behind a URL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from glyphdata import Dataset, generate
from glyphdata.cli import main
from glyphdata.cli.options import named, out_folder
from glyphdata.recipe import Recipe
from glyphdata.review.view.app import application
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.shards.keys import Places

OUT = "memory://a/out"


@pytest.fixture
def made(memory: Any, plain: Callable[..., Recipe]) -> Any:
    """The store with a finished dataset in it."""
    generate(plain(), OUT, workers=0)
    return memory


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Code, stdout and stderr of a command."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(list(words))
    said = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, said.out, said.err


def test_generate_says_the_url_and_exits_with_0(
    memory: Any, plain: Callable[..., Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = str(tmp_path / "plain.yaml")
    plain()
    code, out, _ = asked(capsys, "generate", recipe, OUT, "--workers", "0")
    assert code == 0
    assert out.startswith("memory://a/out: 6 samples in 3 shards")
    code, out, _ = asked(capsys, "generate", recipe, OUT, "--workers", "0", "--json")
    assert json.loads(out)["out"] == OUT
    code, _, err = asked(capsys, "generate", recipe, OUT, "--workers", "0", "-s", "seed=9")
    assert code == 3
    assert "memory://a/out was made from another recipe" in err


def test_status_and_stats_tell_what_is_behind_the_url(
    made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = asked(capsys, "status", OUT)
    assert code == 0
    assert out.startswith("memory://a/out: finished; 6 samples of 6 scenes")
    code, out, _ = asked(capsys, "stats", OUT, "--look", "6")
    assert code == 0
    assert out.startswith("memory://a/out: 6 pictures")


def test_verify_looks_into_every_shard_and_finds_a_byte_that_was_changed(
    made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = asked(capsys, "verify", OUT, "--deep", "--workers", "1")
    assert (code, out) == (0, "6 samples, 6 looked into, nothing wrong\n"), err
    tar = made.cat_file("/a/out/data/train-000001.tar")
    made.pipe_file("/a/out/data/train-000001.tar", tar[:700] + b"?" + tar[701:])
    code, out, err = asked(capsys, "verify", OUT, "--workers", "1")
    assert code == 5
    assert "train-000001.tar" in out
    assert "memory://a/out" in err


def test_preview_shows_pictures_fetched_by_range_and_writes_its_sheet_here(
    made: Any,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = asked(capsys, "preview", OUT, "--json")
    assert code == 0
    assert json.loads(out)["samples"] == 6
    assert "<title>out" in (tmp_path / "preview.html").read_text("utf-8")


def test_captions_are_put_beside_the_shards_and_read_with_them(
    made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = asked(capsys, "caption", OUT, "--levels", "1")
    assert code == 0, err
    for number in range(3):
        assert len(made.cat_file(f"/a/out/captions/train-00000{number}.jsonl").splitlines()) == 2
    assert len(Dataset(OUT)[5].captions["captions"]) == 1
    code, _, err = asked(capsys, "caption", OUT, "--merge", "memory://a/merged")
    assert code == 0, err
    assert Dataset("memory://a/merged")[5].captions == Dataset(OUT)[5].captions
    assert asked(capsys, "verify", "memory://a/merged", "--workers", "1")[0] == 0


def test_the_viewer_shows_pictures_from_behind_the_url(made: Any) -> None:
    exhibit = Exhibit(out_folder(OUT))
    assert exhibit.name == "out"
    with TestClient(application([exhibit]), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/api/datasets").json()["datasets"][0]["path"] == OUT
        thumb = client.get("/img/0/000002-0001/thumb", params={"side": 64})
    assert thumb.status_code == 200
    assert thumb.headers["content-type"] == "image/jpeg"


def test_a_folder_is_named_as_it_was_given(tmp_path: Path) -> None:
    assert named(out_folder("some/where")) == "some/where"
    assert out_folder(f"file://{tmp_path}") == tmp_path
    assert named(Places.at("s3://bucket/out/").root / "README.md") == "s3://bucket/out/README.md"
