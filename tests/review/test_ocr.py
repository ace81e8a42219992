"""An independent eye: what it reads is compared with what was drawn, line by line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from glyphdata.errors import InputError
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.ocr import MARGIN_PX, Line, audit, lines_of, model_of, upright
from glyphdata.shards.dataset import Dataset

RECIPE = """
name: ocr
seed: 3
samples: 12
canvas: {width: 320, height: 160}
levels: {word: 1, sentence: 1}
boxes: {count: 1, size_px: [26, 40], angle_deg: [-20, 20], turned: 0.5}
texts: [{kind: words, language: en, share: 3}, {kind: sentences, language: en, share: 3}]
faces: {families: [Roboto, Lora]}
colors: {min_contrast: 7}
backgrounds: [{kind: solid, colors: [white]}]
"""


def made(folder: Path, recipe: str) -> Path:
    (folder / "recipe.yaml").write_text(recipe)
    generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=0)
    return folder / "out"


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("ocr"), RECIPE)


def test_a_turned_quad_comes_out_level() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[20:80, 40:60] = 200  # a column that a text turned by 90 degrees would fill
    quad = np.array([(60, 20), (60, 80), (40, 80), (40, 20)], np.float32)
    strip = upright(pixels, quad)
    assert strip.shape == (40 + 2 * MARGIN_PX, 120 + 2 * MARGIN_PX, 3)
    assert strip[MARGIN_PX + 2 : -MARGIN_PX - 2, MARGIN_PX + 2 : -MARGIN_PX - 2].min() == 200


def test_lines_are_those_of_the_layout(english: Path) -> None:
    for record in Dataset(english):
        said = [line.text for line in lines_of(record)]
        whole = " ".join(record.facts["boxes"][0]["text"].split())
        assert " ".join(said) == whole


def test_dark_text_on_white_is_read_nearly_without_a_fault(english: Path) -> None:
    read = audit(english, 12)
    assert read.samples == 12
    assert read.every.cer < 0.04
    assert set(read.by) == {"level", "script", "contrast"}
    assert sum(one.lines for one in read.by["level"].values()) == read.every.lines
    assert not read.unread


def test_pictures_of_other_texts_are_read_otherwise(tmp_path: Path, english: Path) -> None:
    """The truth of one dataset held against the pictures of another."""
    recipe = RECIPE.replace("seed: 3", "seed: 4")
    other = made(tmp_path, recipe)
    mixed = [
        (line.text, there.text)
        for one, another in zip(Dataset(english), Dataset(other), strict=True)
        for line, there in zip(lines_of(one), lines_of(another), strict=False)
    ]
    assert sum(a != b for a, b in mixed) > len(mixed) / 2


def test_without_a_layout_boxes_of_one_line_are_read(tmp_path: Path) -> None:
    recipe = RECIPE.replace("sentence: 1", "sentence: 0") + "outputs: {layout: false}\n"
    read = audit(made(tmp_path, recipe), 4)
    assert read.every.lines == 4
    assert read.every.cer < 0.1


def test_languages_without_a_model_are_counted_and_not_guessed(tmp_path: Path) -> None:
    recipe = RECIPE.replace("language: en", "language: el").replace(
        "faces: {families: [Roboto, Lora]}", ""
    )
    read = audit(made(tmp_path, recipe), 3)
    assert read.every.lines == 0
    assert read.every.cer == 0.0
    assert read.unread["el"] >= 3


def test_numbers_are_read_with_the_latin_model() -> None:
    line = Line("k", "12", "word", "latin", "und", 9.0, np.zeros((1, 1, 3), np.uint8))
    assert model_of(line) == "eng"


def test_a_machine_without_tesseract_is_told_how_to_get_it(
    english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="apt install tesseract-ocr"):
        audit(english, 1)
