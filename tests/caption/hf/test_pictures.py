"""Pictures on their way to a model: what stands in them comes there, whatever their shape."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glyphdata.caption.captioners.llava import Llava
from glyphdata.caption.hf.loading import load
from glyphdata.caption.hf.pictures import fitted, opened
from glyphdata.parts.photofile import Unreadable

RED, BLUE, GREY = (255, 0, 0), (0, 0, 255), (120, 120, 120)


def banner() -> Image.Image:
    """Four to one, with red at its left end and blue at its right."""
    made = Image.new("RGB", (1024, 256), GREY)
    made.paste(RED, (0, 64, 128, 192))
    made.paste(BLUE, (896, 64, 1024, 192))
    return made


def encoded(picture: Image.Image, format: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **more)
    return out.getvalue()


def seen(taught: Callable[[str], Path], picture: Image.Image) -> tuple[bool, bool]:
    """Do red and blue reach the pixels that CLIP's processor makes?"""
    processor = load(Llava(model=str(taught("llava"))).settings()).processor.image_processor
    made = processor(picture, return_tensors="np", do_normalize=False)["pixel_values"][0]
    red, green, blue = made
    return bool((red - green - blue > 0).any()), bool((blue - green - red > 0).any())


def test_both_ends_of_a_banner_reach_the_model_when_padded(
    taught: Callable[[str], Path],
) -> None:
    assert seen(taught, fitted(banner(), "pad")) == (True, True)
    assert seen(taught, fitted(banner(), "squash")) == (True, True)


def test_neither_end_does_when_cut(taught: Callable[[str], Path]) -> None:
    assert seen(taught, fitted(banner(), "native")) == (False, False)
    assert seen(taught, fitted(banner(), "crop")) == (False, False)


@pytest.mark.parametrize("size", [(1024, 256), (256, 1024), (3, 500), (7, 4)])
def test_padding_makes_a_square_around_every_pixel(size: tuple[int, int]) -> None:
    pixels = np.arange(size[0] * size[1] * 3, dtype=np.uint8).reshape(size[1], size[0], 3)
    square = fitted(Image.fromarray(pixels), "pad")
    side = max(size)
    assert square.size == (side, side)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    inside = square.crop((left, top, left + size[0], top + size[1]))
    assert np.array_equal(np.asarray(inside), pixels)


def test_padding_goes_on_in_the_colour_of_the_edge() -> None:
    picture = Image.new("RGB", (400, 100), (10, 200, 30))
    picture.paste((255, 255, 255), (100, 40, 300, 60))
    assert fitted(picture, "pad").getpixel((0, 0)) == (10, 200, 30)


def test_the_middle_is_cut_where_that_is_wanted() -> None:
    assert fitted(banner(), "crop").size == (256, 256)


@pytest.mark.parametrize("fit", ["native", "pad", "squash", "crop"])
def test_a_square_stays_as_it_is(fit: str) -> None:
    square = Image.new("RGB", (64, 64), RED)
    assert fitted(square, fit) is square  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGB", "RGBA"])
def test_every_kind_of_picture_comes_as_rgb(mode: str) -> None:
    picture = opened(encoded(Image.new("RGB", (5, 3), GREY).convert(mode)))
    assert (picture.mode, picture.size) == ("RGB", (5, 3))


def test_what_exif_says_turns_nothing() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(encoded(banner(), "JPEG", exif=exif)).size == (1024, 256)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_torn_picture_is_unreadable(format: str) -> None:
    whole = encoded(banner(), format)
    assert opened(whole).size == (1024, 256)
    with pytest.raises(Unreadable):
        opened(whole[: len(whole) // 2])


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"GIF89a", b"<svg/>"])
def test_what_is_no_picture_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable, match="no JPEG, PNG or WebP"):
        opened(data)


def test_a_picture_that_unpacks_to_too_much_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="pixels"):
        opened(encoded(Image.new("1", (10_000, 8_001))))
