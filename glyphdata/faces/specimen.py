"""A picture of a face: a few lines of its own scripts, set and drawn by HarfBuzz alone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.faces.face import Face
from glyphdata.faces.opening import OpenFace

_MARGIN_PX = 24
_LINES = {
    "latin": ("Bright vixens jump; dozy fowl quack.", "ABCDEFGHIJKLM abcdefghijklm 0123456789"),
    "cyrillic": ("Широкая электрификация южных губерний", "даст мощный толчок подъёму"),
    "greek": ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",),
    "arabic": ("الخط العربي جميل وواضح",),
    "hebrew": ("אותיות בעברית נקראות מימין לשמאל",),
    "devanagari": ("देवनागरी लिपि में सुंदर अक्षर",),
    "thai": ("ตัวอักษรไทยที่สวยงาม",),
    "han": ("天地人山水火日月風雲",),
    "kana": ("ひらがなとカタカナ",),
    "hangul": ("아름다운 한글 글자",),
}


def lines_for(face: Face) -> tuple[str, ...]:
    """What a specimen of the face says: lines in each script it is at home in."""
    return tuple(line for script in face.home_scripts for line in _LINES[script])


def specimen(face: OpenFace, lines: Iterable[str], size_px: int = 48) -> NDArray[np.uint8]:
    """The lines in black on white, one under the other: height × width, 0 to 255."""
    drawn = [_line(face, line, size_px) for line in lines]
    width = max((strip.shape[1] for strip in drawn), default=0) + 2 * _MARGIN_PX
    height = sum(strip.shape[0] for strip in drawn) + 2 * _MARGIN_PX
    sheet = np.full((height, width), 255, np.uint8)
    top = _MARGIN_PX
    for strip in drawn:
        bottom = top + strip.shape[0]
        sheet[top:bottom, _MARGIN_PX : _MARGIN_PX + strip.shape[1]] -= strip
        top = bottom
    return sheet


def _line(face: OpenFace, text: str, size_px: int) -> NDArray[np.uint8]:
    """One line's coverage, in a strip as high as the line or its ink, whichever is more."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(face.font, buffer)
    raster, scale = hb.RasterDraw(), size_px / face.upem
    x = y = 0.0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        left, up = x + position.x_offset, y + position.y_offset
        raster.transform = (scale, 0.0, 0.0, scale, left * scale, up * scale)
        raster.draw_glyph(face.font, info.codepoint)
        x += position.x_advance
        y += position.y_advance
    image = raster.render()
    size = image.extents
    cells = np.frombuffer(image.buffer, np.uint8).reshape(size.height, size.stride)
    ink = cells[::-1, : size.width]  # HarfBuzz lays the lowest row first
    above = max(round(face.ascent_em * size_px), size.y_origin + size.height)
    below = max(round(face.descent_em * size_px), -size.y_origin)
    strip = np.zeros((above + below, max(size.x_origin, 0) + size.width), np.uint8)
    top = above - size.y_origin - size.height
    left_px = max(size.x_origin, 0)
    strip[top : top + size.height, left_px:] = ink
    return strip
