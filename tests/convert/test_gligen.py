"""GLIGEN's records and grounding, read as its pipeline and its scripts read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.errors import InputError, RecipeError
from tests.convert.posing import HOSTILE, Truth, caption, posed, shipped, written

Rows = list[dict[str, Any]]


def read(out: Path) -> tuple[Rows, Rows, dict[int, Rows]]:
    """The records, the images of the grounding, and the annotations of each by its id."""
    records = [json.loads(line) for line in (out / "records.jsonl").read_text().split("\n") if line]
    content = json.loads((out / "grounding.json").read_text())
    images, annotations = content["images"], content["annotations"]
    for rows in (images, annotations):
        assert len({one["id"] for one in rows}) == len(rows)
    by_image: dict[int, Rows] = {one["id"]: [] for one in images}
    for one in annotations:
        by_image[one["image_id"]].append(one)
    return records, images, by_image


def positive(annotation: dict[str, Any], said: str) -> str:
    """The words of the caption that an annotation is about, as the script joins them."""
    return " ".join(said[start:end] for start, end in annotation["tokens_positive"])


def seen(truth: Truth) -> list[Any]:
    """The boxes that the picture shows some of, with their bounds cut at its edge."""
    width, height = truth.facts["width"], truth.facts["height"]
    found = []
    for box in truth.boxes:
        (left, top), (right, bottom) = box.quad.min(axis=0), box.quad.max(axis=0)
        cut = [max(left, 0), max(top, 0), min(right, width), min(bottom, height)]
        if cut[0] < cut[2] and cut[1] < cut[3]:
            found.append((box, np.array(cut, float)))
    return found


def test_every_box_of_a_thousand_comes_back(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("gligen", tmp_path / "out", of=thousand)
    assert made.skipped == ()
    records, images, by_image = read(tmp_path / "out")
    assert len(records) == len(images) == 1000
    for record, image, truth in zip(records, images, true, strict=True):
        assert record["file_name"] == image["file_name"] == f"{truth.key}.jpg"
        assert (tmp_path / "out/images" / image["file_name"]).read_bytes() == truth.members["jpg"]
        assert record["prompt"] == image["caption"] == truth.members["txt"].decode()
        size = np.array([truth.facts["width"], truth.facts["height"]] * 2)
        boxes = seen(truth)
        assert record["phrases"] == [box.text for box, _ in boxes]
        for where, (_, bounds) in zip(record["locations"], boxes, strict=True):
            assert 0 <= min(where) <= max(where) <= 1
            assert np.abs(np.array(where) * size - bounds).max() <= 0.5
        for one, (box, bounds) in zip(by_image[image["id"]], boxes, strict=True):
            x, y, width, height = one["bbox"]
            assert np.abs(np.array([x, y, x + width, y + height]) - bounds).max() <= 0.5
            assert re.sub(r"\\(.)", r"\1", positive(one, image["caption"])) == box.text


def test_a_text_that_is_escaped_in_the_prompt_is_found_there(tmp_path: Path) -> None:
    said = 'Text "so \\"it\\" is" in <color-1>, <font-0>. Text "日本" in <color-1>, <font-0>. '
    picture = posed("k", 'so "it" is', "日本")
    picture.record.members["txt"] = said.encode()
    written("gligen", tmp_path, of=[picture])
    _, images, by_image = read(tmp_path)
    found = [positive(one, images[0]["caption"]) for one in by_image[0]]
    assert found == ['so \\"it\\" is', "日本"]


def test_a_level_gives_caption_and_phrases_of_its_own(tmp_path: Path) -> None:
    told = [
        caption("An äußerst red wall says “so” and “on”.", (0, "so"), (1, "on"), level=2),
        caption("the word “so” in red\nthe word “on”", level=2, style="gligen"),
    ]
    picture = posed("k", "so", "on", captions=told)
    written("gligen", tmp_path, "level=2", "phrases=described", of=[picture])
    (record,), (image,), by_image = read(tmp_path)
    assert record["prompt"] == told[0]["text"]
    assert record["phrases"] == ["the word “so” in red", "the word “on”"]
    assert [positive(one, image["caption"]) for one in by_image[0]] == ["so", "on"]


def test_described_phrases_need_a_level_and_a_caption_that_fits(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="described phrases are of a level"):
        written("gligen", tmp_path / "a", "phrases=described", of=[])
    told = [caption("so", (0, "so"), level=2), caption("one line", level=2, style="gligen")]
    picture = posed("k", "so", "on", captions=told)
    with pytest.raises(InputError, match="has 1 lines for 2 texts"):
        written("gligen", tmp_path / "b", "level=2", "phrases=described", of=[picture])
    with pytest.raises(InputError, match="has no plain caption of level 5"):
        written("gligen", tmp_path / "c", "level=5", of=[picture])


def test_a_persons_caption_comes_before_others(tmp_path: Path) -> None:
    told = [caption("made up", level=3), caption("said by one", level=3, source="human")]
    written("gligen", tmp_path, "level=3", of=[posed("k", captions=told)])
    assert read(tmp_path)[0][0]["prompt"] == "said by one"


def test_a_text_that_the_caption_does_not_quote_has_no_grounding(tmp_path: Path) -> None:
    told = [caption("It says “so”.", (0, "so"), level=2)]
    told[0]["mentions"].append({"ref": -1, "start": 0, "end": 2, "status": "invented"})
    folder = written("gligen", tmp_path, "level=2", of=[posed("k", "so", "on", captions=told)])
    records, _, by_image = read(tmp_path)
    assert (records[0]["phrases"], len(by_image[0])) == (["so", "on"], 1)
    assert folder.skipped == {"text that the caption does not quote (in the grounding)": 1}


def test_of_more_than_30_texts_the_largest_are_grounded(tmp_path: Path) -> None:
    texts = ["x" * (1 + number % 7) for number in range(33)]
    folder = written("gligen", tmp_path, of=[posed("k", *texts, height=400)])
    (record,), _, _ = read(tmp_path)
    assert record["phrases"] == [texts[at] for at in range(33) if at not in (14, 21, 28)]
    assert folder.skipped["text beyond 30 of a picture (in the records)"] == 3


def test_places_are_cut_at_the_edge_and_what_is_outside_is_skipped(tmp_path: Path) -> None:
    moved = [{"bbox": [-16.0, 32.0, 32.0, 80.0]}, {"bbox": [70.0, 0.0, 90.0, 10.0]}]
    folder = written("gligen", tmp_path, of=[posed("k", "so", "on", boxes=moved)])
    assert read(tmp_path)[0][0]["locations"] == [[0.0, 0.5, 0.5, 1.0]]
    assert folder.skipped["text outside the picture"] == 1


def test_hostile_texts_and_no_texts_come_back(tmp_path: Path) -> None:
    pictures = [posed("k", *HOSTILE, width=400, height=200), posed("empty")]
    written("gligen", tmp_path, of=pictures)
    first, second = read(tmp_path)[0]
    assert first["phrases"] == list(HOSTILE)
    assert (second["phrases"], second["locations"]) == ([], [])
