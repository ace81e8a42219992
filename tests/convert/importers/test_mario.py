"""MARIO-10M's folders, written here as TextDiffuser's page describes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.convert.importers.sourcing import imported, photo, put, quads, read, samples, upright


def _picture(root: Path, name: str, ocr: str | bytes, caption: str = "a poster") -> Path:
    here = root / name[:5] / name
    put(here / "image.jpg", photo(120, 80))
    put(here / "caption.txt", caption)
    put(here / "ocr.txt", ocr)
    put(here / "info.json", json.dumps({"LICENSE": "?", "caption": caption}))
    return here


def test_texts_are_turned_upright_whatever_corner_comes_first(tmp_path: Path) -> None:
    ocr = "HELLO 10,30,10,10,60,10,60,30 0.98\nbeside 70,10,110,10,110,20,70,20 0.5\n\n"
    _picture(tmp_path / "s", "062690093", ocr, "two  words\non a poster\n")
    imported("mario", tmp_path / "s", tmp_path / "out", "size=0")
    record = samples(tmp_path / "out")["06269/062690093"]
    assert quads(record) == [
        ("HELLO", upright(10, 10, 60, 30)),
        ("beside", upright(70, 10, 110, 20)),
    ]
    assert record.text == "two words on a poster"
    (caption,) = record.captions["captions"]
    assert (caption["source"], caption["text"]) == ("source", record.text)


def test_boxes_are_told_in_a_square_however_large_the_picture_is(tmp_path: Path) -> None:
    _picture(tmp_path / "s", "062690093", "HELLO 256,128,512,128,512,256,256,256 1.0\n")
    imported("mario", tmp_path / "s", tmp_path / "out")
    record = samples(tmp_path / "out")["06269/062690093"]
    assert quads(record) == [("HELLO", upright(60, 20, 120, 40))]


def test_unsure_texts_are_ignored(tmp_path: Path) -> None:
    _picture(tmp_path, "000010001", "sure 1,1,50,1,50,9,1,9 0.9\nno 1,20,50,20,50,30,1,30 0.2\n")
    labels = read("mario", tmp_path, "confidence=0.5")["00001/000010001"].labels
    assert [one.ignored for one in labels] == [False, True]


def test_a_licence_that_is_told_is_kept(tmp_path: Path) -> None:
    put(_picture(tmp_path, "000010001", "") / "info.json", json.dumps({"LICENSE": "CC-BY"}))
    assert read("mario", tmp_path)["00001/000010001"].license == "CC-BY"


@pytest.mark.parametrize(
    ("ocr", "said"),
    [
        ("HELLO 1,2,3 0.5", "a box has 3 numbers"),
        ("HELLO", "is no text, box and confidence"),
        ("HELLO 1,1,50,1,50,9,1,9 sure", "'sure' for a number"),
        (b"\xff 1,1,50,1,50,9,1,9 1", "ocr.txt is no UTF-8"),
    ],
)
def test_a_broken_list_of_texts_costs_its_picture(
    tmp_path: Path, ocr: str | bytes, said: str
) -> None:
    _picture(tmp_path, "000010001", ocr)
    assert said in read("mario", tmp_path)["00001/000010001"].fault
