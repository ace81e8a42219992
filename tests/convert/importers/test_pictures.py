"""A foreign picture's file: kept to the byte where it is plain, made plain where it is not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from glyphdata.convert.importing.pictures import Unreadable, mask_of, prepared
from glyphdata.draw.encode import Format
from tests.convert.importers.sourcing import photo


def _shown(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (photo(), "jpg"),
        (photo(mode="L"), "jpg"),
        (photo(progressive=True), "jpg"),
        (photo(format="PNG"), "png"),
        (photo(format="PNG", mode="L"), "png"),
        (photo(format="WEBP", lossless=True), "webp"),
    ],
)
def test_a_plain_picture_stays_as_it_is(content: bytes, format: Format) -> None:
    found = prepared(content, format)
    assert (found.content, found.kept) == (content, True)
    assert (found.width, found.height, found.stored, found.orientation) == (120, 80, (120, 80), 1)
    mean = _shown(content).reshape(-1, 3).mean(0)
    assert np.abs(mean - found.mean).max() < 2


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (photo(format="PNG"), "jpg"),
        (photo(mode="CMYK"), "jpg"),
        (photo(), "png"),
        (photo(format="PNG", mode="P"), "png"),
        (photo(format="PNG", mode="1"), "png"),
        (photo(format="PNG", mode="RGBA"), "png"),
        (photo(format="PNG", mode="I;16"), "png"),
        (photo(), "webp"),
    ],
)
def test_any_other_is_made_plain(content: bytes, format: Format) -> None:
    found = prepared(content, format)
    assert not found.kept
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.mode, image.size) == ("RGB", (120, 80))
        assert image.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[format]
    again = prepared(found.content, format)
    assert again.kept
    assert np.abs(np.subtract(again.mean, found.mean)).max() <= 2


def test_what_shows_through_lies_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    clear.putpixel((3, 3), (10, 20, 30, 255))
    out = io.BytesIO()
    clear.save(out, "PNG")
    shown = _shown(prepared(out.getvalue(), "png").content)
    assert shown[0, 0].tolist() == [255, 255, 255]
    assert shown[3, 3].tolist() == [10, 20, 30]


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_on_its_side_is_turned_with_its_mask(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = photo(quality=98, exif=exif)
    found = prepared(content, "jpg")
    assert (found.kept, found.orientation, found.stored) == (False, orientation, (120, 80))
    with Image.open(io.BytesIO(content)) as image:
        wanted = np.asarray(ImageOps.exif_transpose(image).convert("RGB")).astype(int)
    shown = _shown(found.content)
    assert shown.shape == wanted.shape == (found.height, found.width, 3)
    assert np.abs(shown - wanted).mean() < 3
    plane = np.arange(80 * 120).reshape(80, 120) % 251
    out = io.BytesIO()
    Image.fromarray(plane.astype(np.uint8)).save(out, "PNG")
    exif_out = io.BytesIO()
    Image.fromarray(plane.astype(np.uint8)).save(exif_out, "PNG", exif=exif)
    with Image.open(exif_out) as image:
        turned = np.asarray(ImageOps.exif_transpose(image))
    assert (mask_of(out.getvalue(), found.stored, orientation) == turned).all()


@pytest.mark.parametrize("cut", [1, 40, 2000])
@pytest.mark.parametrize(("kind", "format"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_that_is_cut_short_is_unreadable(cut: int, kind: str, format: Format) -> None:
    content = photo(400, 300, format=kind)
    cut += 30 if kind == "PNG" else 0  # without its last chunk a PNG's pixels are whole
    with pytest.raises(Unreadable):
        prepared(content[:-cut], format)


def test_a_png_without_its_last_chunk_gets_one() -> None:
    content = photo(format="PNG")
    found = prepared(content[:-12], "png")
    assert not found.kept
    assert (_shown(found.content) == _shown(content)).all()


def test_what_is_no_picture_is_unreadable() -> None:
    gif = io.BytesIO()
    Image.new("RGB", (4, 4)).save(gif, "GIF")
    for content in (b"", b"\xff\xd8\xff", b"nonsense" * 9, gif.getvalue()):
        with pytest.raises(Unreadable):
            prepared(content, "jpg")


def test_a_picture_that_would_fill_the_memory_is_unreadable() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Unreadable, match=r"3600000000|bomb|over"):
        prepared(bomb, "png")
    wide = photo(20_000, 10, format="PNG")
    with pytest.raises(Unreadable, match="no webp is 20000"):
        prepared(wide, "webp")


def test_a_mask_must_be_a_plane_of_values_of_the_pictures_size() -> None:
    for content, said in (
        (photo(format="PNG"), "no plane of values but RGB"),
        (photo(60, 60, format="PNG", mode="L"), r"its mask is \(60, 60\)"),
        (photo(), "its mask"),
        (b"", "its mask"),
    ):
        with pytest.raises(Unreadable, match=said):
            mask_of(content, (120, 80), 1)
