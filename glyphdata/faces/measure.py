"""What a face truly draws, found by drawing it: its ink, its case, its prints."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.faces.coverage import is_private, may_be_blank

_SMALL_PX = 48  # glyphs are drawn this large to see whether they have ink
_LETTER_PX = 96  # and this large to compare their shapes
_SIDE = 24  # shapes are compared on a grid of this many cells a side
# Letters whose small and capital shapes differ in every roman, and have no part below the line.
_CASED = "abdefhnrt"
_SAME_SHAPE = 0.8  # two shapes this alike (0 to 1) are one letter form; heavy romans reach 0.7
_SAME_HEIGHT = 0.95


class Drawing:
    """A face at one size, ready to have its glyphs looked at."""

    def __init__(self, face: hb.Face, axes: tuple[tuple[str, float], ...], px: int) -> None:
        self.font = hb.Font(face)
        self.font.scale = (px, px)
        if axes:
            self.font.set_variations(dict(axes))
        self._raster = hb.RasterDraw()

    def glyph(self, glyph: int) -> NDArray[np.uint8]:
        """The glyph's coverage, cropped to its outline; of size 0 where it has none."""
        self._raster.draw_glyph(self.font, glyph)
        image = self._raster.render()
        size = image.extents
        cells = np.frombuffer(image.buffer, np.uint8)
        return cells.reshape(size.height, size.stride)[:, : size.width]

    def letter(self, char: str) -> NDArray[np.uint8]:
        """The character's glyph, as `glyph` gives it; of size 0 where the face has none."""
        number = self.font.get_nominal_glyph(ord(char))
        return self.glyph(number) if number else np.zeros((0, 0), np.uint8)


def ink(
    face: hb.Face, axes: tuple[tuple[str, float], ...], quadratic: bool
) -> tuple[set[int], set[int]]:
    """The code points that the face truly draws, and those it maps to a glyph without ink.

    Extents come from executing the outline, except in a `glyf` table without variations, whose
    header may claim any box: there each glyph is drawn. Private use counts as neither.
    """
    drawing = Drawing(face, axes, _SMALL_PX)
    extents = Drawing(face, axes, face.upem).font.get_glyph_extents
    has_ink: dict[int, bool] = {0: False}
    drawn: set[int] = set()
    blank: set[int] = set()
    for code in face.unicodes:
        if is_private(code) or 0xD800 <= code <= 0xDFFF:
            continue
        glyph = drawing.font.get_nominal_glyph(code) or 0
        known = has_ink.get(glyph)
        if known is None:
            box = extents(glyph)
            known = bool(box and box.width and box.height)
            if known and quadratic:
                known = bool(drawing.glyph(glyph).any())
            has_ink[glyph] = known
        if known or (glyph and may_be_blank(code)):
            drawn.add(code)
        else:
            blank.add(code)
    return drawn, blank


def _shape(cells: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The drawn shape stretched onto a square grid, by the mean of the cells under each."""
    height, width = cells.shape
    rows = np.minimum(np.arange(_SIDE * 4) * height // (_SIDE * 4), height - 1)
    columns = np.minimum(np.arange(_SIDE * 4) * width // (_SIDE * 4), width - 1)
    spread = cells[np.ix_(rows, columns)].astype(np.float64) / 255.0
    shape: NDArray[np.float64] = spread.reshape(_SIDE, 4, _SIDE, 4).mean(axis=(1, 3))
    return shape


def _likeness(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.minimum(one, other).sum() / max(float(np.maximum(one, other).sum()), 1e-9))


def case(face: hb.Face, axes: tuple[tuple[str, float], ...]) -> str:
    """What the face's small Latin letters look like: `mixed`, `upper` or `small` (capitals).

    Each small letter's shape, stretched to a square, is compared with its capital's; capitals in
    the place of small letters are `small` when they stand lower than the capitals. A face without
    Latin is `mixed`.
    """
    drawing = Drawing(face, axes, _LETTER_PX)
    alike, heights = [], []
    for letter in _CASED:
        low, high = drawing.letter(letter), drawing.letter(letter.upper())
        if not low.any() or not high.any():
            return "mixed"
        alike.append(_likeness(_shape(low), _shape(high)))
        heights.append(low.shape[0] / high.shape[0])
    if float(np.median(alike)) < _SAME_SHAPE:
        return "mixed"
    return "upper" if float(np.median(heights)) >= _SAME_HEIGHT else "small"


def fingerprint(face: hb.Face, axes: tuple[tuple[str, float], ...], letters: str) -> str:
    """A digest of the letters as drawn; equal for two faces that draw them alike."""
    drawing = Drawing(face, axes, _SMALL_PX)
    digest = blake2b(digest_size=8)
    for letter in letters:
        cells = drawing.letter(letter)
        digest.update(np.array(cells.shape, "<i4").tobytes())
        # Half-tones in steps of 32, so that a rounding of the outline's scale does not show.
        digest.update((cells // 32).tobytes())
    return digest.hexdigest()


def has_visible_notdef(face: hb.Face, axes: tuple[tuple[str, float], ...]) -> bool:
    """Does the glyph for missing characters show?"""
    return bool(Drawing(face, axes, _SMALL_PX).glyph(0).any())
