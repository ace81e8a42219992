"""AnyWord-3M's JSON, written here as its loader reads it."""

from __future__ import annotations

import json
import tracemalloc
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


def _text(text: Any, polygon: Any, **more: Any) -> dict[str, Any]:
    return {"text": text, "polygon": polygon, "language": "Latin", "pos": 4, **more}


def _source(root: Path, entries: list[Any], data_root: str = "imgs") -> Path:
    put(root / "data.json", json.dumps({"data_root": data_root, "data_list": entries}))
    return root


SQUARE = [[10, 10], [60, 10], [60, 30], [10, 30]]


def test_texts_polygons_colours_and_captions_are_read(tmp_path: Path) -> None:
    entries = [
        {
            "img_name": "a.jpg",
            "caption": "a sign * by * the road",
            "wm_score": 0.25,
            "annotations": [
                _text("EXIT", SQUARE, color=[255, 0, 0]),
                _text("出口", [[70, 5], [100, 5], [100, 70], [70, 70]], language="Chinese"),
                _text("blurred", SQUARE, valid=False),
                _text("no colour", SQUARE, color=[500, 500, 500]),
                _text("nowhere", []),
            ],
        },
        {"img_name": "b.jpg", "annotations": []},
    ]
    put(tmp_path / "s" / "imgs" / "a.jpg", photo())
    put(tmp_path / "s" / "imgs" / "b.jpg", photo(seed=1))
    summary = imported("anyword", _source(tmp_path / "s", entries), tmp_path / "out")
    assert summary.whole
    assert dict(summary.rejections) == {"text-ignored": 1}
    found = samples(tmp_path / "out")
    first = found["imgs/a.jpg"]
    assert quads(first) == [
        ("EXIT", upright(10, 10, 60, 30)),
        ("出口", upright(70, 5, 100, 70)),
        ("no colour", upright(10, 10, 60, 30)),
    ]
    red, chinese, grey = first.facts["boxes"]
    assert (chinese["language"], chinese["script"], chinese["direction"]) == ("zh", "han", "ttb")
    assert (red["color"], red["color_name"], red["color_token"] >= 0) == ("#ff0000", "red", True)
    assert (grey["color"], grey["color_name"], grey["color_token"]) == ("", "", -1)
    assert first.text == "a sign by the road"
    assert first.facts["pwatermark"] == 0.25
    assert first.facts["ignored"] == [upright(10, 10, 60, 30)]
    second = found["imgs/b.jpg"]
    assert (second.facts["boxes"], second.text, second.captions["captions"]) == ([], "", [])


def test_stars_stay_where_they_are_wanted(tmp_path: Path) -> None:
    source = _source(tmp_path, [{"img_name": "a.jpg", "caption": "reads *"}])
    assert read("anyword", source, "caption_stars=true")["a.jpg"].captions == ("reads *",)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"img_name": 3}, "img_name is no text"),
        ("a.jpg", "the entry is no object"),
        ({"img_name": "a.jpg", "annotations": {}}, "annotations is no list"),
        ({"img_name": "a.jpg", "annotations": [_text("x", [[1, 2], [3, 4]])]}, "three corners"),
        ({"img_name": "a.jpg", "annotations": [_text("x", [[1, "q"]] * 4)]}, "'q' for a number"),
        ({"img_name": "a.jpg", "annotations": [_text("x", [[1, 1e300]] * 4)]}, "1e+300"),
        ({"img_name": "a.jpg", "annotations": [_text(None, SQUARE)]}, "a text is no text"),
        ({"img_name": "a.jpg", "annotations": [_text("x", SQUARE, color=[1, 2])]}, "2 numbers"),
        ({"img_name": "a.jpg", "annotations": [_text("x\ud800", SQUARE)]}, "no Unicode"),
        ({"img_name": "a.jpg", "wm_score": 7}, "not from 0 to 1"),
        ({"img_name": "../../etc/a.jpg"}, "leads out of the source"),
        ({"img_name": "/etc/a.jpg"}, "leads out of the source"),
    ],
)
def test_an_entry_that_cannot_be_used_says_why(tmp_path: Path, entry: Any, said: str) -> None:
    source = _source(tmp_path / "s", [entry, {"img_name": "sound.jpg"}], data_root="")
    broken, sound = importer("anyword").read(source)
    assert said in broken.fault
    assert (sound.name, sound.fault) == ("sound.jpg", "")


def test_a_byte_order_mark_and_odd_blanks_do_not_matter(tmp_path: Path) -> None:
    content = '{ "data_list" :\r\n[ {"img_name":"a.jpg"}\t,\n{"img_name":"b.jpg"} ] }'
    put(tmp_path / "data.json", b"\xef\xbb\xbf" + content.encode())
    assert list(read("anyword", tmp_path)) == ["a.jpg", "b.jpg"]


def test_pictures_lie_where_they_are_said_to(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "a.jpg", photo())
    source = _source(tmp_path, [{"img_name": "a.jpg"}], data_root="/data/vdb/laion")
    found = read("anyword", source, "pictures=elsewhere")["elsewhere/a.jpg"]
    assert found.picture.path == "elsewhere/a.jpg"


@pytest.mark.parametrize(
    "content", ['{"data_root": ""}', '{"data_list": 3}', "[]", '{"data_list": [{}', "", "{nonsense"]
)
def test_what_is_no_such_list_is_refused(tmp_path: Path, content: str) -> None:
    put(tmp_path / "data.json", content)
    with pytest.raises(InputError, match=r"data\.json is no JSON object"):
        list(importer("anyword").read(tmp_path))


def test_a_long_list_is_read_a_piece_at_a_time(tmp_path: Path) -> None:
    entry = {"img_name": "", "caption": "x" * 4000, "annotations": [_text("wörd", SQUARE)] * 4}
    with (tmp_path / "data.json").open("w") as file:
        file.write('{"info": [' + ",".join(["[1, {}]"] * 1000) + '], "data_list": [')
        for number in range(1_500):
            comma = "," if number else ""
            file.write(comma + json.dumps({**entry, "img_name": f"{number}.jpg"}))
        file.write('], "data_root": "."}')
    assert (tmp_path / "data.json").stat().st_size > 6_000_000
    items = importer("anyword").read(tmp_path)  # what finding it takes is not the list's
    tracemalloc.start()
    count = sum(1 for _ in items)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_500
    assert peak < 3 << 20


@pytest.mark.parametrize("root", ["\\ud800", "x" * 5000])
def test_a_folder_of_pictures_that_no_folder_can_be_called_is_passed_over(
    tmp_path: Path, root: str
) -> None:
    put(tmp_path / "a.jpg", photo())
    told = '{"data_root": "%s", "data_list": [{"img_name": "a.jpg", "annotations": []}]}'
    put(tmp_path / "data.json", told % root)
    assert read("anyword", tmp_path)["a.jpg"].picture.path == "a.jpg"
