"""One sample: what is known of it, what stands beside it, how it is made again, its pictures."""

from __future__ import annotations

import io
import shlex
import shutil
from pathlib import Path

import cv2
import numpy as np
import orjson
import pytest
from PIL import Image

from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.review.view.pictures import HELD, Thumbs, thumbnail
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places
from tests.review.view.conftest import Viewer


def test_a_sample_is_told_as_its_shard_has_it(viewer: Viewer, small: Path) -> None:
    record = Dataset(small)["000001-0003"]
    told = viewer.get("/api/0/sample/000001-0003")
    assert told["facts"] == record.facts
    assert told["layout"] == record.layout
    assert told["text"] == record.text
    assert told["members"] == {name: len(content) for name, content in record.members.items()}
    assert told["row"]["text"] == "\n".join(box["text"] for box in record.facts["boxes"])
    assert (told["captions"], told["flag"], told["error"], told["findings"]) == (
        None,
        None,
        None,
        [],
    )
    assert (told["group"], told["seed"]) == ([], 5)


def test_an_original_stands_with_its_variants(viewer: Viewer) -> None:
    told = viewer.get("/api/1/sample/000000-0002-01")["group"]
    assert [one["key"] for one in told] == [f"000000-0002-{n:02d}" for n in range(4)]
    assert [one["variant"] for one in told] == [0, 1, 2, 3]
    assert told[0]["edits"] == []
    assert all(one["edits"] for one in told[1:])
    texts = [one["text"] for one in told]
    assert len(set(texts)) == 4


def test_before_and_behind_follow_the_list_that_is_asked_for(viewer: Viewer) -> None:
    keys = viewer.keys("")
    told = viewer.get(f"/api/0/sample/{keys[0]}")
    assert (told["previous"], told["next"], told["place"], told["of"]) == (None, keys[1], 0, 24)
    query = "level=word&sort=contrast_min&order=desc"
    some = viewer.keys(query)
    for place, key in enumerate(some):
        told = viewer.get(f"/api/0/sample/{key}?{query}")
        assert told["previous"] == (some[place - 1] if place else None)
        assert told["next"] == (some[place + 1] if place + 1 < len(some) else None)
        assert (told["place"], told["of"]) == (place, len(some))
    outside = next(key for key in keys if key not in some)
    told = viewer.get(f"/api/0/sample/{outside}?{query}")
    assert (told["previous"], told["next"], told["place"]) == (None, None, None)


def test_the_command_and_the_recipe_draw_the_sample_again(
    viewer: Viewer, groups: Path, tmp_path: Path
) -> None:
    told = viewer.get("/api/1/sample/000000-0003-02")
    words = shlex.split(told["command"])
    assert words == [
        "glyphdata", "draw", "groups.yaml", "--index", "3", "--variant", "2", "-o",
        "000000-0003-02.png",
    ]  # fmt: skip
    (tmp_path / "groups.yaml").write_bytes(viewer.ask("/api/1/recipe.yaml").body)
    sample = Factory(load_recipe(tmp_path / "groups.yaml")).picture(3, 2)
    assert [box.text for box in sample.scene.boxes] == [
        box["text"] for box in told["facts"]["boxes"]
    ]
    kept = Dataset(groups)["000000-0003-02"].pixels().astype(int)
    assert np.abs(sample.pixels.astype(int) - kept).mean() < 4  # what the JPEG took


def test_the_recipe_is_cut_to_what_the_sample_shows(viewer: Viewer) -> None:
    for key in viewer.keys(""):
        told = viewer.get(f"/api/0/sample/{key}")
        recipe, row = told["recipe"], told["row"]
        assert [one["kind"] for one in recipe["backgrounds"]] == [row["background"]]
        assert [one["kind"] for one in recipe["effects"]] == row["effects"]
        assert recipe["canvas"] == {"width": 128, "height": 96}


def test_an_unknown_sample_or_dataset_is_not_found(viewer: Viewer) -> None:
    for path in (
        "/api/0/sample/000000-9999", "/api/2/rows", "/api/2/facets", "/img/0/x/thumb", "/stats/7",
        "/api/99999999999999999999/rows", "/img/5/000000-0000/picture", "/sample/2/000000-0000",
        "/api/0/plots/none.svg", "/api/0/nothing", "/nothing",
    ):  # fmt: skip
        answer = viewer.ask(path)
        assert answer.status == 404, path
        assert answer.json["error"]


def test_the_picture_is_served_byte_by_byte_and_kept_by_the_browser(
    viewer: Viewer, small: Path
) -> None:
    answer = viewer.ask("/img/0/000002-0001/picture")
    assert answer.body == Dataset(small)["000002-0001"].picture
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    tag = {"If-None-Match": f'"other", {answer.headers["etag"]}'}
    again = viewer.ask("/img/0/000002-0001/picture", headers=tag)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("side", [16, 50, 64, 128, 192, 1024])
def test_a_thumbnail_is_the_picture_made_small_and_never_large(
    viewer: Viewer, small: Path, side: int
) -> None:
    answer = viewer.ask(f"/img/0/000000-0004/thumb?side={side}")
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.format == "JPEG"
        assert image.size == (min(side, 128), round(min(side, 128) * 96 / 128))
        pixels = np.asarray(image.convert("RGB")).astype(int)
    whole = Dataset(small)["000000-0004"].pixels()
    wanted = cv2.resize(whole, pixels.shape[1::-1], interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(pixels - wanted).mean() < 10


@pytest.mark.parametrize("side", ["0", "15", "1025", "x", "-5", "1e3", "９６", ""])
def test_a_side_that_is_none_is_refused(viewer: Viewer, side: str) -> None:
    from urllib.parse import quote

    answer = viewer.ask(f"/img/0/000000-0000/thumb?side={quote(side)}")
    assert answer.status == 400
    assert "side" in answer.json["error"]


@pytest.mark.parametrize(("kind", "member"), [("mask", "mask.png"), ("boxes", "boxes.png")])
def test_a_mask_has_a_colour_for_each_instance_and_is_clear_elsewhere(
    viewer: Viewer, small: Path, kind: str, member: str
) -> None:
    record = Dataset(small)["000000-0002"]
    mask = record.mask() if kind == "mask" else record.box_mask().astype(np.uint16)
    answer = viewer.ask(f"/img/0/000000-0002/{kind}")
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.mode == "RGBA"
        shown = np.asarray(image)
    assert ((shown[..., 3] > 0) == (mask > 0)).all()
    values = np.unique(mask[mask > 0])
    colors = {tuple(shown[mask == value][0]) for value in values}
    assert len(colors) == len(values)
    for value in values:
        assert len(np.unique(shown[mask == value], axis=0)) == 1
    assert member in record.members


def test_the_glyph_layer_is_served_as_it_is(viewer: Viewer, small: Path) -> None:
    answer = viewer.ask("/img/0/000000-0002/glyph")
    assert answer.body == Dataset(small)["000000-0002"].members["glyph.png"]
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("kind", ["mask", "boxes", "glyph"])
def test_a_member_that_the_dataset_has_not_is_not_found(viewer: Viewer, kind: str) -> None:
    answer = viewer.ask(f"/img/1/000000-0000-00/{kind}")
    assert answer.status == 404
    assert "outputs" in answer.json["hint"]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_pictures_of_other_forms_have_thumbnails_too(form: str) -> None:
    image = Image.new("RGB", (300, 200), (200, 30, 60))
    data = io.BytesIO()
    image.save(data, form)
    with Image.open(io.BytesIO(thumbnail(data.getvalue(), 60))) as small:
        assert small.size == (60, 40)
        assert np.abs(np.asarray(small).astype(int) - (200, 30, 60)).max() < 12


def test_thumbnails_held_stay_within_their_room(small: Path) -> None:
    exhibit = Exhibit(small)
    rows = exhibit.now().rows
    thumbs = Thumbs(Places(small))
    spot = rows.spot("000000-0000")
    assert spot is not None
    one = thumbs.thumb("000000-0000", spot, 64)
    assert thumbs.thumb("000000-0000", spot, 64) is one
    assert len(one) * 1000 < HELD


def test_captions_beside_the_shards_are_shown_and_those_of_another_picture_are_told(
    copy: Path,
) -> None:
    import hashlib

    record = Dataset(copy)["000000-0001"]
    folder = copy / "captions"
    folder.mkdir()
    line = {
        "schema": "glyphdata.captions/1",
        "key": "000000-0001",
        "scene_sha256": hashlib.sha256(record.members["json"]).hexdigest(),
        "captions": [{"level": 1, "text": "a word", "source": "truth"}],
    }
    (folder / "train-000000.jsonl").write_bytes(orjson.dumps(line) + b"\n")
    told = Viewer(Exhibit(copy)).get("/api/0/sample/000000-0001")
    assert told["captions"] == line
    line["scene_sha256"] = "0" * 64
    (folder / "train-000000.jsonl").write_bytes(orjson.dumps(line) + b"\n")
    told = Viewer(Exhibit(copy)).get("/api/0/sample/000000-0001")
    assert told["captions"] is None
    assert [one["code"] for one in told["findings"]] == ["captions"]
    assert "another picture" in told["findings"][0]["message"]
    shutil.rmtree(folder)
