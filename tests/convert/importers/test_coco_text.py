"""COCO-Text's and TextOCR's JSON, written here as their APIs describe it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glyphdata.errors import InputError
from tests.convert.importers.sourcing import (
    imported,
    importer,
    photo,
    put,
    quads,
    read,
    samples,
    upright,
)


def _list(root: Path, anns: list[dict[str, Any]], imgs: list[dict[str, Any]]) -> Path:
    told = {
        "cats": {},
        "anns": {str(n): {"id": n, **one} for n, one in enumerate(anns)},
        "imgs": {str(one["id"]): one for one in imgs},
        "imgToAnns": {},
        "info": {},
    }
    put(root / "cocotext.v2.json", json.dumps(told))
    return root


IMAGE = {"id": 7, "file_name": "COCO_train2014_7.jpg", "set": "train", "width": 120, "height": 80}


def test_outlines_legibility_and_languages_are_read(tmp_path: Path) -> None:
    anns = [
        {"image_id": 7, "bbox": [10, 10, 50, 20], "utf8_string": "STOP", "language": "english"},
        {
            "image_id": 7,
            "mask": [10, 40, 60, 40, 60, 60, 10, 60],
            "bbox": [0, 0, 9, 9],
            "utf8_string": "Gare",
            "language": "not english",
            "legibility": "legible",
        },
        {"image_id": 7, "bbox": [80, 10, 20, 20], "utf8_string": "", "legibility": "illegible"},
        {"image_id": 7, "bbox": [80, 40, 20, 20], "utf8_string": ".", "legibility": "legible"},
    ]
    source = _list(tmp_path / "s", anns, [IMAGE])
    put(source / "train2014" / "COCO_train2014_7.jpg", photo())
    summary = imported("coco_text", source, tmp_path / "out")
    assert dict(summary.rejections) == {"text-ignored": 2}
    record = samples(tmp_path / "out")["COCO_train2014_7.jpg"]
    assert quads(record) == [
        ("STOP", upright(10, 10, 60, 30)),
        ("Gare", upright(10, 40, 60, 60)),
    ]
    assert [box["language"] for box in record.facts["boxes"]] == ["en", ""]


def test_textocr_is_read_too(tmp_path: Path) -> None:
    anns = [{"image_id": "x_1", "points": [1, 1, 9, 1, 9, 5, 1, 5], "utf8_string": "a"}]
    source = _list(tmp_path, anns, [{"id": "x_1", "file_name": "train/x_1.jpg"}])
    (label,) = read("coco_text", source)["train/x_1.jpg"].labels
    assert label.polygon == ((1, 1), (9, 1), (9, 5), (1, 5))


def test_a_split_takes_its_own_pictures(tmp_path: Path) -> None:
    source = _list(tmp_path, [], [IMAGE, {**IMAGE, "id": 8, "file_name": "b.jpg", "set": "val"}])
    assert list(read("coco_text", source, "split=val")) == ["b.jpg"]


def test_a_text_without_an_outline_costs_its_picture(tmp_path: Path) -> None:
    source = _list(tmp_path, [{"image_id": 7, "bbox": [1, 2], "utf8_string": "a"}], [IMAGE])
    assert "bbox has 2 numbers" in read("coco_text", source)["COCO_train2014_7.jpg"].fault


@pytest.mark.parametrize("content", ["[]", "{}", "{", '{"imgs": [], "anns": {}}'])
def test_what_is_no_such_list_is_refused(tmp_path: Path, content: str) -> None:
    put(tmp_path / "a.json", content)
    with pytest.raises(InputError, match=r"a\.json"):
        list(importer("coco_text").read(tmp_path))


def test_of_pictures_with_one_name_the_path_tells_which_is_meant(tmp_path: Path) -> None:
    names = ("train/1.jpg", "val/1.jpg", "1.jpg")
    images = [{"id": at, "file_name": name} for at, name in enumerate(names)]
    source = _list(tmp_path / "s", [], images)
    for name in names[:2]:
        put(source / name, photo())
    found = read("coco_text", source)
    assert found["val/1.jpg"].picture.path == "val/1.jpg"
    assert found["1.jpg"].fault == "its name is that of train/1.jpg and of val/1.jpg"
