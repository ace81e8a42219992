"""AnyWord's JSON, read as the data sets of AnyText and AnyText2 read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.errors import InputError
from tests.convert.posing import HOSTILE, Truth, caption, posed, shipped, written


def lines_of(out: Path, side: int, place_holder: str = "*") -> list[dict[str, Any]]:
    """The pictures with their valid lines, in pixels of `side` × `side`, as a trainer sees them."""
    content = json.loads((out / "data.json").read_text())
    pictures = []
    for entry in content["data_list"]:
        if entry["wm_score"] > 1.0:
            continue
        valid = [one for one in entry["annotations"] if one["valid"] is not False]
        for one in valid:
            polygon = np.array(one["polygon"])
            assert polygon.dtype == np.int64  # OpenCV fills no others
            assert polygon.shape == (4, 2)
        pictures.append(
            {
                "path": out / content["data_root"] / entry["img_name"],
                "caption": entry["caption"].replace(place_holder, " "),
                "valid": valid,
                "all": entry["annotations"],
                "side": side,
            }
        )
    return pictures


def cell(corners: np.ndarray[Any, Any], width: int, height: int) -> int:
    """0 to 8, row by row: the ninth of the picture that the middle of the bounds lies in."""
    x, y = (corners.min(axis=0) + corners.max(axis=0)) / 2
    column = 0 if x < width / 3 else 1 if x < 2 * width / 3 else 2
    row = 0 if y < height / 3 else 1 if y < 2 * height / 3 else 2
    return 3 * row + column


def test_every_line_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("anyword", tmp_path / "out", "colors=true", of=thousand)
    pictures = lines_of(tmp_path / "out", 512)
    assert len(pictures) == 1000
    long = 0
    for picture, truth in zip(pictures, true, strict=True):
        assert picture["path"].read_bytes() == truth.members["jpg"]
        assert picture["caption"] == truth.members["txt"].decode().replace("*", " ")
        lines = [(box, line) for box in truth.boxes for line in box.lines]
        assert [one["text"] for one in picture["all"]] == [line.text.strip() for _, line in lines]
        assert len(picture["valid"]) == sum(len(line.text.strip()) <= 20 for _, line in lines)
        long += len(lines) - len(picture["valid"])
        size = np.array([truth.facts["width"], truth.facts["height"]])
        for told, (box, line) in zip(picture["all"], lines, strict=True):
            pixels = np.array(told["polygon"]) * size / 512
            assert np.abs(pixels - line.quad).max() <= 0.5
            assert told["pos"] == cell(line.quad, *size)
            assert told["color"] == [int(box.facts["color"][at : at + 2], 16) for at in (1, 3, 5)]
    assert made.skipped[0][1] == long > 0
    languages = {one["language"] for picture in pictures for one in picture["all"]}
    assert languages >= {"Latin", "Chinese", "Japanese", "Korean", "Arabic", "Hindi", "Greek"}


def test_pixels_of_the_picture_all_lines_valid_and_no_colours_where_asked(tmp_path: Path) -> None:
    picture = posed("k", "a line of more than twenty characters", width=160, height=80)
    folder = written("anyword", tmp_path, "side=0", "max_chars=0", of=[picture])
    (told,) = lines_of(tmp_path, 0)[0]["valid"]
    assert told == {
        "polygon": [[2, 2], [150, 2], [150, 10], [2, 10]],
        "text": "a line of more than twenty characters",
        "language": "Latin",
        "pos": 1,
        "valid": True,
    }
    assert not folder.skipped


def test_an_unknown_colour_is_the_one_that_anytext_2_passes_over(tmp_path: Path) -> None:
    written("anyword", tmp_path, "colors=true", of=[posed("k", "so", boxes=[{"color": ""}])])
    assert lines_of(tmp_path, 512)[0]["valid"][0]["color"] == [500, 500, 500]


def test_a_caption_of_a_level_with_and_without_placeholders(tmp_path: Path) -> None:
    told = [
        caption("a plain one", level=2),
        caption("A wall that reads “so*”, “é”.", (0, "so*"), (1, "é"), level=2, style="anytext"),
    ]
    picture = posed("k", "so*", "é", captions=told)
    written("anyword", tmp_path / "a", "level=2", of=[picture])
    assert lines_of(tmp_path / "a", 512)[0]["caption"] == "A wall that reads “so ”, “é”."
    written("anyword", tmp_path / "b", "level=2", "placeholders=true", of=[picture])
    said = json.loads((tmp_path / "b/data.json").read_text())["data_list"][0]["caption"]
    assert said == "A wall that reads *, *."
    with pytest.raises(InputError, match="has no anytext caption of level 3"):
        written("anyword", tmp_path / "c", "level=3", of=[picture])


def test_the_prompt_takes_placeholders_too(thousand: Path, tmp_path: Path) -> None:
    shipped("anyword", tmp_path / "out", "placeholders=true", of=thousand)
    for entry in json.loads((tmp_path / "out/data.json").read_text())["data_list"]:
        assert '"' not in entry["caption"]
        assert entry["caption"].startswith("Text * in <color-")


def test_hostile_texts_come_back_without_the_blanks_at_their_ends(tmp_path: Path) -> None:
    written("anyword", tmp_path, "max_chars=0", of=[posed("k", *HOSTILE, width=400, height=200)])
    told = [one["text"] for one in lines_of(tmp_path, 512)[0]["valid"]]
    assert told == [text.strip() for text in HOSTILE]


def test_a_picture_without_text_stays_a_picture(tmp_path: Path) -> None:
    written("anyword", tmp_path, of=[posed("k")])
    assert lines_of(tmp_path, 512)[0]["valid"] == []
