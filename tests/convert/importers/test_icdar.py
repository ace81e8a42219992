"""The files of ICDAR's challenges, written here as their pages describe them."""

from __future__ import annotations

from pathlib import Path

import pytest

from glyphdata.errors import InputError
from tests.convert.importers.sourcing import imported, photo, put, quads, read, samples, upright


def test_lines_of_2015_are_read_mark_carriage_returns_and_commas_included(tmp_path: Path) -> None:
    source = tmp_path / "s"
    put(source / "images" / "img_1.jpg", photo())
    put(source / "images" / "img_2.jpg", photo(seed=2))
    lines = [
        '10,10,60,10,60,30,10,30,Genaxis Theatre, 2nd "floor"',
        "70,40,100,42,99,60,69,58,###",
        "5,50,40,50,40,70,5,70,[06]",
        "",
    ]
    put(source / "gt" / "gt_img_1.txt", b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    summary = imported("icdar", source, tmp_path / "out")
    assert dict(summary.rejections) == {"text-ignored": 1}
    found = samples(tmp_path / "out")
    assert quads(found["images/img_1.jpg"]) == [
        ('Genaxis Theatre, 2nd "floor"', upright(10, 10, 60, 30)),
        ("[06]", upright(5, 50, 40, 70)),
    ]
    assert found["images/img_1.jpg"].facts["ignored"] == [
        [70.0, 40.0, 100.0, 42.0, 99.0, 60.0, 69.0, 58.0]
    ]
    assert quads(found["images/img_2.jpg"]) == []
    assert "captions.json" not in found["images/img_1.jpg"].members


def test_lines_of_2013_are_upright_boxes_and_quoted_texts(tmp_path: Path) -> None:
    put(tmp_path / "100.png", photo(format="PNG"))
    put(tmp_path / "gt_100.txt", '38, 10, 90, 30, "say \\"hi\\""\r\n1 2 30 40 "old"\r\n')
    found = read("icdar", tmp_path, "task=icdar2013")["100.png"]
    assert [one.text for one in found.labels] == ['say "hi"', "old"]
    assert found.labels[0].polygon == ((38, 10), (90, 10), (90, 30), (38, 30))


def test_lines_of_mlt_tell_the_script(tmp_path: Path) -> None:
    put(tmp_path / "tr_img_1.jpg", photo())
    put(
        tmp_path / "gt_tr_img_1.txt",
        "1,1,50,1,50,20,1,20,Arabic,مرحبا\n5,30,50,30,50,50,5,50,None,###\n",
    )
    arabic, unread = read("icdar", tmp_path, "task=mlt")["tr_img_1.jpg"].labels
    assert (arabic.text, arabic.language, arabic.ignored) == ("مرحبا", "Arabic", False)
    assert unread.ignored


def test_a_script_of_several_languages_tells_none(tmp_path: Path) -> None:
    texts = ("空", "のは", "안녕", "bonjour", "ถนน")  # 空 is Chinese, and Japanese too
    put(tmp_path / "s/a.jpg", photo())
    lines = (f"1,{10 * at},50,{10 * at},50,{10 * at + 8},1,{10 * at + 8}" for at in range(5))
    told = "".join(f"{line},{text}\n" for line, text in zip(lines, texts, strict=True))
    put(tmp_path / "s/gt_a.txt", told)
    imported("icdar", tmp_path / "s", tmp_path / "out")
    boxes = samples(tmp_path / "out")["a.jpg"].facts["boxes"]
    assert [box["language"] for box in boxes] == ["", "ja", "ko", "", "th"]
    assert boxes[0]["script"] == "han"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1,2,3,4,5,6,7,text\n", "has not the 9 fields"),
        (b"1,2,3,4,5,6,7,x8,text\n", "'x8' for a number"),
        (b"1,2,3,4,5,6,7,nan,text\n", "'nan' for a number"),
        (b"1,2,3,4,5,6,7,8,\xff\xfe\n", "gt_a.txt is no UTF-8"),
    ],
)
def test_a_broken_file_of_labels_costs_its_picture_and_no_other(
    tmp_path: Path, content: bytes, said: str
) -> None:
    put(tmp_path / "a.jpg", photo())
    put(tmp_path / "b.jpg", photo(seed=1))
    put(tmp_path / "gt_a.txt", content)
    found = read("icdar", tmp_path)
    assert said in found["a.jpg"].fault
    assert found["b.jpg"].fault == ""


LINE = "1,1,50,1,50,20,1,20,{}\n"


def test_of_two_sets_with_the_same_names_each_picture_has_the_labels_of_its_own(
    tmp_path: Path,
) -> None:
    for part in ("Train", "test"):
        put(tmp_path / part / "images/img_1.jpg", photo())
        put(tmp_path / part / "gt/gt_img_1.txt", LINE.format(part))
    put(tmp_path / "more/img_2.jpg", photo())
    found = read("icdar", tmp_path)
    told = {name: [one.text for one in item.labels] for name, item in found.items()}
    assert told == {
        "Train/images/img_1.jpg": ["Train"],
        "more/img_2.jpg": [],
        "test/images/img_1.jpg": ["test"],
    }


def test_a_picture_does_not_take_the_labels_of_one_that_is_nearer_to_them(tmp_path: Path) -> None:
    put(tmp_path / "train/img_1.jpg", photo())
    put(tmp_path / "train/gt_img_1.txt", LINE.format("mine"))
    put(tmp_path / "test/img_1.jpg", photo(seed=1))
    found = read("icdar", tmp_path)
    assert found["test/img_1.jpg"].labels == ()
    assert [one.text for one in found["train/img_1.jpg"].labels] == ["mine"]


@pytest.mark.parametrize(
    "files",
    [
        ("a_images/img_1.jpg", "a_gt/gt_img_1.txt", "b_gt/gt_img_1.txt"),
        ("a_images/img_1.jpg", "b_images/img_1.jpg", "a_gt/gt_img_1.txt"),
    ],
)
def test_labels_that_may_be_those_of_another_picture_are_refused(
    tmp_path: Path, files: tuple[str, ...]
) -> None:
    for name in files:
        put(tmp_path / name, photo() if name.endswith(".jpg") else LINE.format("whose"))
    with pytest.raises(InputError, match=r"img_1\.txt may hold the labels of .* or not") as told:
        read("icdar", tmp_path)
    assert "beside their pictures" in told.value.hint


def test_labels_are_looked_for_in_their_folder_and_in_none_that_begins_alike(
    tmp_path: Path,
) -> None:
    put(tmp_path / "img_1.jpg", photo())
    put(tmp_path / "gt_old/gt_img_1.txt", LINE.format("old"))
    put(tmp_path / "gt/gt_img_1.txt", LINE.format("new"))
    (label,) = read("icdar", tmp_path, "labels=gt/")["img_1.jpg"].labels
    assert label.text == "new"


def test_beside_a_caption_of_its_name_the_labels_are_meant(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", photo())
    put(tmp_path / "a.txt", "a caption, not labels")
    put(tmp_path / "gt_a.txt", LINE.format("labels"))
    (label,) = read("icdar", tmp_path)["a.jpg"].labels
    assert label.text == "labels"
