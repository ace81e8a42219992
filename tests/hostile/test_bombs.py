"""Decompression bombs: refused by what they claim, within two seconds and half a gigabyte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from tests.hostile import bombs
from tests.hostile.measuring import Measured, measured

PICTURES: dict[str, Callable[[], bytes]] = {
    "whole.png": bombs.png,
    "claimed.png": lambda: bombs.png(whole=False),
    "claimed.jpg": bombs.jpeg,
    "claimed.webp": bombs.webp,
    "words.png": bombs.texts,
    "profile.png": lambda: bombs.texts(b"iCCP"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every bomb, as a file."""
    place = tmp_path_factory.mktemp("bombs")
    for name, made in PICTURES.items():
        (place / name).write_bytes(made())
    return place


def bounded(found: Measured) -> object:
    """What was said, of what took no more than it may."""
    assert found.seconds < 2.0, found
    assert found.peak < 512, found
    return found.said


AS_A_PHOTOGRAPH = """
said = {}
for path in sorted(Path(sys.argv[1]).glob("*.*")):
    try:
        said[path.name] = decoded(str(path), 64, 48, 1.0).shape
    except Unreadable as fault:
        said[path.name] = str(fault)
return said
"""


def test_pictures_that_claim_a_billion_pixels_are_no_photographs(folder: Path) -> None:
    setup = "from pathlib import Path\nfrom glyphdata.parts.photofile import Unreadable, decoded"
    said = bounded(measured(AS_A_PHOTOGRAPH, setup, folder))
    assert isinstance(said, dict)
    assert all(isinstance(why, str) for why in said.values()), said
    assert "pixels" in said["claimed.jpg"]
    assert "pixels" in said["whole.png"]


IN_A_SAMPLE = """
said = {}
for path in sorted(Path(sys.argv[1]).glob("*.*")):
    data = path.read_bytes()
    for member in ("jpg", "png", "webp", "mask.png", "boxes.png", "glyph.png"):
        sample = StoredSample("0", {member: data})
        pictures = (sample.pixels, sample.mask, sample.box_mask, sample.glyph)
        if any(one is not None and one.size > 3 for one in pictures):
            said[f"{path.name} as {member}"] = "decoded"
        said[path.name] = list(sample.faults.values())
return said
"""


def test_verify_decodes_none_of_them_whatever_they_are_called(folder: Path) -> None:
    setup = "from pathlib import Path\nfrom glyphdata.review.evidence import StoredSample"
    said = bounded(measured(IN_A_SAMPLE, setup, folder))
    assert isinstance(said, dict)
    assert sorted(said) == sorted(PICTURES)
    assert said["claimed.webp"] == ["it claims 16383 × 16383 pixels"]


FOR_A_READER = """
said = {}
for path in sorted(Path(sys.argv[1]).glob("[cw][lh]*.*")):
    try:
        Record("0", {"png": path.read_bytes()}).pixels()
    except InputError as fault:
        said[path.name] = str(fault)
    try:
        thumbnail(path.read_bytes(), 64)
    except InputError as fault:
        said[path.name + " viewed"] = str(fault)
return said
"""


def test_readers_and_the_viewer_decode_none_of_them(folder: Path) -> None:
    setup = (
        "from pathlib import Path\nfrom glyphdata.errors import InputError\n"
        "from glyphdata.shards.dataset import Record\n"
        "from glyphdata.review.view.pictures import thumbnail"
    )
    said = bounded(measured(FOR_A_READER, setup, folder))
    assert isinstance(said, dict)
    assert len(said) == 8


def test_photographs_among_which_are_bombs_are_drawn_on_and_the_bombs_counted(
    folder: Path, tmp_path: Path
) -> None:
    for path in folder.iterdir():
        (tmp_path / "photos" / path.name).parent.mkdir(exist_ok=True)
        (tmp_path / "photos" / path.name).symlink_to(path)
    for number in range(5):
        Image.new("RGB", (120, 90), (200, 40 * number, 90)).save(tmp_path / f"photos/{number}.png")
    recipe = {
        "name": "bombed",
        "samples": 16,
        "canvas": {"width": 96, "height": 64},
        "boxes": {"count": 1, "size_px": [14, 20]},
        "levels": {"word": 1},
        "texts": [{"kind": "charset", "length": 3}],
        "backgrounds": [{"kind": "photos", "folder": "photos"}],
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    made = generate(load_recipe(tmp_path / "recipe.yaml"), tmp_path / "out", workers=0)
    assert (made.samples, made.finished) == (16, True)
    assert dict(made.rejections)["photo-unreadable"] > 0


OPENED = """
said = []
for path in sys.argv[1:]:
    try:
        said.append([len(data) for _, data in members(Path(path))])
    except InputError as fault:
        said.append(str(fault))
return said
"""


def test_an_archive_of_fonts_that_unpacks_to_too_much_is_given_up(tmp_path: Path) -> None:
    one = bombs.archive(tmp_path / "one.whl", 1, 128)
    many = bombs.archive(tmp_path / "many.whl", 8, 30)
    setup = (
        "from pathlib import Path\nfrom glyphdata.errors import InputError\n"
        "from glyphdata.faces.pull.archive import members"
    )
    said = bounded(measured(OPENED, setup, one, many))
    assert isinstance(said, list)
    assert "134217728 bytes" in said[0]
    assert "unpacks to over" in said[1]


def test_a_font_whose_header_claims_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    body = """
return [[one.code for one in examine(Path(path)).findings] for path in sys.argv[1:]]
"""
    huge = tmp_path / "huge.ttf"
    with huge.open("wb") as file:
        file.truncate(1 << 31)  # a hole: it takes no disk
    woff = tmp_path / "claims.woff"
    woff.write_bytes(b"wOFF\x00\x01\x00\x00" + b"\x7f\xff\xff\xff" * 9)
    setup = "from pathlib import Path\nfrom glyphdata.faces.scan import examine"
    said = bounded(measured(body, setup, huge, woff))
    assert said == [["unreadable"], ["woff"]]
