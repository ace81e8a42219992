"""Statistics say what the samples themselves say, wherever the rows stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest

from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.review.stats import rows as reading
from glyphdata.review.stats import stats_of, texts
from glyphdata.review.stats.values import Fit, Grid, Spread, Stats, Tally
from glyphdata.scene.color import palette
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.index import SCHEMA, table_of
from glyphdata.shards.keys import Places
from glyphdata.shards.part import write_part

ROW: dict[str, object] = {
    "key": "000000-0000",
    "shard": 0,
    "index": 0,
    "variant": 0,
    "level": "word",
    "language": "en",
    "scripts": ["latin"],
    "text": "ab",
    "boxes": 1,
    "clusters": 2,
    "font_tokens": [5],
    "color_tokens": [3],
    "size_px_min": 20.0,
    "size_px_max": 20.0,
    "angle_deg_max": 0.0,
    "contrast_min": 7.0,
    "background": "black",
}


T = TypeVar("T", Tally, Spread, Grid, Fit)


def one(stats: Stats, kind: type[T], name: str) -> T:
    """The answer of that shape and name."""
    (found,) = [each for each in stats.answers if isinstance(each, kind) and each.name == name]
    return found


def counted(stats: Stats, name: str) -> dict[str, int]:
    tally = one(stats, Tally, name)
    assert tally.total == sum(entry.count for entry in tally.entries)
    return {entry.name: entry.count for entry in tally.entries}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, recipe_of: Callable[..., Recipe]) -> Path:
    """A finished dataset of 120 pictures in ten scripts."""
    root = tmp_path_factory.mktemp("made") / "out"
    outputs = {"layout": False, "mask": False}
    generate(recipe_of(samples=120, seed=3, outputs=outputs), root, workers=0)
    return root


@pytest.fixture(scope="module")
def facts(made: Path) -> list[dict[str, Any]]:
    """What its samples themselves say."""
    return [record.facts for record in Dataset(made)]


Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A dataset with these rows in its index, and with a manifest where it has a recipe."""

    def write(rows: list[Mapping[str, object]], recipe: object = None, **manifest: object) -> Path:
        places = Places(tmp_path / "out")
        places.index.parent.mkdir(parents=True, exist_ok=True)
        places.state.mkdir(exist_ok=True)
        pq.write_table(
            table_of([ROW | {"index": n} | row for n, row in enumerate(rows)]), places.index
        )
        if recipe is not None:
            places.manifest.write_bytes(orjson.dumps({"recipe": recipe, **manifest}))
        return places.root

    return write


def test_tallies_are_what_the_samples_say(made: Path, facts: list[dict[str, Any]]) -> None:
    stats = stats_of(made)
    boxes = [box for one in facts for box in one["boxes"]]
    assert (stats.samples, stats.groups, stats.variants, stats.shards) == (120, 120, 0, 6)
    assert counted(stats, "levels") == Counter(one["level"] for one in facts)
    assert counted(stats, "languages") == Counter(one["language"] for one in facts)
    assert counted(stats, "backgrounds") == Counter(one["background"]["kind"] for one in facts)
    scripts = [{box["script"] for box in one["boxes"]} for one in facts]
    assert counted(stats, "scripts") == Counter(script for one in scripts for script in one)
    assert counted(stats, "families") == Counter(box["face"]["family"] for box in boxes)
    assert counted(stats, "colors") == Counter(box["color_name"] for box in boxes)
    faces = Counter(box["font_token"] for box in boxes)
    assert sorted(counted(stats, "faces").values()) == sorted(faces.values())


def test_spreads_are_what_the_samples_say(made: Path, facts: list[dict[str, Any]]) -> None:
    stats = stats_of(made)
    for name, values in (
        ("boxes", [len(one["boxes"]) for one in facts]),
        ("words", [sum(len(box["text"].split()) for box in one["boxes"]) for one in facts]),
        ("clusters", [sum(box["clusters"] for box in one["boxes"]) for one in facts]),
        ("largest", [max(box["size_px"] for box in one["boxes"]) for one in facts]),
        ("contrast", [min(box["contrast"] for box in one["boxes"]) for one in facts]),
    ):
        spread = one(stats, Spread, name)
        assert spread.count == sum(spread.bins) == 120
        assert spread.mean == pytest.approx(np.mean(values), abs=1e-3)
        assert spread.deviation == pytest.approx(np.std(values), abs=1e-3)
        assert (spread.least, spread.most) == pytest.approx((min(values), max(values)), abs=1e-3)
        assert abs(spread.p50 - np.median(values)) <= spread.step
        assert spread.edges[0] <= spread.least
        assert spread.most < spread.edges[-1] + spread.step


def test_characters_and_their_pairs_are_those_of_the_texts(
    made: Path, facts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [word for one in facts for box in one["boxes"] for word in box["text"].split()]
    characters = Counter(character for word in words for character in word)
    pairs = Counter("".join(pair) for word in words for pair in pairwise(word))
    for dense in (1024, 8):  # nearly all pairs in the square, nearly all beside it
        monkeypatch.setattr(texts, "_DENSE", dense)
        stats = stats_of(made)
        for name, seen in (("characters", characters), ("bigrams", pairs)):
            tally = one(stats, Tally, name)
            assert (tally.total, tally.kinds) == (seen.total(), len(seen))
            shown = (*tally.entries, *tally.rare)
            assert {entry.name: entry.count for entry in shown}.items() <= seen.items()
            assert tally.entries[0].count == max(seen.values())
            assert min(entry.count for entry in shown) == min(seen.values())


def test_families_and_colours_meet_as_they_do_in_the_boxes(
    made: Path, facts: list[dict[str, Any]]
) -> None:
    met = Counter(
        (box["face"]["family"], box["color_name"]) for one in facts for box in one["boxes"]
    )
    grid = one(stats_of(made), Grid, "families_by_colors")
    assert grid.total == met.total()
    found = {
        (row.name, column.name): count
        for row, counts in zip(grid.rows, grid.counts, strict=True)
        for column, count in zip(grid.columns, counts, strict=True)
        if count
    }
    assert found == met
    assert grid.occupied == len(met) / (len(grid.rows) * len(grid.columns))
    assert 0 < grid.expected < 1
    hexes = {ink.name: ink.color.hex for ink in palette().inks}
    assert all(column.color == hexes[column.name] for column in grid.columns)


def test_the_size_of_batches_changes_nothing(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = stats_of(made)
    monkeypatch.setattr(reading, "AT_ONCE", 7)
    again = stats_of(made)
    for before, after in zip(whole.answers, again.answers, strict=True):
        if isinstance(before, Spread) and isinstance(after, Spread):
            assert after.mean == pytest.approx(before.mean)
            assert (after.edges, after.bins) == (before.edges, before.bins)
        else:
            assert after == before


def test_an_unfinished_dataset_is_told_of_as_far_as_it_is(
    tmp_path: Path, made: Path, recipe_of: Callable[..., Recipe]
) -> None:
    outputs = {"layout": False, "mask": False}
    recipe = recipe_of(samples=120, seed=3, outputs=outputs)
    generate(recipe, tmp_path / "out", workers=0, shards=range(2))
    stats = stats_of(tmp_path / "out")
    assert (stats.samples, stats.shards) == (40, 2)
    levels = Counter(record.facts["level"] for record in Dataset(made)[:40])
    assert counted(stats, "levels") == levels
    assert not [each for each in stats.answers if isinstance(each, Fit)]
    assert stats.notes == (
        "what the recipe asked for is not known before the dataset is finished: nothing is"
        " compared with it",
    )


def test_a_part_takes_the_place_of_the_rows_of_its_shard(written: Written, tmp_path: Path) -> None:
    root = written([{"shard": 0}, {"shard": 0}, {"shard": 1}])
    write_part(Places(root), tmp_path, 0, [ROW | {"level": "sentence"}])
    stats = stats_of(root)
    assert counted(stats, "levels") == {"sentence": 1, "word": 1}
    assert (stats.samples, stats.shards) == (2, 2)


def test_variants_are_counted_but_not_held_against_the_recipe(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 3)  # groups go on from one batch to the next
    rows: list[Mapping[str, object]] = [
        {
            "index": index,
            "variant": variant,
            "level": "word" if index else "sentence",
            "color_tokens": [3 + variant],
        }
        for index in range(4)
        for variant in range(3 if index else 1)
    ]
    stats = stats_of(written(rows, {"levels": {"word": 3.0, "sentence": 1.0, "paragraph": 0.0}}))
    assert (stats.samples, stats.groups, stats.variants) == (10, 4, 6)
    assert counted(stats, "levels") == {"word": 9, "sentence": 1}
    fit = one(stats, Fit, "levels")
    assert [(part.name, part.expected, part.count) for part in fit.parts] == [
        ("word", 3.0, 3),
        ("sentence", 1.0, 1),
    ]
    assert (fit.chi_square, fit.p, fit.kl_bits, fit.thin) == (0.0, 1.0, 0.0, 2)
    grid = one(stats, Grid, "families_by_colors")
    assert (grid.of, grid.total, grid.counts) == ("boxes of originals", 4, ((4,),))
    assert one(stats, Tally, "colors").kinds == 3


def test_levels_that_are_not_what_was_asked_for_are_told(written: Written) -> None:
    rows = [{"level": "word" if number < 90 else "sentence"} for number in range(100)]
    fit = one(stats_of(written(rows, {"levels": {"word": 1.0, "sentence": 1.0}})), Fit, "levels")
    assert (fit.chi_square, fit.freedom, fit.total) == (64.0, 1, 100)
    assert fit.p == pytest.approx(1.2442e-15, rel=1e-3)
    assert fit.kl_bits == pytest.approx(1 + 0.9 * log2(0.9) + 0.1 * log2(0.1))


def test_colours_on_black_are_evenly_drawn(
    tmp_path: Path, recipe_of: Callable[..., Recipe]
) -> None:
    names = ["white", "gold", "cyan", "navy", "lime", "pink"]  # navy cannot be read on black
    recipe = recipe_of(
        samples=240, shard={"samples": 60}, levels={"word": 1}, boxes={"count": 2},
        texts=[{"kind": "charset", "length": 2}], backgrounds=[{"kind": "black"}],
        canvas={"width": 128, "height": 64}, colors={"names": names, "min_contrast": 4.5},
        outputs={"layout": False, "mask": False},
    )  # fmt: skip
    generate(recipe, tmp_path / "out", workers=0)
    stats = stats_of(tmp_path / "out")
    even = one(stats, Fit, "colors_on_black")
    assert {part.name for part in even.parts} == {*names} - {"navy"}
    assert even.freedom == 4
    assert 0.001 < even.p < 0.999
    assert one(stats, Fit, "colors").p < 1e-9  # all six were asked for, and navy never came
    assert one(stats, Tally, "colors").possible == 6
    assert one(stats, Fit, "families").freedom == len(counted(stats, "families")) - 1


def test_where_the_registry_is_another_fonts_are_named_by_their_tokens(written: Written) -> None:
    digest = {"name": "core", "entries": 3, "sha256": "0" * 64}
    stats = stats_of(written([{}], {"levels": {"word": 1.0}}, registries=[digest]))
    assert counted(stats, "faces") == counted(stats, "families") == {"<font-5>": 1}
    assert one(stats, Tally, "faces").possible == 0
    assert [note.split(":")[0] for note in stats.notes] == ["fonts are named by their tokens"]


def test_an_index_that_lacks_a_column_is_told_without_it(written: Written) -> None:
    root = written([{}])
    index = Places(root).index
    pq.write_table(pq.read_table(index).drop_columns(["contrast_min"]), index)
    stats = stats_of(root)
    assert "contrast" not in {each.name for each in stats.answers}
    assert "this index has no column `contrast_min`" in stats.notes[-1]
    assert one(stats, Spread, "boxes").mean == 1.0


def test_null_rows_and_values_that_are_not_finite_are_no_values(written: Written) -> None:
    rows: list[Mapping[str, object]] = [
        {"contrast_min": float("inf"), "text": None, "font_tokens": None, "boxes": None},
        {"contrast_min": 4.0},
    ]
    stats = stats_of(written(rows))
    assert one(stats, Spread, "contrast").count == 1
    assert one(stats, Spread, "words").count == 1
    assert one(stats, Tally, "faces").total == 1


def test_the_columns_that_are_asked_for_are_those_of_the_index() -> None:
    from glyphdata.review.stats.surveys import surveys

    asked = {column for survey in surveys() for column in survey.columns}
    assert asked <= set(SCHEMA.names)
