"""Rich text, read as a Quill document: runs of text with attributes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.convert.posing import HOSTILE, Truth, caption, posed, shipped, written

Document = dict[str, Any]


def read(out: Path) -> list[Document]:
    return [json.loads(line) for line in (out / "richtext.jsonl").read_text().split("\n") if line]


def runs(document: Document) -> list[tuple[str, Document]]:
    """The runs with attributes; every operation inserts a text that is not empty."""
    for one in document["ops"]:
        assert set(one) <= {"insert", "attributes"}
        assert isinstance(one["insert"], str)
        assert one["insert"]
    return [(one["insert"], one["attributes"]) for one in document["ops"] if "attributes" in one]


def test_every_text_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    shipped("richtext", tmp_path / "out", of=thousand)
    documents = read(tmp_path / "out")
    assert len(documents) == 1000
    for document, truth in zip(documents, true, strict=True):
        assert (tmp_path / "out" / document["image"]).read_bytes() == truth.members["jpg"]
        plain = "".join(one["insert"] for one in document["ops"])
        assert plain == "".join(f"{box.text}\n" for box in truth.boxes)
        for (text, told), box in zip(runs(document), truth.boxes, strict=True):
            face = box.facts["face"]
            assert text == box.text
            assert told["font"] == f"{face['family']} {face['style']}"
            assert told["color"] == box.facts["color"]
            assert float(told["size"].removesuffix("px")) == box.facts["size_px"]
            assert np.abs(np.array(told["quad"]).reshape(4, 2) - box.quad).max() <= 0.5
            assert told["box"] == box.facts["id"]


def test_a_captions_quoted_texts_are_runs_and_the_others_follow(tmp_path: Path) -> None:
    said = "A wäll says “on”, then “so”, “on” again."
    told = caption(said, (1, "on"), (0, "so"), level=3)
    start = said.encode().rindex(b"on")
    told["mentions"].append({"ref": 1, "start": start, "end": start + 2, "status": "exact"})
    picture = posed("k", "so", "on", "left", captions=[told])
    written("richtext", tmp_path, "level=3", of=[picture])
    (document,) = read(tmp_path)
    assert "".join(one["insert"] for one in document["ops"]) == f"{said}\nleft\n"
    assert [(text, one["box"]) for text, one in runs(document)] == [
        ("on", 1),
        ("so", 0),
        ("left", 2),
    ]


def test_a_text_quoted_in_other_letters_keeps_the_captions(tmp_path: Path) -> None:
    told = caption("It says SO.", (0, "SO"), level=1)
    told["mentions"][0]["status"] = "case"
    written("richtext", tmp_path, "level=1", of=[posed("k", "so", captions=[told])])
    assert [text for text, _ in runs(read(tmp_path)[0])] == ["SO"]


def test_fonts_sizes_and_what_is_unknown_are_left_out(tmp_path: Path) -> None:
    unknown = {"color": "", "face": {"token": -1, "family": "", "style": ""}}
    pictures = [posed("k", "so"), posed("l", "so", boxes=[unknown])]
    written("richtext", tmp_path, "fonts=false", "sizes=false", of=pictures)
    first, second = read(tmp_path)
    assert set(runs(first)[0][1]) == {"color", "quad", "box"}
    assert set(runs(second)[0][1]) == {"quad", "box"}


def test_hostile_texts_and_no_texts_come_back(tmp_path: Path) -> None:
    pictures = [posed("k", *HOSTILE, width=400, height=200), posed("empty")]
    written("richtext", tmp_path, of=pictures)
    first, second = read(tmp_path)
    assert [text for text, _ in runs(first)] == list(HOSTILE)
    assert second["ops"] == []
