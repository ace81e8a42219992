"""Our PNG files are read by everybody, pixel for pixel."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from glyphdata.draw import png
from glyphdata.errors import OutputError


def picture(kind: str, height: int, width: int) -> np.ndarray:
    r = np.random.default_rng(height * 1000 + width)
    if kind == "rgb":
        return r.integers(0, 256, (height, width, 3), np.uint8)
    if kind == "grey16":
        return r.integers(0, 400, (height, width)).astype(np.uint16) * 163
    return r.integers(0, 3, (height, width), np.uint8)


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("kind", ["grey8", "grey16", "rgb"])
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (37, 64)])
def test_pillow_and_opencv_read_the_same_pixels(
    filtered: bool, kind: str, size: tuple[int, int]
) -> None:
    a = picture(kind, *size)
    file = png.encode(a, filtered=filtered)
    with Image.open(io.BytesIO(file)) as image:
        assert np.array_equal(np.asarray(image), a)
    read = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(read[..., ::-1] if kind == "rgb" else read, a)
    assert read.dtype == a.dtype


def test_every_chunk_says_its_length_and_its_check() -> None:
    file = png.encode(picture("grey16", 9, 300))
    assert file[:8] == b"\x89PNG\r\n\x1a\n"
    at, names = 8, []
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        (check,) = struct.unpack_from(">I", file, at + 8 + length)
        assert check == zlib.crc32(file[at + 4 : at + 8 + length])
        names.append(file[at + 4 : at + 8])
        at += 12 + length
    assert names == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack_from(">IIBBBBB", file, 16) == (300, 9, 16, 0, 0, 0, 0)


@pytest.mark.parametrize("filtered", [False, True])
def test_a_view_with_strides_is_stored_as_it_looks(filtered: bool) -> None:
    a = picture("rgb", 40, 30)[::2, ::-1]
    with Image.open(io.BytesIO(png.encode(a, filtered=filtered))) as image:
        assert np.array_equal(np.asarray(image), a)


def test_filters_pay_for_a_photograph() -> None:
    y, x = np.mgrid[:128, :128]
    smooth = np.stack((x + y, 2 * x, 255 - y), axis=-1)
    noise = np.random.default_rng(0).normal(0, 2, smooth.shape)
    photo = np.clip(smooth * 0.9 + noise, 0, 255).astype(np.uint8)
    assert len(png.encode(photo, filtered=True)) < 0.75 * len(png.encode(photo))


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((0, 4), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_what_no_png_of_ours_holds_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(OutputError, match="no PNG"):
        png.encode(wrong)
