"""Glyph-ByT5's file, read as its pretraining code reads it: a list of texts, styles and boxes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest

from glyphdata.errors import InputError
from tests.convert.posing import HOSTILE, Array, Truth, files, posed, shipped, written

Read = tuple[list[dict[str, Any]], dict[str, int], dict[str, int], Path]


@pytest.fixture(scope="module")
def read(thousand: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    out = tmp_path_factory.mktemp("glyph") / "out"
    shipped("glyph_byt5", out, of=thousand)
    return *(json.loads((out / f"{name}.json").read_text()) for name in NAMES), out  # type: ignore[return-value]


NAMES = ("pretraining", "font_idx", "color_idx")


def turned(bbox: list[float], scale: float) -> Array:
    """The corners of x, y, width, height, angle in pixels, turned clockwise about its middle."""
    x, y, width, height = np.array(bbox[:4]) / scale
    turn = np.radians(bbox[4])
    middle = np.array([x + width / 2, y + height / 2])
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)]) - middle
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return corners @ spin.T + middle


def test_every_box_of_a_thousand_comes_back(read: Read, true: tuple[Truth, ...]) -> None:
    records, fonts, colors, out = read
    assert len(records) == len(true) == 1000
    for record, truth in zip(records, true, strict=True):
        assert [normalize("NFC", text) for text in record["texts"]] == [
            normalize("NFC", box.text) for box in truth.boxes
        ]
        assert record["prompt"] == truth.facts["prompt"]
        assert (out / record["image"]).read_bytes() == truth.members["jpg"]
        scale = 1645 / max(record["width"], record["height"])
        told = zip(record["bbox"], record["styles"], record["color_ids"], strict=True)
        for (bbox, style, color), box in zip(told, truth.boxes, strict=True):
            assert np.abs(turned(bbox, scale) - box.quad).max() <= 0.5
            assert style["color"] == box.facts["color"]
            assert fonts[style["font-family"]] == box.facts["font_token"]
            assert color == box.facts["color_token"] == colors[box.facts["color_name"]]


def test_ids_are_dense_and_those_of_the_tokens(read: Read) -> None:
    _, fonts, colors, _ = read
    assert sorted(fonts.values()) == list(range(len(fonts)))
    assert (len(colors), colors["white"], colors["springgreen"]) == (138, 0, 137)


def test_their_table_names_the_faces_and_what_it_lacks_is_left_out(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    table = tmp_path / "font_idx_512.json"
    table.write_text(json.dumps({"Nobody-Regular": 0, "Montserrat Thin": 7, "Lobster": 3}))
    made = shipped("glyph_byt5", tmp_path / "out", f"table={table}", of=thousand)
    records = json.loads((tmp_path / "out/pretraining.json").read_text())
    names = {"Montserrat Thin": (7, "Montserrat", "Thin"), "Lobster": (3, "Lobster", "Regular")}
    wanted = [
        (truth.key, box.text)
        for truth in true
        for box in truth.boxes
        if (box.facts["face"]["family"], box.facts["face"]["style"])
        in {(family, style) for _, family, style in names.values()}
    ]
    assert wanted
    found = []
    for record in records:
        styles = zip(record["texts"], record["styles"], record["font_ids"], strict=True)
        for text, style, number in styles:
            found.append((record["key"], text))
            assert number == names[style["font-family"]][0]
            assert f"<font-{number}>" in record["prompt"]
    assert found == wanted
    boxes = sum(len(truth.boxes) for truth in true)
    left_out = {reason: count for reason, count, _ in made.skipped}
    assert left_out["text in a face that the table lacks"] == boxes - len(wanted)
    assert left_out["picture without text"] == 1000 - len(records)
    assert json.loads((tmp_path / "out/font_idx.json").read_text())["Nobody-Regular"] == 0


def test_a_table_of_none_of_our_faces_or_of_no_file_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.json"
    with pytest.raises(InputError, match="cannot read"):
        written("glyph_byt5", tmp_path / "a", f"table={table}", of=[posed("k", "so")])
    table.write_text('{"Nobody-Regular": 0}')
    with pytest.raises(InputError, match="names none of our faces"):
        written("glyph_byt5", tmp_path / "b", f"table={table}", of=[posed("k", "so")])


def test_hostile_texts_stand_in_the_json_as_they_are(tmp_path: Path) -> None:
    written("glyph_byt5", tmp_path, of=[posed("k", *HOSTILE, width=400, height=200)])
    assert json.loads((tmp_path / "pretraining.json").read_bytes())[0]["texts"] == list(HOSTILE)


def test_unknown_styles_are_null_and_the_prompt_has_none(tmp_path: Path) -> None:
    unknown = {"font_token": -1, "color_token": -1, "color": ""}
    unknown["face"] = {"token": -1, "family": "", "style": ""}  # type: ignore[assignment]
    written("glyph_byt5", tmp_path, of=[posed("k", "so", boxes=[unknown])])
    (record,) = json.loads((tmp_path / "pretraining.json").read_text())
    assert record["styles"] == [{"color": None, "font-family": None}]
    assert record["prompt"] == 'Text "so". '


def test_a_picture_without_text_is_left_out_by_name(tmp_path: Path) -> None:
    folder = written("glyph_byt5", tmp_path, of=[posed("empty"), posed("full", "so")])
    assert folder.skipped == {"picture without text": 1}
    assert folder.examples == {"picture without text": "empty"}
    assert "images/empty.jpg" not in files(tmp_path)


def test_a_text_in_perspective_is_written_upright_and_counted(tmp_path: Path) -> None:
    tilted = {"quad": [10.0, 10.0, 50.0, 14.0, 48.0, 40.0, 10.0, 30.0], "bbox": [10, 10, 50, 40]}
    folder = written("glyph_byt5", tmp_path, "canvas=64", of=[posed("k", "so", boxes=[tilted])])
    (record,) = json.loads((tmp_path / "pretraining.json").read_text())
    assert record["bbox"] == [[10.0, 10.0, 40.0, 30.0, 0.0]]
    assert sum(folder.skipped.values()) == 1


def test_tokens_of_another_registry_are_refused(tmp_path: Path) -> None:
    other = {"face": {"token": 0, "family": "Nobody", "style": "Regular"}}
    with pytest.raises(InputError, match=r"<font-0> is Abril Fatface Regular here, and Nobody"):
        written("glyph_byt5", tmp_path, of=[posed("k", "so", boxes=[other])])
