"""A training config: every fault at once, presets beneath it, overrides above it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glyphdata.errors import RecipeError
from glyphdata.train.loading import load_settings, schema, settings_of
from glyphdata.train.presets import PRESETS
from glyphdata.train.settings import Settings

RECIPES = Path(__file__).parents[3] / "recipes" / "train"


def written(folder: Path, text: str) -> Path:
    path = folder / "train.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_mapping_is_glyph_byt5(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, "{}")) == Settings()


def test_the_file_comes_before_the_preset_and_overrides_before_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "preset: tiny\nbatch: {groups: 5, boxes: 2}\n")
    settings = load_settings(path, ["batch.groups=6", "loss.hard=0"])
    assert (settings.batch.groups, settings.batch.boxes) == (6, 2)
    assert settings.batch.spellings == PRESETS["tiny"]["batch"]["spellings"]
    assert settings.loss.hard == 0


def test_an_override_may_choose_the_preset(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, "{}"), ["preset=tiny"]).text.tower == "tiny"


def test_all_faults_are_told_at_once_with_what_was_meant(tmp_path: Path) -> None:
    path = written(tmp_path, "preset: tini\nloss: {hart: 1}\nvision: {size: big}\nsteps: 0\n")
    with pytest.raises(RecipeError) as caught:
        load_settings(path, ["batch.grups=3", "nonsense"])
    faults = dict(caught.value.faults)
    assert set(faults) == {
        "preset", "loss.hart", "vision.size", "steps", "batch.grups", "nonsense"
    }  # fmt: skip
    assert "did you mean 'tiny'?" in faults["preset"]
    assert "did you mean 'hard'?" in faults["loss.hart"]
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("vision: {source: null}", "vision.frozen"),
        ("text: {source: null, frozen: true}", "text.frozen"),
        ("text: {source: null, shape: {width: 100, heads: 3}}", "text.shape.heads"),
        ("vision: {source: null, frozen: false, size: 225}", "vision.size"),
        ("loss: {box: 0, hard: 0}", "loss"),
        ("batch: {spellings: 1}", "batch.spellings"),
        ("loss: {characters: 0.1}", "loss.characters"),
        ("stages: [0, 0]", "stages"),
        ("text: {tower: characters, formats: {styled: 1}}", "text.formats"),
    ],
)
def test_fields_that_do_not_go_together_are_told(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_settings(written(tmp_path, text))
    assert [path for path, _ in caught.value.faults] == [place]


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_is_sound(tmp_path: Path, preset: str) -> None:
    settings = load_settings(written(tmp_path, f"preset: {preset}"))
    assert settings.preset == preset


CONFIGS = [
    path for path in sorted(RECIPES.glob("*.yaml")) if "\npreset:" in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_recipe_for_training_is_sound(path: Path) -> None:
    assert load_settings(path).name


@pytest.mark.parametrize("preset", ["glyph-byt5", "tiny"])
def test_a_recipe_says_what_its_preset_sets(tmp_path: Path, preset: str) -> None:
    written_out = load_settings(RECIPES / f"{preset}.yaml")
    bare = load_settings(written(tmp_path, f"preset: {preset}"))
    how = {"name": written_out.name, "workers": written_out.workers}
    assert bare.model_copy(update=how) == written_out


def test_settings_come_back_from_their_json() -> None:
    settings = load_settings(RECIPES / "udifftext.yaml")
    assert settings_of(json.loads(settings.model_dump_json())) == settings


def test_the_schema_on_disk_is_the_one_of_this_version() -> None:
    assert json.loads((RECIPES / "train.schema.json").read_text(encoding="utf-8")) == schema()
