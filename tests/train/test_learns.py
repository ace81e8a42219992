"""Does it learn? From a recipe to shards to an encoder that reads words it was never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from glyphdata.engines.inline import InlineEngine
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.train.evaluate.evaluating import Question, evaluate
from glyphdata.train.evaluate.report import Report
from glyphdata.train.evaluate.running import evaluate_run
from glyphdata.train.loading import load_settings
from glyphdata.train.training import Opened, Options, train

RECIPES = Path(__file__).parents[2] / "recipes" / "train"

EASY = (
    "samples=100",
    "shard.samples=100",
    "variants.count=15",
    'faces.families=["Roboto", "Open Sans"]',
    'backgrounds=[{"kind": "black"}]',
    "seed=4",
)
SHORT = ("steps=100", "held_out=0.25", "workers=0", "save_every=100")
GALLERY = Question(of=96)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred scenes in sixteen spellings each: two families of faces on black."""
    out = tmp_path_factory.mktemp("learns") / "data"
    generate(load_recipe(RECIPES / "demo-data.yaml", EASY), out, engine=InlineEngine())
    return out


@pytest.fixture(scope="module")
def learnt(data: Path) -> Report:
    """What is known of held-out words after a hundred steps."""
    run = data.parent / "run"
    summary = train(load_settings(RECIPES / "tiny.yaml", SHORT), [str(data)], run, Options())
    assert summary.finished
    return evaluate_run(run, [data], GALLERY, device="cpu")


@pytest.fixture(scope="module")
def unlearnt(data: Path) -> Report:
    """What the same encoder knows with the weights that it begins with."""
    opened = Opened.of(load_settings(RECIPES / "tiny.yaml", SHORT), [data])
    return evaluate(opened.encoder(), opened.sources, opened.settings, GALLERY)


def test_words_never_shown_find_their_pictures(learnt: Report) -> None:
    assert learnt.retrieval is not None
    assert learnt.figure("text_to_box.of") == 96
    assert learnt.figure("text_to_box.r1") >= 0.85
    assert learnt.figure("box_to_text.r1") >= 0.85


def test_near_misses_are_told_apart_by_looking(learnt: Report) -> None:
    assert learnt.figure("in_group.of") == 16
    assert learnt.figure("in_group.accuracy") >= 0.6
    assert learnt.figure("in_group.blind") <= 0.1
    assert learnt.alarms == ()


def test_before_training_nothing_is_known(unlearnt: Report) -> None:
    assert unlearnt.figure("text_to_box.r1") <= 0.1
    assert unlearnt.figure("in_group.accuracy") <= 0.15
