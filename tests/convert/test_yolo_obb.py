"""YOLO's oriented boxes, read and checked as Ultralytics reads and checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from glyphdata.errors import InputError
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Truth, files, posed, written


def boxes(content: bytes) -> np.ndarray[Any, Any]:
    """Class and eight shares of each line; whatever the loader drops a picture for fails."""
    rows = [line.split() for line in content.decode().strip().splitlines()]
    found = np.array(rows, np.float32).reshape(-1, 9)
    assert found.min(initial=0) >= 0 and found[:, 1:].max(initial=0) <= 1
    return found


def test_every_word_of_a_thousand_pictures_is_read_back(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    assert ship("yolo_obb").skipped == ()
    out = files(tmp_path / "out")
    told = yaml.safe_load(out["data.yaml"])
    assert told == {"train": "images", "val": "images", "names": {0: "text"}}
    assert len(out) == 1 + 2 * len(true)
    for truth in true:
        # the loader puts `labels` for `images`, and `txt` for the extension
        assert out[f"images/{truth.key}.jpg"] == truth.members["jpg"]
        found = boxes(out[f"labels/{truth.key}.txt"])
        assert (found[:, 0] == 0).all()
        quads = found[:, 1:].reshape(-1, 4, 2) * (192, 128)
        assert np.abs(quads - np.stack([word.quad for _, word in truth.words])).max() < 0.001


def test_corners_outside_are_put_at_the_edge_and_counted(tmp_path: Path) -> None:
    quad = [-3.0, 60.0, 40.0, 60.0, 40.0, 70.0, -3.0, 70.0]
    folder = written("yolo_obb", tmp_path, "unit=box", of=[posed("a", "x", boxes=[{"quad": quad}])])
    found = boxes((tmp_path / "labels/a.txt").read_bytes())
    assert (found[0, 1:] * 64).tolist() == [0, 60, 40, 60, 40, 64, 0, 64]
    assert dict(folder.skipped) == {"corner outside the picture, put at its edge": 1}


def test_languages_are_classes_and_a_picture_without_text_is_background(tmp_path: Path) -> None:
    languages: list[dict[str, Any]] = [{"language": "th"}, {"language": "en"}, {"language": "th"}]
    pictures = [posed("a", "x", "y", "z", boxes=languages), posed("b"), posed("c", *HOSTILE[:5])]
    written("yolo_obb", tmp_path, "unit=box", "classes=language", of=pictures)
    assert boxes((tmp_path / "labels/a.txt").read_bytes())[:, 0].tolist() == [0, 1, 0]
    assert (tmp_path / "labels/b.txt").read_bytes() == b""
    assert len(boxes((tmp_path / "labels/c.txt").read_bytes())) == 5
    assert yaml.safe_load((tmp_path / "data.yaml").read_bytes())["names"] == {0: "th", 1: "en"}


def test_only_boxes_can_be_told_without_layout(ship: Ship, bare: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no layout\.json"):
        ship("yolo_obb", of=bare)
    assert ship("yolo_obb", "unit=box", of=bare).samples == 3
