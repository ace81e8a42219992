"""Pictures as a model is to see them: RGB, upright as they lie in the shard, with nothing cut off.

Processors like CLIP's scale the short edge and cut out the middle: two thirds of a 3:1 banner, and
the words on it, would never reach the model. So a picture is made square before they see it.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from glyphdata.parts.photofile import FORMATS, MAX_PIXELS, Unreadable

Fit = Literal["auto", "native", "pad", "squash", "crop"]
"""How a picture that is not square comes to a processor.

`native`: as it is; `pad`: on a square of its edge's mean colour; `squash`: scaled to a square;
`crop`: the middle square alone; `auto`: padded for a processor that cuts, else as it is.
"""

_FAULTS = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError)
_MORE_FAULTS = (OverflowError, ZeroDivisionError, MemoryError, struct.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def opened(data: bytes) -> Image.Image:
    """The encoded picture in RGB; EXIF does not turn it, for the labels are those of the pixels.

    `Unreadable` for anything but a sound JPEG, PNG or WebP.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Unreadable(f"{image.width} × {image.height} pixels are over {MAX_PIXELS}")
                return image.convert("RGB")
    except UnidentifiedImageError as fault:
        raise Unreadable("it is no JPEG, PNG or WebP") from fault
    except (*_FAULTS, *_MORE_FAULTS, *_BOMBS) as fault:
        raise Unreadable(str(fault) or type(fault).__name__) from fault


def fitted(picture: Image.Image, fit: Fit) -> Image.Image:
    """The picture as it goes to the processor; `auto` has been settled before and is `native`."""
    side = max(picture.size)
    if fit in ("auto", "native") or picture.width == picture.height:
        return picture
    if fit == "squash":
        return picture.resize((side, side), Image.Resampling.BICUBIC)
    if fit == "crop":
        short = min(picture.size)
        left, top = (picture.width - short) // 2, (picture.height - short) // 2
        return picture.crop((left, top, left + short, top + short))
    square = Image.new("RGB", (side, side), _edge(picture))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


def _edge(picture: Image.Image) -> tuple[int, int, int]:
    """The mean colour of the outermost pixels, which a padding of it continues best."""
    pixels = np.asarray(picture, dtype=np.float64)
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (round(value) for value in rim.mean(axis=0).tolist())
    return red, green, blue
