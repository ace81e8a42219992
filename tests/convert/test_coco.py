"""COCO instances, read back by pycocotools; COCO-Text, read as its own API reads it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as masks
from pycocotools.coco import COCO

from glyphdata.convert.exporting import Choice
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rle import regions
from glyphdata.errors import InputError
from glyphdata.shards.dataset import Dataset, Record
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Part, TrueBox, Truth, posed, written

INSTANCES = "annotations/instances.json"
FEW = Choice(limit=150)

# pycocotools warns of its own way to make arrays
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def bounds(quad: np.ndarray[Any, Any]) -> list[float]:
    low, high = quad.min(axis=0), quad.max(axis=0)
    return [*low.tolist(), *(high - low).tolist()]


def test_pycocotools_reads_every_word_of_a_thousand_pictures(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    assert ship("coco").skipped == ()
    coco = COCO(str(tmp_path / "out" / INSTANCES))
    pictures = coco.loadImgs(coco.getImgIds())
    assert [one["file_name"] for one in pictures] == [f"{one.key}.jpg" for one in true]
    for told, truth in zip(pictures, true, strict=True):
        place = tmp_path / "out/images" / told["file_name"]
        assert place.read_bytes() == truth.members["jpg"]
        assert (told["width"], told["height"]) == (192, 128)
        found = coco.loadAnns(coco.getAnnIds(imgIds=told["id"]))
        assert [one["text"] for one in found] == [word.text for _, word in truth.words]
        for one, (box, word) in zip(found, truth.words, strict=True):
            assert one["bbox"] == bounds(word.quad)
            assert one["segmentation"] == [word.quad.ravel().tolist()] == [one["quad"]]
            assert (one["language"], one["box"]) == (box.facts["language"], box.facts["id"])
            hull = masks.area(masks.frPyObjects(one["segmentation"], 128, 192))[0]
            assert abs(one["area"] - hull) <= sum(bounds(word.quad)[2:]) + 2  # its edge, at most


def test_the_masks_of_clusters_are_their_ink_pixel_by_pixel(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    exported = ship("coco", "unit=cluster", "masks=rle", choice=FEW)
    blanks = [one for truth in true[:150] for box in truth.boxes for one in box.clusters]
    assert exported.skipped[0][:2] == ("blank", sum(not one.mask for one in blanks))
    compare(tmp_path / "out", true[:150], lambda box: [[c] for c in box.clusters if c.mask])


@pytest.mark.parametrize("unit", ["word", "line", "box"])
def test_the_masks_of_larger_texts_are_the_ink_of_their_clusters(
    unit: str, ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    def parts(box: TrueBox) -> list[list[Part]]:
        if unit == "box":
            return [box.clusters]
        if unit == "word":
            return [box.inside(word) for word in box.words]
        return [[one for one in box.clusters if one.line == line] for line in range(len(box.lines))]

    ship("coco", f"unit={unit}", "masks=rle", choice=FEW)
    compare(tmp_path / "out", true[:150], parts)


def compare(out: Path, true: tuple[Truth, ...], parts: Any) -> None:
    """Every mask, its bounds and its area against what `mask.png` has."""
    coco = COCO(str(out / INSTANCES))
    for number, truth in zip(coco.getImgIds(), true, strict=True):
        mask = truth.mask()
        found = coco.loadAnns(coco.getAnnIds(imgIds=number))
        meant = [part for box in truth.boxes for part in parts(box)]
        assert len(found) == len(meant)
        for one, part in zip(found, meant, strict=True):
            wanted = np.isin(mask, [cluster.mask for cluster in part if cluster.mask])
            assert (coco.annToMask(one).astype(bool) == wanted).all()
            ys, xs = np.nonzero(wanted)
            assert one["bbox"] == [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1]
            assert one["area"] == wanted.sum()


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 40)), elements=st.integers(0, 5)
    ),
    st.permutations([1, 2, 3, 4, 5]),
    st.integers(1, 4),
)
def test_runs_are_packed_as_pycocotools_packs_them(
    mask: np.ndarray[Any, Any], shuffled: list[int], cut: int
) -> None:
    things = [shuffled[:cut], [], shuffled[cut:], [77]]
    for held, region in zip(things, regions(mask, things), strict=True):
        inside = np.isin(mask, held)
        if region is None:
            assert not inside.any()
            continue
        theirs = masks.encode(np.asfortranarray(inside.astype(np.uint8)))
        assert region.counts.encode() == theirs["counts"]
        assert list(region.bounds) == masks.toBbox(theirs).tolist()
        assert region.area == masks.area(theirs)


def test_long_runs_take_as_many_characters_as_they_need() -> None:
    mask = np.zeros((3000, 3000), np.uint16)
    mask[7, 0], mask[2999, 1500], mask[0, 2999] = 1, 1, 1
    (region,) = regions(mask, [[1]])
    theirs = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert region is not None
    assert region.counts.encode() == theirs["counts"]
    assert region.bounds == (0, 0, 3000, 3000)


def test_every_hostile_text_survives(tmp_path: Path) -> None:
    written("coco", tmp_path, "unit=box", "masks=none", of=[posed("a", *HOSTILE), posed("b")])
    coco = COCO(str(tmp_path / INSTANCES))
    assert [one["text"] for one in coco.loadAnns(coco.getAnnIds(imgIds=1))] == list(HOSTILE)
    assert coco.getAnnIds(imgIds=2) == []
    assert [one["file_name"] for one in coco.loadImgs([1, 2])] == ["a.jpg", "b.jpg"]
    assert all("segmentation" not in one for one in coco.anns.values())


def test_a_text_without_a_visible_pixel_has_no_mask_and_is_counted(tmp_path: Path) -> None:
    picture = posed("a", "seen", "hidden" * 4, height=12)  # the second lies below the edge
    folder = written("coco", tmp_path, "masks=rle", of=[picture])
    assert dict(folder.skipped) == {"text without visible ink": 1}
    assert len(COCO(str(tmp_path / INSTANCES)).anns) == 1


def test_scripts_and_languages_become_categories(tmp_path: Path) -> None:
    boxes: list[dict[str, Any]] = [{"script": "latin"}, {"script": "thai"}, {"script": ""}]
    pictures = [posed("a", "one", "two", "three", boxes=boxes), posed("b", "four")]
    written("coco", tmp_path, "classes=script", of=pictures)
    coco = COCO(str(tmp_path / INSTANCES))
    names = [one["name"] for one in coco.loadCats(coco.getCatIds())]
    assert names == ["latin", "thai", "unknown"]
    assert [one["category_id"] for one in coco.anns.values()] == [1, 2, 3, 1]


def test_labels_that_are_not_there_are_asked_for(
    ship: Ship, bare: Path, thousand: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"no layout\.json \(make them with `outputs\.layout"):
        ship("coco", of=bare)
    assert not (tmp_path / "out").exists()
    assert ship("coco", "unit=box", of=bare).samples == 3  # a box is told by its facts alone
    record = Dataset(thousand)[0]
    members = {name: one for name, one in record.members.items() if name != "mask.png"}
    with pytest.raises(InputError, match=r"no mask\.png \(make them with `outputs\.mask"):
        written("coco", tmp_path / "b", "masks=rle", of=[Picture(Record(record.key, members))])


def test_a_sample_whose_mask_is_damaged_is_left_out_where_masks_are_read(
    ship: Ship, thousand: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(thousand, broken)
    shard = broken / "data/train-000000.tar"
    content = bytearray(shard.read_bytes())
    at = content.index(b"000000-0001.mask.png\0") + 512
    content[at : at + 32] = b"rubbish " * 4
    shard.write_bytes(content)
    exported = ship("coco", "masks=rle", of=broken, choice=Choice(limit=4))
    assert [key for key, _ in exported.faults] == ["000000-0001"]
    assert len(COCO(str(tmp_path / "out" / INSTANCES)).imgs) == 3
    assert ship("coco", of=broken, name="quads", choice=Choice(limit=4)).whole


def cocotext(place: Path) -> tuple[dict[int, Any], dict[int, Any], dict[int, list[int]]]:
    """Pictures, words, and the words of each picture, as COCO-Text's API indexes them."""
    told = json.loads((place / "cocotext.v2.json").read_text())
    assert told["cats"]["legibility"] == ["legible", "illegible"]
    imgs, anns, of = (
        {int(number): value for number, value in told[part].items()}
        for part in ("imgs", "anns", "imgToAnns")
    )
    return imgs, anns, of


def test_coco_text_has_every_word_of_a_thousand_pictures(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    assert ship("coco_text").skipped == ()
    imgs, anns, of = cocotext(tmp_path / "out")
    assert [one["file_name"] for one in imgs.values()] == [f"{one.key}.jpg" for one in true]
    assert sorted(number for one in of.values() for number in one) == sorted(anns)
    for (number, told), truth in zip(imgs.items(), true, strict=True):
        assert told["id"] == number and told["set"] == "train"
        assert (tmp_path / "out/images" / told["file_name"]).read_bytes() == truth.members["jpg"]
        words = [anns[one] for one in of[number]]
        assert [one["utf8_string"] for one in words] == [word.text for _, word in truth.words]
        for one, (box, word) in zip(words, truth.words, strict=True):
            assert (one["image_id"], one["legibility"]) == (number, "legible")
            assert one["class"] == "machine printed"
            english = box.facts["language"] == "en"
            assert one["language"] == ("english" if english else "not english")
            assert one["mask"] == word.quad.ravel().tolist()
            assert one["bbox"] == bounds(word.quad)


def test_coco_text_keeps_hostile_texts_and_pictures_without_any(tmp_path: Path) -> None:
    pictures = [posed("a"), posed("b", *HOSTILE, boxes=[{"language": ""}])]
    written("coco_text", tmp_path, "unit=line", "split=val", of=pictures)
    imgs, anns, of = cocotext(tmp_path)
    assert [anns[one]["utf8_string"] for one in of[2]] == list(HOSTILE)
    assert of[1] == [] and imgs[1]["set"] == "val"
    assert anns[1]["language"] == "na"
