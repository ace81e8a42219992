"""`verify`, `preview` and `doctor` as their users meet them: words, documents, exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from glyphdata.cli import main
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review import health

RECIPE = """
name: tiny
samples: 3
shard: {samples: 2}
canvas: {width: 128, height: 96}
boxes: {count: 1, size_px: [14, 20]}
levels: {word: 1}
texts: [{kind: charset}]
backgrounds: [{kind: gradient}, {kind: paper}]
outputs: {boxes: true, glyph: true}
"""


class Told(NamedTuple):
    code: int
    out: str
    err: str


Tell = Callable[..., Told]


@pytest.fixture
def tell(capfdbinary: pytest.CaptureFixture[bytes]) -> Tell:
    def run(*words: object) -> Told:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        assert isinstance(left.value.code, int)
        return Told(left.value.code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset that the tool itself generated."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "tiny.yaml").write_text(RECIPE)
    generate(load_recipe(folder / "tiny.yaml"), folder / "out", workers=0)
    return folder / "out"


def test_what_was_generated_verifies(tell: Tell, made: Path) -> None:
    told = tell("verify", made)
    assert (told.code, told.err) == (0, "")
    assert told.out == "3 samples, nothing wrong\n"
    document = json.loads(tell("verify", made, "--json").out)
    assert document == {"ok": True, "samples": 3, "looked_into": 0, "findings": []}
    assert tell("verify", made, "--deep").out == "3 samples, 3 looked into, nothing wrong\n"


def test_a_broken_dataset_fails_the_gate(tell: Tell, made: Path, tmp_path: Path) -> None:

    shutil.copytree(made, tmp_path / "out")
    shard = tmp_path / "out" / "data" / "train-000001.tar"
    shard.write_bytes(shard.read_bytes()[:-600])
    told = tell("verify", tmp_path / "out", "--json")
    assert told.code == 5
    document = json.loads(told.out)
    assert (document["ok"], document["samples"]) == (False, 2)  # the last may be cut
    assert {"checksum", "shard"} <= {one["code"] for one in document["findings"]}
    assert all(one.keys() == {"code", "key", "message"} for one in document["findings"])
    plain = tell("verify", tmp_path / "out")
    assert plain.code == 5
    assert "train-000001.tar" in plain.out
    assert "findings" in plain.err


def test_verifying_nothing_is_an_input_error(tell: Tell, tmp_path: Path) -> None:
    told = tell("verify", tmp_path, "--json")
    assert told.code == 3
    assert json.loads(told.out).keys() == {"error"}


def test_a_preview_is_written_where_it_was_asked_for(
    tell: Tell, made: Path, tmp_path: Path
) -> None:
    told = tell("preview", made, "-o", tmp_path / "sheet.html", "--count", "2")
    assert told.code == 0
    assert "2 samples" in told.out
    document = json.loads(tell("preview", made, "--json").out)
    assert document["samples"] == 3
    assert Path(document["sheet"]) == made / "preview.html"
    assert (made / "preview.html").stat().st_size == document["bytes"]


def test_the_doctor_names_everything_it_looked_at(tell: Tell) -> None:
    told = tell("doctor", "--json")
    document = json.loads(told.out)
    assert told.code == (0 if document["ok"] else 5)
    states = {one["name"]: one["state"] for one in document["checks"]}
    assert {
        "python",
        "pillow",
        "fonttools",
        "FreeType in Pillow",
        "compiled parts",
    } <= states.keys()
    assert {"font registry", "fonts"} & states.keys()
    assert {"disk", "cores"} <= states.keys()
    assert "pillow" in tell("doctor").out


def test_the_doctor_fails_what_is_below_a_floor(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    floors = (("pillow", "99", "a reason"), ("no-such-library", "1", ""))
    monkeypatch.setattr(health, "FLOORS", floors)
    told = tell("doctor", "--json")
    assert told.code == 5
    broken: dict[str, Any] = {
        one["name"]: one for one in json.loads(told.out)["checks"] if one["state"] == "broken"
    }
    assert broken["pillow"]["way_out"] == "pip install 'pillow>=99'; a reason"
    assert broken["no-such-library"]["found"] == "not installed"
    assert "pillow, no-such-library" in told.err


def test_the_doctor_says_when_the_slow_twin_runs(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLYPHDATA_KERNEL", "twin")
    (found,) = (one for one in health.examined() if one.name == "compiled parts")
    assert (found.state, bool(found.way_out)) == ("worth knowing", True)


@pytest.mark.parametrize(
    ("found", "floor", "state"),
    [
        ("13.0.0", "13", "ok"),
        ("12.9", "13", "broken"),
        ("4.60.10", "4.60.2", "ok"),
        ("", "1", "broken"),
    ],
)
def test_versions_compare_by_number(found: str, floor: str, state: str) -> None:
    assert health.versioned("x", found, floor, "").state == state
