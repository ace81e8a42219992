"""Where each glyph of a box stands: in lines or columns, or along an arc, in the box's frame."""

from __future__ import annotations

from dataclasses import replace

from glyphdata.errors import InputError
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import SetBox
from glyphdata.typeset.arc import bent
from glyphdata.typeset.columns import stood_up
from glyphdata.typeset.rows import in_rows
from glyphdata.typeset.shaped import Shaped

_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}


def place(shaped: Shaped, box: TextBox) -> SetBox:
    """The glyphs of `shaped` (the box's own text, shaped) in the frame of `box`, pixels, y down.

    Rows stand at the top of the frame, `line_spacing` line heights apart. Each line is aligned with
    its overhanging ink counted and the space at its end not; that space hangs, cut off at the
    frame. A text that `fit` found room for has all its ink in the frame. Columns stand at the right
    of the frame, so aligned from top to bottom. A bent line stands in the middle of the frame,
    whatever its alignment. `InputError` where the box's line ends are not boundaries of clusters,
    and where it bends more than half a circle, several lines, or columns.
    """
    share = _SHARE[box.align]
    if box.bend_deg:
        if shaped.wanted.direction == "ttb" or len(box.line_ends) > 1:
            raise InputError(
                f"box {box.id} cannot be bent: it is not one line across",
                hint="bend what is `bendable`",
            )
        frame = box.width_px, box.height_px
        return bent(shaped, box.line_ends, box.size_px, box.bend_deg, frame)
    if shaped.wanted.direction == "ttb":
        across = box.height_px, share
        lines = in_rows(shaped, box.line_ends, box.size_px, across, box.line_spacing)
        return replace(lines, moved=stood_up(lines, box.width_px))
    across = box.width_px, share
    return in_rows(shaped, box.line_ends, box.size_px, across, box.line_spacing)
