"""Reading one photograph that nobody vouches for, as upright RGB that covers a canvas."""

from __future__ import annotations

import math
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from glyphdata.scene.scene import Pixels

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
"""How a photograph's file name ends, in small letters."""

FORMATS = ("JPEG", "PNG", "WEBP")
"""The decoders that may run; Pillow knows forty more, and each is a door."""

MAX_PIXELS = 80_000_000
"""The most pixels a photograph may unpack to (240 MB of RGB)."""

MAX_PACK_PIXELS = 40_000_000
"""The most pixels it may have once it covers the canvas; passed by panoramas on small canvases."""

_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 stand on their side
_GREY = (128, 128, 128)

# What Pillow raises on hostile bytes, beside OSError, which covers its own UnidentifiedImageError.
DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises of files that are broken, or made to break it."""


class Unreadable(Exception):
    """A photograph that cannot be used; the text says why."""


def decoded(path: str, width: int, height: int, zoom: float) -> Pixels:
    """The photograph, upright, resized so that it covers `width` × `height` `zoom` times enlarged.

    It is enlarged no further than covering takes. Transparent parts are laid on mid grey. The
    pixels depend on the file and these numbers alone. `Unreadable` for anything but a sound JPEG,
    PNG or WebP within `MAX_PIXELS`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Faults in the metadata alone are no reason to refuse the picture.
            warnings.filterwarnings("ignore", category=UserWarning)
            with Image.open(path, formats=FORMATS) as image:
                return _covering(image, width, height, zoom)
    except UnidentifiedImageError as fault:
        raise Unreadable("it is no JPEG, PNG or WebP") from fault
    except DAMAGED as fault:
        raise Unreadable(str(fault) or type(fault).__name__) from fault


def _covering(image: Image.Image, width: int, height: int, zoom: float) -> Pixels:
    if image.width * image.height > MAX_PIXELS:
        raise Unreadable(f"{image.width} × {image.height} pixels are over {MAX_PIXELS}")
    lies = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    across, down = (image.height, image.width) if lies else image.size
    cover = max(width / across, height / down)
    scale = max(cover, min(cover * zoom, 1.0))
    size = (max(width, round(across * scale)), max(height, round(down * scale)))
    if size[0] * size[1] > MAX_PACK_PIXELS:
        raise Unreadable(f"at {across} × {down} it is too narrow for {width} × {height}")
    # A JPEG can be decoded at a half, a quarter or an eighth for less.
    image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    upright = ImageOps.exif_transpose(image)
    flat = _rgb(upright)
    if flat.size != size:
        flat = flat.resize(size, Image.Resampling.BICUBIC)
    return np.array(flat, dtype=np.uint8, order="C")


def _rgb(image: Image.Image) -> Image.Image:
    """The picture in 8 bit RGB, without transparency."""
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.uint32)  # 16 bit grey: keep the high byte
        return Image.fromarray(np.minimum(deep >> 8, 255).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGB", clear.size, _GREY)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground
