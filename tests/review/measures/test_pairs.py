"""What was asked for beside what was read: from lines, from a dataset, from pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from glyphdata.errors import InputError
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.measures.pairs import Pair, pairs
from glyphdata.review.measures.reading import read
from glyphdata.shards.dataset import Dataset

RECIPE = """
name: small
samples: 3
canvas: {width: 160, height: 96}
boxes: {count: 2, size_px: [12, 16]}
levels: {word: 1}
texts: [{kind: charset, length: 3}]
backgrounds: [{kind: black}]
"""


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_pictures_are_joined_by_their_keys(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", {"key": "a", "text": "x"}, {"key": "b", "text": "y"})
    seen = lines(tmp_path / "r", {"key": "b", "text": "Y"}, {"key": "c", "text": "z"})
    found = pairs(truth, seen)
    assert found.pairs == (Pair("a", None, "x", ""), Pair("b", None, "y", "Y"))
    assert (found.unread, found.unasked) == (1, 1)


def test_lines_are_compared_one_by_one_where_both_number_them(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", *({"key": "a", "box": n, "text": f"t{n}"} for n in range(2)))
    seen = lines(tmp_path / "r", {"key": "a", "box": 1, "text": "t1", "score": 0.9})
    assert pairs(truth, seen).pairs == (Pair("a", 0, "t0", ""), Pair("a", 1, "t1", "t1"))


def test_lines_that_were_read_whole_are_asked_for_whole(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", *({"key": "a", "box": n, "text": f"t{n}"} for n in range(2)))
    seen = lines(tmp_path / "r", {"key": "a", "text": "t0 t1"})
    assert pairs(truth, seen).pairs == (Pair("a", None, "t0\nt1", "t0 t1"),)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"key": "a"}', "not a text with its key"),
        ('{"key": 3, "text": "x"}', "not a text with its key"),
        ('{"key": "a", "text": "x", "box": true}', "not a text with its key"),
        ('["a", "x"]', "not a text with its key"),
        ("{key: a}", "no JSON"),
    ],
)
def test_a_line_that_is_no_text_is_named_with_its_number(
    tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "r").write_text('{"key": "a", "text": "x"}\n\n' + line + "\n")
    with pytest.raises(InputError, match=told) as fault:
        pairs(tmp_path / "r", tmp_path / "r")
    assert fault.value.trail == (f"{tmp_path / 'r'}:3",)
    assert fault.value.hint


def test_a_place_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", {"key": "a", "text": "x"}, {"key": "a", "text": "y"})
    with pytest.raises(InputError, match="twice"):
        pairs(truth, truth)


def test_two_sides_without_a_key_in_common_are_refused(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", {"key": "a", "text": "x"})
    with pytest.raises(InputError, match="no key in common"):
        pairs(truth, lines(tmp_path / "r", {"key": "b", "text": "x"}))


def test_missing_and_empty_files_are_told_of(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t", {"key": "a", "text": "x"})
    with pytest.raises(InputError, match="cannot be read"):
        pairs(truth, tmp_path / "nowhere")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InputError, match="holds no texts"):
        pairs(truth, tmp_path / "empty")


def test_a_dataset_is_its_own_truth_box_by_box_and_whole(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(RECIPE)
    generate(load_recipe(tmp_path / "small.yaml"), tmp_path / "out", workers=0)
    record = Dataset(tmp_path / "out")[1]
    said = [box["text"] for box in record.facts["boxes"]]
    assert len(said) == 2
    by_box = pairs(tmp_path / "out", {(record.key, 1): "?"})
    assert by_box.pairs[3] == Pair(record.key, 1, said[1], "?")
    assert (len(by_box.pairs), by_box.unread) == (6, 5)
    whole = pairs(tmp_path / "out", {(record.key, None): "?"})
    assert whole.pairs[1] == Pair(record.key, None, "\n".join(said), "?")
    assert len(whole.pairs) == 3


def test_tesseract_reads_plain_words_and_an_empty_page(tmp_path: Path) -> None:
    for name, text in (("a", "HOUSE"), ("b", ""), ("c", "window")):
        page = Image.new("L", (320, 120), 255)
        ImageDraw.Draw(page).text((40, 30), text, 0, ImageFont.load_default(44))
        page.save(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    assert read(tmp_path, mode=6) == {("a", None): "HOUSE", ("b", None): "", ("c", None): "window"}


def test_folders_without_readable_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no pictures"):
        read(tmp_path)
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="tesseract gave"):
        read(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match="one key"):
        read(tmp_path)


def test_a_machine_without_tesseract_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("L", (60, 20)).save(tmp_path / "a.png")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="no `tesseract`"):
        read(tmp_path)
