"""Where does each glyph stand? Itemise, shape, break into lines, fit, place.

`shape` turns a text into glyphs, `fit` finds the largest size and the lines, `place` sets them in
the frame of their box. `set_box` does it again for a box whose size and lines are decided. What may
be asked of a text tell `spaceable`, `vertical` and `bendable`; `bent_size` says what room it takes.
"""

from __future__ import annotations

from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import SetBox
from glyphdata.typeset.arc import bendable, bent_size
from glyphdata.typeset.columns import vertical
from glyphdata.typeset.fit import Fit, fit, wrap
from glyphdata.typeset.place import place
from glyphdata.typeset.shape import shape
from glyphdata.typeset.shaped import GlyphStore, SetFace, Shaped
from glyphdata.typeset.spacing import spaceable

__all__ = [
    "Fit",
    "GlyphStore",
    "SetFace",
    "Shaped",
    "bendable",
    "bent_size",
    "fit",
    "place",
    "set_box",
    "shape",
    "spaceable",
    "vertical",
    "wrap",
]


def set_box(box: TextBox, face: SetFace, outlines: GlyphStore, ligatures: bool = False) -> SetBox:
    """The box with its glyphs placed: a pure function of the box and the font.

    `Rejection` as `shape` raises it, `InputError` as `place` does.
    """
    shaped = shape(
        box.text,
        face,
        outlines,
        language=box.language,
        direction=box.direction,
        ligatures=ligatures,
        letter_spacing_em=box.letter_spacing_em,
    )
    return place(shaped, box)
