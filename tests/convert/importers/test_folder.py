"""Plain folders, and those of Hugging Face's imagefolder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from tests.convert.importers.sourcing import imported, importer, photo, put, read, samples


def test_captions_stand_beside_their_pictures(tmp_path: Path) -> None:
    put(tmp_path / "s" / "b" / "Zoë 1.JPG", photo())
    put(tmp_path / "s" / "b" / "Zoë 1.txt", "\ufeffA dog.\r\n")
    put(tmp_path / "s" / "a.jpeg", photo(seed=1))
    put(tmp_path / "s" / "notes.md", "no picture")
    put(tmp_path / "s" / ".cache" / "c.jpg", photo(seed=2))
    imported("folder", tmp_path / "s", tmp_path / "out", license="CC0-1.0")
    found = samples(tmp_path / "out")
    assert list(found) == ["a.jpeg", "b/Zoë 1.JPG"]
    record = found["b/Zoë 1.JPG"]
    assert (record.text, record.facts["boxes"]) == ("A dog.", [])
    assert record.facts["background"]["license"] == "CC0-1.0"
    assert record.facts["origin"] == {
        "source": "theirs",
        "key": "b/Zoë 1.JPG",
        "license": "CC0-1.0",
    }
    assert found["a.jpeg"].captions["captions"] == []


def test_a_list_says_which_pictures_and_what_of_them(tmp_path: Path) -> None:
    put(tmp_path / "train" / "a.jpg", photo())
    put(tmp_path / "train" / "b.jpg", photo())
    rows = [
        {"file_name": "a.jpg", "text": "one", "license": "MIT"},
        {"file_name": "../../x.jpg", "text": "two"},
        {"text": "three"},
    ]
    put(tmp_path / "train" / "metadata.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    found = list(importer("folder").read(tmp_path))
    assert (found[0].name, found[0].captions, found[0].license) == (
        "train/a.jpg",
        ("one",),
        "MIT",
    )
    assert [one.fault for one in found] == [
        "",
        "its path '../../x.jpg' leads out of the source",
        "it names no picture",
    ]
    assert found[2].name == "train/metadata.jsonl, line 3"
    first = next(importer("folder", "caption=license").read(tmp_path))
    assert first.captions == ("MIT",)


def test_a_line_of_a_list_that_is_no_json_is_named(tmp_path: Path) -> None:
    put(tmp_path / "metadata.jsonl", '{"file_name": "a.jpg"}\nnonsense\n')
    with pytest.raises(InputError, match=r"metadata\.jsonl, line 2"):
        list(importer("folder").read(tmp_path))


def test_links_that_lead_out_are_named_and_left_out(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside.jpg", photo())
    put(tmp_path / "s" / "a.jpg", photo())
    (tmp_path / "s" / "link.jpg").symlink_to(outside)
    (tmp_path / "s" / "own.jpg").symlink_to("a.jpg")
    (tmp_path / "s" / "all").symlink_to(tmp_path)
    found = read("folder", tmp_path / "s")
    assert {name: one.fault for name, one in found.items()} == {
        "a.jpg": "",
        "link.jpg": "its path 'link.jpg' is a link that leads out of the source",
        "own.jpg": "",
    }


def test_a_name_that_is_no_unicode_is_named_and_left_out(tmp_path: Path) -> None:
    put(tmp_path / "s" / "a.jpg", photo())
    odd = os.fsencode(tmp_path / "s") + b"/b\xff.jpg"
    with open(odd, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(photo())
    summary = imported("folder", tmp_path / "s", tmp_path / "out")
    (spot,) = summary.quarantined
    assert (spot.reason, spot.message[:8]) == ("entry-unusable", "b?.jpg: ")
    assert list(samples(tmp_path / "out")) == ["a.jpg"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        list(importer("folder").read(tmp_path / "none"))
