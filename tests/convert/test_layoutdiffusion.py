"""LayoutDiffusion's slots and its COCO file, read as the model and its loader read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.errors import RecipeError
from tests.convert.posing import HOSTILE, Truth, posed, shipped, written


def read(out: Path) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """The layouts, the COCO file and the vocabulary."""
    layouts = [json.loads(line) for line in (out / "layouts.jsonl").read_text().splitlines()]
    instances = json.loads((out / "instances.json").read_text())
    return layouts, instances, json.loads((out / "vocab.json").read_text())


def test_every_box_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("layoutdiffusion", tmp_path / "out", "classes=level", of=thousand)
    assert made.skipped == ()
    layouts, instances, vocabulary = read(tmp_path / "out")
    names = vocabulary["object_idx_to_name"]
    by_image: dict[int, list[Any]] = {one["id"]: [] for one in instances["images"]}
    for one in instances["annotations"]:
        by_image[one["image_id"]].append(one)
    assert len(layouts) == len(by_image) == 1000
    for layout, image, truth in zip(layouts, instances["images"], true, strict=True):
        assert layout["filename"] == image["file_name"] == f"{truth.key}.jpg"
        assert (tmp_path / "out/images" / image["file_name"]).read_bytes() == truth.members["jpg"]
        size = np.array([truth.facts["width"], truth.facts["height"]] * 2)
        assert [image["width"], image["height"]] == size[:2].tolist()
        bbox, kinds = np.array(layout["obj_bbox"]), np.array(layout["obj_class"])
        valid = np.array(layout["is_valid_obj"])
        assert (bbox.shape, kinds.shape, valid.shape) == ((10, 4), (10,), (10,))
        count = len(truth.boxes)
        assert valid.tolist() == [1] * (1 + count) + [0] * (9 - count)
        assert (bbox[0].tolist(), kinds[0]) == ([0, 0, 1, 1], 0)
        assert (bbox[1 + count :].max(initial=0), set(kinds[1 + count :])) == (0, {184})
        assert [names[kind] for kind in kinds] == layout["obj_class_name"]
        boxes = zip(truth.boxes, bbox[1:] * size, kinds[1:], by_image[image["id"]], strict=False)
        for box, ours, kind, one in boxes:
            wanted = np.concatenate((box.quad.min(axis=0), box.quad.max(axis=0)))
            wanted = np.clip(wanted, 0, size)
            x, y, width, height = one["bbox"]
            assert np.abs(ours - wanted).max() <= 0.5
            assert np.abs(np.array([x, y, x + width, y + height]) - wanted).max() <= 0.5
            assert names[kind] == names[one["category_id"]] == box.facts["level"]
            assert one["area"] == pytest.approx(width * height)
        assert len(by_image[image["id"]]) == count


def test_the_vocabulary_is_the_one_that_the_loader_would_make(tmp_path: Path) -> None:
    written("layoutdiffusion", tmp_path, of=[posed("k", "so")])
    _, instances, vocabulary = read(tmp_path)
    numbers = {one["name"]: one["id"] for one in instances["categories"]}
    numbers |= {"__image__": 0, "__null__": 184}
    names = ["__null__"] * 185
    for name, number in numbers.items():
        names[number] = name
    assert vocabulary == {"object_name_to_idx": numbers, "object_idx_to_name": names}


def test_of_more_texts_than_slots_the_largest_are_taken(tmp_path: Path) -> None:
    picture = posed("k", "xx", "x", "xxx", "x", width=64)
    folder = written("layoutdiffusion", tmp_path, "slots=2", "null=9", of=[picture])
    (layout,), instances, _ = read(tmp_path)
    assert layout["num_obj"] == 2
    assert layout["obj_class"] == [0, 1, 1, 9]
    assert [one[1] * 64 for one in layout["obj_bbox"][1:3]] == [2, 22]
    assert len(instances["annotations"]) == 4
    assert folder.skipped == {"text beyond the slots of a layout": 2}


def test_a_null_that_is_the_class_of_a_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="2 is the class of a text"):
        written("layoutdiffusion", tmp_path, "classes=level", "null=2", of=[])


def test_hostile_texts_and_no_texts_are_layouts_too(tmp_path: Path) -> None:
    pictures = [posed("k", *HOSTILE, width=400, height=200), posed("empty")]
    written("layoutdiffusion", tmp_path, "slots=30", of=pictures)
    first, second = read(tmp_path)[0]
    assert (first["num_obj"], second["num_obj"]) == (len(HOSTILE), 0)
    assert second["obj_class"] == [0] + [184] * 31
