"""Pictures out of shards: a stretch of a tar read where the index says, thumbnails, masks."""

from __future__ import annotations

import colorsys
import io
import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.evidence import StoredSample
from glyphdata.review.view.rows import Spot
from glyphdata.scene.scene import Pixels
from glyphdata.shards import tarread
from glyphdata.shards.keys import PICTURES, Places
from glyphdata.shards.stretches import Stretches
from glyphdata.shards.ustar import BLOCK

SIDES = range(16, 1025)
"""The sides, in pixels, that a thumbnail can be asked for."""

MAX_PIXELS = 1 << 27
"""The largest picture that is decoded: 134 million pixels."""

HELD = 32 << 20
"""So many bytes of thumbnails are held in memory."""

_HINT = "`glyphdata verify` tells all that is wrong"
_GOLDEN = 0.618034  # of a turn: hues that follow one another stay apart


def members_at(places: Places, spot: Spot, key: str) -> dict[str, bytes]:
    """The members of a sample by extension; `InputError` where they cannot be read."""
    return _members(places.shard(spot.shard), spot.offset, spot.size, key)


def picture_at(places: Places, spot: Spot, key: str) -> tuple[str, bytes]:
    """The extension and the bytes of a sample's picture; `InputError` where it cannot be read.

    Nothing but the picture and its header is read.
    """
    path = places.shard(spot.shard)
    if not spot.picture_size:
        raise InputError("it has no picture", hint=_HINT).inside(path.name)
    padded = spot.picture_size + -spot.picture_size % BLOCK
    members = _members(path, spot.picture_offset - BLOCK, BLOCK + padded, key)
    for extension, content in members.items():
        if extension in PICTURES:
            return extension, content
    raise InputError("no picture stands where the index says", hint=_HINT).inside(path.name)


def _members(path: Path, offset: int, size: int, key: str) -> dict[str, bytes]:
    try:
        file = Stretches(path, ahead=0)
    except OSError as fault:
        raise InputError(f"it cannot be read: {fault.strerror}", hint=_HINT).inside(
            path.name
        ) from None
    try:
        if offset < 0 or not 0 < size <= tarread.MAX_MEMBER:
            raise InputError("the index places a sample where none can be", hint=_HINT)
        blob = file.read(offset, size)
        if len(blob) != size:
            raise InputError(f"it is cut short, at byte {offset + len(blob):,}", hint=_HINT)
        return tarread.sample(blob, key)
    except OSError as fault:
        raise InputError(f"it cannot be read: {fault.strerror}", hint=_HINT).inside(
            path.name
        ) from None
    except InputError as fault:
        raise fault.inside(path.name) from None
    finally:
        file.close()


class Thumbs:
    """Thumbnails that were made before, those used last, up to `HELD` bytes of them."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._held: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def thumb(self, key: str, spot: Spot, side: int) -> bytes:
        """A JPEG whose longer side has at most so many pixels; `InputError` for what is none."""
        with self._lock:
            held = self._held.get((key, side))
            if held is not None:
                self._held.move_to_end((key, side))
                return held
        made = thumbnail(picture_at(self._places, spot, key)[1], side)
        with self._lock:
            if (key, side) not in self._held:
                self._held[key, side] = made
                self._bytes += len(made)
            while self._bytes > HELD:
                self._bytes -= len(self._held.popitem(last=False)[1])
        return made


def thumbnail(data: bytes, side: int) -> bytes:
    """A picture as a JPEG whose longer side has at most so many pixels.

    `InputError` where it is no JPEG, PNG or WebP, or over `MAX_PIXELS`.
    """
    pixels = _scaled_jpeg(data, side) if data.startswith(b"\xff\xd8") else _decoded(data)
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    made: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=82, colorspace="RGB", colorsubsampling="420"
    )
    return made


def _scaled_jpeg(data: bytes, side: int) -> Pixels:
    """A JPEG decoded at the smallest of its own scales that is large enough."""
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        if height * width > MAX_PIXELS:
            raise InputError(f"the picture has {width} × {height} pixels, over {MAX_PIXELS}")
        scale = min(1.0, side / max(height, width))
        pixels: Pixels = simplejpeg.decode_jpeg(
            data,
            colorspace="RGB",
            fastdct=True,
            fastupsample=True,
            min_height=int(height * scale),
            min_width=int(width * scale),
        )
    except ValueError as fault:
        raise InputError(f"the picture is damaged: {fault}", hint=_HINT) from None
    return pixels


def _decoded(data: bytes) -> Pixels:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(f"the picture has over {MAX_PIXELS} pixels")
            return np.array(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise InputError(f"the picture is damaged: {fault}", hint=_HINT) from None
    except Image.DecompressionBombError as fault:
        raise InputError(f"the picture is too large: {fault}", hint=_HINT) from None


def coloured(key: str, members: dict[str, bytes], member: str) -> bytes:
    """An instance mask as a PNG in which each instance has a colour, and the rest is clear.

    `InputError` where there is no such member, or it is no mask.
    """
    sample = StoredSample(key, members)
    if member not in members:
        raise InputError(f"it has no {member}", hint="the recipe's `outputs` chooses what is kept")
    mask = sample.mask if member == "mask.png" else sample.box_mask
    if mask is None:
        raise InputError(f"{member} is damaged: {sample.faults.get(member, '')}", hint=_HINT)
    colors = _colors(int(mask.max(initial=0)) + 1)
    made, encoded = cv2.imencode(".png", colors[mask], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not made:
        raise InputError(f"{member} cannot be shown", hint=_HINT)
    return bytes(encoded)


@lru_cache(maxsize=8)
def _colors(count: int) -> NDArray[np.uint8]:
    """A colour for each value, BGRA; 0 is clear."""
    colors = np.zeros((count, 4), np.uint8)
    for value in range(1, count):
        hue = value * _GOLDEN % 1
        red, green, blue = colorsys.hsv_to_rgb(hue, 0.75 if value % 2 else 0.5, 1.0)
        colors[value] = (round(255 * blue), round(255 * green), round(255 * red), 255)
    return colors
