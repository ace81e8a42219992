"""Groups: an original and its near-misses, in the same places, all different, kept together."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.errors import RecipeError, Rejection
from glyphdata.factory import Encoded, Factory
from glyphdata.generation import generate
from glyphdata.parts.phrase import Phrase, edited
from glyphdata.recipe import Recipe
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Scene
from glyphdata.scenes import Scenes
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Key

ROOT = Path(__file__).parent
COUNT = 15
GROUPS = 12

BASE: dict[str, Any] = {
    "name": "groups",
    "seed": 3,
    "samples": 1000,
    "shard": {"samples": 5},
    "canvas": {"width": 224, "height": 224},
    "levels": {"word": 0.4, "sentence": 0.6},
    "boxes": {"count": [1, 3], "size_px": [10, 60], "angle_deg": [-20, 20], "turned": 0.3},
    "texts": [
        *({"kind": "words", "language": language} for language in ("en", "de", "ru", "ar", "zh")),
        *({"kind": "sentences", "language": language} for language in ("en", "th", "hi", "ko")),
    ],
    "backgrounds": [{"kind": "black"}, {"kind": "gradient"}, {"kind": "noise"}],
    "variants": {"count": COUNT},
}


def recipe_of(**changed: Any) -> Recipe:
    return Recipe.from_resolved({**BASE, **changed}, ROOT)


def scenes_of(recipe: Recipe, groups: int = GROUPS) -> list[list[Scene]]:
    made = Scenes(recipe)
    return [made.made(index, lambda sample: sample.scene) for index in range(groups)]


@pytest.fixture(scope="module")
def groups() -> list[list[Scene]]:
    return scenes_of(recipe_of())


def test_a_group_is_the_original_and_as_many_variants_as_asked(groups: list[list[Scene]]) -> None:
    for index, group in enumerate(groups):
        assert [scene.variant for scene in group] == list(range(COUNT + 1))
        assert {scene.index for scene in group} == {index}


def test_all_of_a_group_differ_box_by_box(groups: list[list[Scene]]) -> None:
    for group in groups:
        for boxes in zip(*(scene.boxes for scene in group), strict=True):
            looks = [(box.text, box.face.token, box.ink.token) for box in boxes]
            assert len(set(looks)) == COUNT + 1


def test_a_variant_changes_one_thing_of_each_box(groups: list[list[Scene]]) -> None:
    for original, *variants in groups:
        for variant in variants:
            for before, after in zip(original.boxes, variant.boxes, strict=True):
                changed = [
                    before.text != after.text,
                    before.face != after.face,
                    before.ink != after.ink,
                ]
                assert sum(changed) == 1
                assert bool(after.edits) == changed[0]


def test_a_variant_keeps_the_layout_and_the_ground(groups: list[list[Scene]]) -> None:
    for original, *variants in groups:
        for variant in variants:
            assert variant.background == original.background
            assert [box.quad for box in variant.boxes] == [box.quad for box in original.boxes]
            for before, after in zip(original.boxes, variant.boxes, strict=True):
                assert after.size_px <= before.size_px
                assert after.source_text == before.text


def test_an_edit_says_how_the_text_came_about(groups: list[list[Scene]]) -> None:
    seen = Counter()
    for original, *variants in groups:
        for variant in variants:
            for before, after in zip(original.boxes, variant.boxes, strict=True):
                for edit in after.edits:
                    phrase = Phrase.of(before.text, before.language)
                    assert edited(phrase, edit) == after.text
                    seen[edit.kind] += 1
    assert len(seen) >= 6


def test_sorts_come_as_often_as_the_recipe_says() -> None:
    texts = [{"kind": "words", "language": "en", "count": [2, 4]}]
    group = scenes_of(recipe_of(texts=texts, levels={"sentence": 1}), 60)
    sorts: Counter[str] = Counter()
    for original, *variants in group:
        for variant in variants:
            for before, after in zip(original.boxes, variant.boxes, strict=True):
                sorts[
                    "text" if after.edits else "font" if after.face != before.face else "color"
                ] += 1
    total = sum(sorts.values())
    assert total > 1000
    assert abs(sorts["text"] / total - 0.85) < 0.03
    assert abs(sorts["font"] / total - 0.10) < 0.03
    assert abs(sorts["color"] / total - 0.05) < 0.02


def test_together_all_boxes_of_a_variant_change_in_the_same_way() -> None:
    def sort_of(before: Any, after: Any) -> str:
        return "text" if after.edits else "font" if after.face != before.face else "color"

    def sorts(per: str) -> list[list[set[str]]]:
        recipe = recipe_of(
            variants={"count": 8, "font": 0.4, "color": 0.3, "per": per},
            boxes={"count": 3},
            texts=[{"kind": "sentences", "language": "en"}],
            levels={"sentence": 1},
        )
        return [
            [
                {sort_of(*pair) for pair in zip(original.boxes, variant.boxes, strict=True)}
                for variant in variants
            ]
            for original, *variants in scenes_of(recipe, 8)
        ]

    assert any(len(kinds) > 1 for group in sorts("box") for kinds in group)
    by_variant = sorts("variant")
    assert sum(len(kinds) > 1 for group in by_variant for kinds in group) <= 2
    assert any(len(set().union(*group)) > 1 for group in by_variant)
    by_group = sorts("group")
    assert sum(len(set().union(*group)) == 1 for group in by_group) >= 7


def test_variants_are_a_function_of_the_index_alone(groups: list[list[Scene]]) -> None:
    again = Scenes(recipe_of())
    for index in reversed(range(GROUPS)):
        assert again.made(index, lambda sample: sample.scene) == groups[index]
        assert again[index] == groups[index][0]


def test_no_variant_is_drawn_like_its_original() -> None:
    def kept(sample: Sample) -> np.ndarray:
        return sample.pixels.copy()

    made = Scenes(recipe_of())
    for index in range(GROUPS):
        original, *variants = made.made(index, kept)
        for variant in variants:
            assert (original != variant).any()


def encoded(group: list[Encoded]) -> list[dict[str, bytes]]:
    return [dict(one.members) for one in group]


def test_facts_name_the_group_and_the_edit() -> None:
    group = Factory(recipe_of()).group(7)
    facts = [json.loads(members["json"]) for members in encoded(group)]
    assert [one["key"] for one in facts] == [f"000001-0002-{n:02d}" for n in range(COUNT + 1)]
    assert {one["group"] for one in facts} == {"000001-0002"}
    assert [one["variant"] for one in facts] == list(range(COUNT + 1))
    assert not any(box["edits"] for box in facts[0]["boxes"])
    changed = [box for one in facts[1:] for box in one["boxes"] if box["edits"]]
    assert changed
    for box in changed:
        assert box["text"] != box["source_text"]
        assert set(box["edits"][0]) == {"kind", "unit", "position", "before", "after"}


def test_groups_stand_whole_in_their_shard(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = generate(recipe_of(samples=12), out, workers=2)
    assert summary.samples == 12 * (COUNT + 1)
    keys = [Key.parse(key) for key in list(Dataset(out).keys())]
    assert keys == sorted(keys)
    assert Counter((key.shard, key.place) for key in keys) == {
        divmod(index, 5): COUNT + 1 for index in range(12)
    }
    again = tmp_path / "again"
    generate(recipe_of(samples=12), again, workers=0)
    assert (out / "SHA256SUMS").read_bytes() == (again / "SHA256SUMS").read_bytes()


def test_negatives_can_be_written_without_being_drawn() -> None:
    recipe = recipe_of(variants={"count": 6, "rendered": False}, levels={"sentence": 1})
    for index in range(8):
        group = Factory(recipe).group(index)
        assert len(group) == 1
        facts = json.loads(dict(group[0].members)["json"])
        assert facts["key"] == f"{index // 5:06d}-{index % 5:04d}"
        for box in facts["boxes"]:
            assert len(set(box["negatives"])) == 6
            assert box["text"] not in box["negatives"]


def test_a_text_without_a_further_near_miss_is_counted_and_drawn_again() -> None:
    starved = recipe_of(
        texts=[{"kind": "charset", "alphabet": "A", "length": [1, 1]}],
        levels={"word": 1},
        boxes={"count": 1, "size_px": [20, 40]},
        faces={"families": ["Lora"]},
        colors={"names": ["white"]},
        backgrounds=[{"kind": "black"}],
        variants={"count": 4, "edits": {"drop": 1}, "font": 0, "color": 0},
    )
    with pytest.raises(Rejection) as caught:
        Factory(starved).group(0)
    assert caught.value.reason == "no-scene"
    assert "no-variant" in caught.value.earlier
    assert "no-edit" in caught.value.earlier


def test_a_recipe_names_edits_there_are() -> None:
    with pytest.raises(RecipeError) as caught:
        recipe_of(variants={"count": 3, "edits": {"replcae": 1}})
    assert "did you mean 'replace'?" in str(caught.value)
    with pytest.raises(RecipeError) as caught:
        recipe_of(variants={"count": 3, "font": 0.7, "color": 0.6})
    assert "make up more than 1" in str(caught.value)
