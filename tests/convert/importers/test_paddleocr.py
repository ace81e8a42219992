"""PaddleOCR's lists, written here as its guide describes them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.convert.importers.sourcing import imported, photo, put, quads, read, samples, upright

POINTS = [[10, 10], [60, 10], [60, 30], [10, 30]]


def _line(name: str, *labels: object) -> str:
    return f"{name}\t{json.dumps(labels, ensure_ascii=False)}\n"


def test_texts_are_read_whatever_they_hold(tmp_path: Path) -> None:
    source = tmp_path / "s"
    put(source / "imgs" / "a b.jpg", photo())
    hostile = 'tab\t, comma, "quote" \\ 🙂'
    put(
        source / "Label.txt",
        b"\xef\xbb\xbf"
        + _line(
            "imgs/a b.jpg",
            {"transcription": hostile, "points": POINTS},
            {"transcription": "###", "points": POINTS, "difficult": True},
            {"transcription": "hard", "points": POINTS, "difficult": True},
            {"transcription": "", "points": POINTS},
        )
        .replace("\n", "\r\n")
        .encode(),
    )
    summary = imported("paddleocr", source, tmp_path / "out")
    assert dict(summary.rejections) == {"text-ignored": 3}
    record = samples(tmp_path / "out")["imgs/a b.jpg"]
    assert quads(record) == [(hostile, upright(10, 10, 60, 30))]
    assert record.facts["prompt"].startswith('Text "tab')


def test_outlines_of_many_corners_become_the_smallest_rectangle(tmp_path: Path) -> None:
    put(tmp_path / "s" / "a.jpg", photo())
    curve = [[10, 40], [30, 20], [50, 20], [70, 40], [70, 60], [50, 40], [30, 40], [10, 60]]
    put(
        tmp_path / "s" / "label.txt",
        _line("a.jpg", {"transcription": "arch", "points": curve}),
    )
    summary = imported("paddleocr", tmp_path / "s", tmp_path / "out")
    assert dict(summary.rejections) == {"outline-as-quad": 1}
    assert quads(samples(tmp_path / "out")["a.jpg"]) == [("arch", upright(10, 20, 70, 60))]


def test_paths_may_be_from_the_folder_above_the_list(tmp_path: Path) -> None:
    put(tmp_path / "train" / "imgs" / "a.jpg", photo())
    put(tmp_path / "train" / "lists" / "label.txt", _line("imgs/a.jpg"))
    assert list(read("paddleocr", tmp_path, 'lists="**/label.txt"')) == ["train/imgs/a.jpg"]


def test_a_line_that_is_no_json_costs_its_picture(tmp_path: Path) -> None:
    put(tmp_path / "label.txt", "a.jpg\tnonsense\nb.jpg\nc.jpg\t[]\n../d.jpg\t[]\n")
    found = read("paddleocr", tmp_path)
    assert [bool(found[name].fault) for name in found] == [True, True, False, True]


def test_a_first_line_without_its_tab_costs_itself_alone(tmp_path: Path) -> None:
    put(tmp_path / "images/a.jpg", photo())
    put(tmp_path / "Label.txt", f"images/{'x' * 5000}\nimages/a.jpg\t[]\n")
    broken, sound = read("paddleocr", tmp_path).values()
    assert "no JSON" in broken.fault
    assert sound.fault == ""
    assert sound.picture.path == "images/a.jpg"
