"""Pictures as a server is to see them: padded, bounded, in a data URL."""

from __future__ import annotations

import base64
import io
from typing import Literal

from PIL import Image

MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def data_url(picture: bytes, fit: Literal["pad", "native", "squash", "crop"], max_side: int) -> str:
    """The encoded picture as a data URL, at most `max_side` pixels wide and high.

    Its own bytes where nothing about it changes, else PNG, so that a server sees the very pixels
    that a model on this machine would. `Unreadable` for anything but a sound JPEG, PNG or WebP.
    """
    from glyphdata.caption.hf.pictures import fitted, opened

    image = opened(picture)
    scaled = image
    if max(image.size) > max_side:
        scale = max_side / max(image.size)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        scaled = image.resize(size, Image.Resampling.LANCZOS)
    shown = fitted(scaled, fit)
    mime = _mime(picture) if shown is image else ""
    if not mime:
        picture, mime = _png(shown), MIMES["PNG"]
    return f"data:{mime};base64,{base64.b64encode(picture).decode()}"


def grey(side: int) -> bytes:
    """A grey square, as PNG."""
    return _png(Image.new("RGB", (side, side), (128, 128, 128)))


def _mime(picture: bytes) -> str:
    """The type of a picture that any server reads as these pixels; empty for one with
    transparency, a palette or an EXIF turn, which servers read as they please."""
    with Image.open(io.BytesIO(picture), formats=tuple(MIMES)) as image:
        plain = image.mode in ("RGB", "L") and "exif" not in image.info
        plain = plain and "transparency" not in image.info
        return MIMES[image.format or ""] if plain else ""


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
