"""A package of another maker, really installed, adds a part to six rooms, one file each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import glyphdata as gd

RECIPE = """
name: rainy
samples: 4
levels: {word: 1}
canvas: {width: 160, height: 120}
boxes: {count: 1, size_px: [20, 40]}
texts: [{kind: words, language: en}]
faces: {families: [Roboto]}
backgrounds: [{kind: rain, streaks: 9}]
effects: [{kind: sepia}]
variants: {count: 3, edits: {stutter: 1}, font: 0.0, color: 0.0}
"""

ROOT = Path(__file__).parents[2]
KINDS = {
    "backgrounds": "rain",
    "edits": "stutter",
    "effects": "sepia",
    "captioners": "plainly",
    "checks": "loud",
    "exporters": "tsv",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the package is installed in, by pip, from its own pyproject."""
    site = tmp_path_factory.mktemp("site")
    source = Path(__file__).parent / "rainfall"
    copy = tmp_path_factory.mktemp("source") / "rainfall"
    subprocess.run(["cp", "-r", str(source), str(copy)], check=True)  # a build writes beside it
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "--target", str(site), str(copy)], check=True)
    return site


def _run(site: Path, *words: str, code: int = 0) -> str:
    paths = os.pathsep.join([str(site), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "glyphdata", *words],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stderr if code == 3 else done.stdout


@pytest.fixture(scope="module")
def rainy(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset made with the package's background and edit."""
    home = tmp_path_factory.mktemp("rainy")
    (home / "rainy.yaml").write_text(RECIPE)
    _run(installed, "generate", str(home / "rainy.yaml"), str(home / "out"), "--workers", "1")
    return home


def test_the_page_on_extending_shows_this_package_whole() -> None:
    page = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    package = Path(__file__).parent / "rainfall"
    files = [package / "pyproject.toml", *package.glob("rainfall/[a-z]*.py")]
    assert len(files) == 1 + len(KINDS)
    for file in files:
        assert f"\n{file.read_text(encoding='utf-8')}```" in page, file.name


def test_its_kinds_stand_among_ours(installed: Path) -> None:
    for room, kind in KINDS.items():
        told = json.loads(_run(installed, "kinds", room, "--json"))
        assert kind in {one["kind"] for one in told}
        assert all(one["summary"].endswith(".") for one in told)


def test_its_parts_stand_in_the_dataset(installed: Path, rainy: Path) -> None:
    out = rainy / "out"
    tallies = json.loads(_run(installed, "stats", str(out), "--json"))["tallies"]
    assert "rain" in json.dumps(tallies["backgrounds"])
    assert "stutter" in json.dumps(tallies["edits"])
    assert "sepia" in json.dumps(tallies["effects"])


def test_its_effect_tones_every_picture(rainy: Path) -> None:
    for record in gd.Dataset(rainy / "out"):
        red, _, blue = record.pixels().mean(axis=(0, 1))
        assert red > blue


def test_its_captioner_speaks(installed: Path, rainy: Path) -> None:
    out = str(rainy / "out")
    _run(installed, "caption", out, "-c", "plainly", "--levels", "5", "-s", "what=sign")
    for record in gd.Dataset(out):
        told = record.captions["captions"]
        assert [(one["level"], one["text"]) for one in told] == [(5, "A picture with 1 sign.")]


def test_its_check_finds_what_it_is_for_and_ours_find_nothing(installed: Path, rainy: Path) -> None:
    told = json.loads(_run(installed, "verify", str(rainy / "out"), "--deep", "--json", code=5))
    found = {one["key"]: one["code"] for one in told["findings"]}
    texts = {one.key: one.facts["boxes"][0]["text"] for one in gd.Dataset(rainy / "out")}
    loud = {key for key, text in texts.items() if len(text) > 3 and text.isupper()}
    assert 0 < len(loud) < len(texts)
    assert found == dict.fromkeys(loud, "loud-text")


def test_its_exporter_writes_what_was_drawn(installed: Path, rainy: Path) -> None:
    dest = rainy / "tsv"
    _run(installed, "export", str(rainy / "out"), str(dest), "-f", "tsv", "-s", "header=false")
    rows = [line.split("\t") for line in (dest / "texts.tsv").read_text().splitlines()]
    assert len(rows) == 16
    originals = {key.rpartition("-")[0]: text for key, text in rows if key.endswith("-00")}
    for key, text in rows:
        original = originals[key.rpartition("-")[0]]
        assert len(text) == len(original) + (0 if key.endswith("-00") else 2)
        assert text.count("-") == original.count("-") + (text != original)


def test_without_the_package_the_recipe_says_what_is_lacking(rainy: Path, tmp_path: Path) -> None:
    told = _run(tmp_path, "check", str(rainy / "rainy.yaml"), code=3)
    assert "rain" in told
    assert "stutter" in told
