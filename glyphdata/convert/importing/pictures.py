"""A foreign picture's file as a member of ours: sound, upright, RGB, kept as it is if it can be."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps

from glyphdata.draw import encode
from glyphdata.draw.encode import Format
from glyphdata.parts.photofile import DAMAGED, FORMATS, MAX_PIXELS
from glyphdata.scene.color import Color
from glyphdata.scene.scene import Pixels

QUALITY = 95
"""Of what is encoded anew as JPEG or WebP."""

_ORIENTATION = 0x0112  # the EXIF tag
_LARGEST = {"jpg": 65_500, "png": 1 << 24, "webp": 16_383}  # px, of a side, in that format
_GROUND = (255, 255, 255)
_PNG_END = b"IEND\xaeB`\x82"  # not all readers do without it, as Pillow does


class Unreadable(Exception):
    """A picture that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as a member: its file, its size upright, and the mean of its colours.

    `stored` is the size that the file had at first, `orientation` how that was turned (EXIF, 1 to
    8), `kept` whether its bytes stayed as they were.
    """

    content: bytes
    width: int
    height: int
    mean: Color
    stored: tuple[int, int]
    orientation: int
    kept: bool


def prepared(content: bytes, format: Format) -> Prepared:
    """The picture in that format; `Unreadable` for what is no sound JPEG, PNG or WebP.

    Its bytes stay where they are of that format, upright, and plain grey or RGB of 8 bits. What
    shows through is laid on white. No colour profile is applied.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with its metadata does not matter here
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return _prepared(image, content, format)
    except DAMAGED as fault:
        raise Unreadable(str(fault) or type(fault).__name__) from None


def mask_of(content: bytes, size: tuple[int, int], orientation: int) -> NDArray[np.int64]:
    """The values of an instance mask, turned as its picture is; `Unreadable` where it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.size != size:
                raise Unreadable(f"its mask is {image.size}, the picture {size}")
            if image.mode not in ("L", "P", "I", "I;16", "1"):
                raise Unreadable(f"its mask is no plane of values but {image.mode}")
            values = np.asarray(image).astype(np.int64)
    except DAMAGED as fault:
        raise Unreadable(f"its mask: {fault or type(fault).__name__}") from None
    return np.ascontiguousarray(_upright(values, orientation))


def _prepared(image: Image.Image, content: bytes, format: Format) -> Prepared:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Unreadable(f"{width} × {height} pixels are over {MAX_PIXELS}")
    if max(width, height) > _LARGEST[format]:
        raise Unreadable(f"no {format} is {width} × {height} pixels large")
    said = image.getexif().get(_ORIENTATION, 1)
    turn = said if isinstance(said, int) and 1 <= said <= 8 else 1
    pixels = _plain(image, content, format) if turn == 1 else None
    kept = pixels is not None
    if pixels is None:
        upright = ImageOps.exif_transpose(image) if turn > 1 else image
        pixels = _rgb(upright)
        content = encode.picture(pixels, format, QUALITY, "444")
    mean = Color(*np.rint(pixels.reshape(-1, 3).mean(0)).astype(int).tolist())
    across, down = (height, width) if turn > 4 else (width, height)
    return Prepared(content, across, down, mean, (width, height), turn, kept)


def _plain(image: Image.Image, content: bytes, format: Format) -> Pixels | None:
    """The pixels of a file that may stay as it is, an eighth of them for a JPEG; None of others.

    Every byte of it is decoded all the same: one that is cut short is found out.
    """
    if format == "jpg":
        if not content.startswith(b"\xff\xd8\xff") or image.mode not in ("L", "RGB"):
            return None
        try:
            small: Pixels = simplejpeg.decode_jpeg(
                content, colorspace="RGB", min_height=1, min_width=1, min_factor=1
            )
        except ValueError:
            return None  # Pillow has the last word
        return small
    signed = b"\x89PNG" if format == "png" else b"RIFF"
    several = getattr(image, "n_frames", 1) > 1
    if not content.startswith(signed) or image.mode not in ("L", "RGB") or several:
        return None
    if image.has_transparency_data:
        return None
    if format == "png" and (content[24] != 8 or not content.endswith(_PNG_END)):
        return None
    return _rgb(image)


def _rgb(image: Image.Image) -> Pixels:
    """The picture in RGB of 8 bits, laid on white where it shows through."""
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.uint32)  # grey of 16 bits: keep the high byte
        return np.repeat(np.minimum(deep >> 8, 255).astype(np.uint8)[..., None], 3, axis=2)
    if not image.has_transparency_data:
        return np.array(image.convert("RGB"), dtype=np.uint8, order="C")
    clear = image.convert("RGBA")
    ground = Image.new("RGB", clear.size, _GROUND)
    ground.paste(clear, mask=clear.getchannel("A"))
    return np.array(ground, dtype=np.uint8, order="C")


def _upright(plane: NDArray[np.int64], orientation: int) -> NDArray[np.int64]:
    """A plane of values turned as EXIF says."""
    flipped = plane.T if orientation > 4 else plane
    if orientation in (2, 3, 6, 7):
        flipped = flipped[:, ::-1]
    if orientation in (3, 4, 7, 8):
        flipped = flipped[::-1]
    return flipped
