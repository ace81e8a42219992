"""Where boxes lie, what repeats, and what only the samples tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.stats import stats_of
from glyphdata.review.stats.looking import difference_hash, look
from glyphdata.review.stats.making import Making
from glyphdata.review.stats.places import CELLS, Middles
from glyphdata.review.stats.twins import Twins
from glyphdata.review.stats.values import Grid, Spread, Tally
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places

UNKNOWN = Making({}, (), (), 0, {}, {}, ())
RECIPE = """
name: alike
seed: 5
samples: 12
shard: {samples: 6}
canvas: {width: 128, height: 64}
levels: {word: 1}
boxes: {count: [1, 2], size_px: [12, 20]}
texts: [{kind: words, language: en}]
backgrounds: [{kind: gradient}]
variants: {count: 2, edits: {replace: 1}}
captions: {levels: 6}
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("alike"), RECIPE)


def made(folder: Path, recipe: str) -> Path:
    (folder / "recipe.yaml").write_text(recipe)
    generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=0)
    return folder / "out"


def rows(bounds: list[list[int]], variants: list[int]) -> pa.Table:
    sides = {"width": [240] * len(bounds), "height": [120] * len(bounds)}
    kind = pa.list_(pa.int32())
    return pa.table({"variant": variants, **sides, "bounds": pa.array(bounds, kind)})


def test_middles_fall_into_the_cell_they_lie_in_and_variants_do_not_count() -> None:
    survey = Middles()
    survey.add(rows([[0, 0, 20, 10, 230, 110, 240, 120], [100, 50, 120, 60]], [0, 1]))
    (grid,) = survey.answers(UNKNOWN)
    assert isinstance(grid, Grid)
    counts = np.array(grid.counts)
    assert counts.shape == (CELLS, CELLS)
    assert (grid.total, counts.sum(), counts[1, 1], counts[-1, -1]) == (2, 2, 1, 1)


def test_an_index_that_knows_no_bounds_says_nothing_of_middles() -> None:
    survey = Middles()
    survey.add(rows([[]], [0]))
    assert list(survey.answers(UNKNOWN)) == []


def test_the_bounds_in_a_real_index_are_those_of_the_quads(dataset: Path) -> None:
    grid = next(one for one in stats_of(dataset).answers if one.name == "middles")
    assert isinstance(grid, Grid)
    counts = np.zeros((CELLS, CELLS), int)
    for record in Dataset(dataset):
        for box in record.facts["boxes"] if not record.facts["variant"] else ():
            quad = np.array(box["quad"]).reshape(4, 2)
            low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
            x, y = np.clip((low + high) / 2 / (128, 64) * CELLS, 0, CELLS - 1).astype(int)
            counts[y, x] += 1
    assert grid.counts == tuple(tuple(row) for row in counts.tolist())


def test_what_originals_share_is_told_apart() -> None:
    survey = Twins()
    same = ("hat", [1], [2], "black")
    other = [("hat", [1], [3], "black"), ("hat", [4], [2], "black"), ("cap", [1], [2], "")]
    text, fonts, inks, grounds = (list(column) for column in zip(same, same, *other, strict=True))
    columns = {"variant": [0] * 5, "text": text, "font_tokens": fonts, "color_tokens": inks}
    survey.add(pa.table(columns | {"background": grounds}))
    (found,) = survey.answers(UNKNOWN)
    assert isinstance(found, Tally)
    assert {one.name: one.count for one in found.entries} == {
        "alone with its texts": 1,
        "texts of another": 1,
        "texts and faces of another": 1,
        "texts, faces, colours and kind of ground of another": 2,
    }


def test_a_hash_hears_light_and_not_noise() -> None:
    slope = np.tile(np.linspace(0, 255, 90).astype(np.uint8)[None, :, None], (64, 1, 3))
    noise = np.random.default_rng(1).integers(0, 3, slope.shape, np.uint8)
    assert difference_hash(slope) == 2**64 - 1
    assert difference_hash(slope // 2 + noise) == difference_hash(slope)
    assert difference_hash(slope[:, ::-1].copy()) == 0


def test_samples_tell_the_lengths_of_captions(dataset: Path) -> None:
    answers, notes = look(Dataset(dataset), 100)
    found = {one.name: one for one in answers}
    fine, coarse = found["caption_1"], found["caption_6"]
    assert isinstance(fine, Spread)
    assert isinstance(coarse, Spread)
    assert notes == []
    assert fine.count == 36
    assert fine.mean > coarse.mean


def test_scenes_that_look_alike_are_found_and_variants_of_one_are_not(tmp_path: Path) -> None:
    lone = made(tmp_path, RECIPE.replace("samples: 12", "samples: 1"))
    assert alike(lone) == {"like no other": 3}
    # One text on black, so small that it reaches into few cells.
    again = RECIPE
    for before, after in (
        ("variants:", "# variants:"),
        ("kind: gradient", "kind: black"),
        ("{kind: words, language: en}", "{kind: file, path: texts.txt, level: word}"),
        ("count: [1, 2], size_px: [12, 20]", "count: 1, size_px: 12"),
    ):
        again = again.replace(before, after)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "texts.txt").write_text("HELLO")
    found = alike(made(tmp_path / "two", again))
    assert found["like another"] > 0


def alike(out: Path) -> dict[str, int]:
    tally = next(one for one in look(Dataset(out), 100)[0] if one.name == "near_duplicates")
    assert isinstance(tally, Tally)
    return {one.name: one.count for one in tally.entries}


def test_a_sample_that_cannot_be_read_is_counted_and_not_fatal(
    dataset: Path, tmp_path: Path
) -> None:
    shutil.copytree(dataset, tmp_path / "out")
    shard = Places(tmp_path / "out").shard(1)
    shard.write_bytes(shard.read_bytes()[:2000])
    answers, notes = look(Dataset(tmp_path / "out"), 100)
    assert "18 of 36 samples could not be looked at" in notes[0]
    assert {one.name for one in answers} >= {"caption_1", "near_duplicates"}
