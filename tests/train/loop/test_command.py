"""`glyphdata train` as people and programs meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import glyphdata as gd
from glyphdata.errors import InputError, OutputError
from glyphdata.train.training import Opened, train
from glyphdata.train.trying import kept_bytes, tried
from glyphdata.train.world import joined
from tests.train.loop.conftest import Nursery, document, small

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(document()))
    return path


def test_help_is_given_without_torch() -> None:
    code = (
        "import sys\nfrom glyphdata.cli import main\n"
        "try:\n    main(['train', '--help'])\n"
        "finally:\n    print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Example: glyphdata train" in done.stdout
    assert done.stdout.splitlines()[-1] == "False False"


def test_one_document_says_what_came_out(
    data: Path, nursery: Nursery, config: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    words = ["train", config, "--data", data, "--out", run, "-s", "steps=2"]
    child = nursery.start(*words, "--max-steps", 1)
    assert child.wait() == 0, child.told
    assert f"{run}: 1 step of 2, loss" in child.told
    assert "the same command with --resume" in child.told
    child = nursery.start(*words, "--resume", "--json")
    assert child.wait() == 0, child.told
    found = json.loads(child.told[child.told.index("{\n") :])
    assert (found["run"], found["step"], found["steps"]) == (str(run), 2, 2)
    assert found["finished"] is True
    assert set(found["losses"]) == {"loss", "box", "hard", "characters", "places"}
    assert found["last"]["step"] == 2


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ([], 2, "--out"),
        (["--out", "{run}", "--first-batch", "a.png"], 2, "goes with --dry-run"),
        (["--out", "{run}", "-s", "batch.grups=3"], 3, "did you mean 'groups'?"),
        (["--out", "{run}", "-s", "batch.spellings=1"], 3, "loss.hard"),
        (["--out", "{run}", "--exclude", "nothing.txt"], 3, "key list cannot be read"),
        (["--out", "{data}"], 3, "holds other things"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(
    more: list[str],
    code: int,
    told: str,
    data: Path,
    nursery: Nursery,
    config: Path,
    tmp_path: Path,
) -> None:
    run = tmp_path / "run"
    words = [one.format(run=run, data=data) for one in more]
    child = nursery.start("train", config, "--data", data, *words)
    assert child.wait() == code, child.told
    assert told in child.told
    assert "Traceback" not in child.told
    assert not run.exists()


def test_data_without_groups_is_refused_before_the_folder_is_made(tmp_path: Path) -> None:
    recipe = gd.load_recipe(ROOT / "recipes" / "quickstart.yaml", ["samples=2"])
    gd.generate(recipe, tmp_path / "out", workers=0)
    with pytest.raises(InputError, match="no groups of spellings"):
        train(small(), [tmp_path / "out"], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_dry_run_says_what_would_be_and_writes_only_the_sheet(
    data: Path, nursery: Nursery, config: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    words = ["train", config, "--data", data, "--out", tmp_path / "run", "--dry-run"]
    child = nursery.start(*words, "--first-batch", sheet, "--json")
    assert child.wait() == 0, child.told
    found = json.loads(child.told)
    assert found["settings"] == small().model_dump(mode="json")
    assert (found["groups"], found["steps"], found["boxes"], found["views"]) == (12, 12, 6, 6)
    assert found["parameters"] > found["trained"] > 0
    assert found["tokens"] > 6 * len('Text "". ')
    with Image.open(sheet) as drawn:
        assert drawn.width == 6 * 240
        colors = drawn.getcolors(1 << 20)
    assert colors is not None and (255, 90, 60) in {color for _, color in colors}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.png", "small.yaml"]


def test_people_read_the_same_in_words(
    data: Path, nursery: Nursery, config: Path, tmp_path: Path
) -> None:
    child = nursery.start("train", config, "--data", data, "--dry-run")
    assert child.wait() == 0, child.told
    assert "12 groups in" in child.told and "a step: 6 boxes, 6 views" in child.told
    assert child.told.endswith("nothing was trained\n")


def test_a_sheet_is_a_png(data: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.png"):
        tried(small(), [data], device="cpu", first_batch=tmp_path / "sheet.gif")


def test_memory_grows_with_the_batch_and_is_capped_by_chunks(data: Path) -> None:
    opened = Opened.of(small(batch__boxes=2), [data])
    encoder = opened.encoder()
    with joined("cpu") as world:
        batch = next(opened.batches(encoder, world, 0, facts=True))
    whole = kept_bytes(encoder, batch)
    assert whole > 56 * 56 * 3 * 4 * len(batch.views)  # the pictures alone
    encoder.settings.batch.__dict__["chunk"] = 1
    assert 0 < kept_bytes(encoder, batch) < whole / 3
