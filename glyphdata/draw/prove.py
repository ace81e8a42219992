"""Does a process survive a face? Every character that the face draws is set and rasterised once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from unicodedata import category

from glyphdata.draw.render import render
from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.coverage import needs_no_glyph
from glyphdata.parts.backgrounds.black import Black
from glyphdata.scene.color import palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.scene import Canvas, FaceRef, Scene, TextBox
from glyphdata.typeset.itemize import script_of

_IN_A_LINE = 32
_SIZE_PX = 48.0
_CANVAS = Canvas(1536, 96)


def prove(
    catalogue: Catalogue, token: int, mark: Callable[[int], None], *, ligatures: bool = False
) -> None:
    """Draw all that face `token` draws, some dozens of characters to a line.

    Nothing comes of it: where the face is sound it returns, where it crashes or hangs a process so
    it does this one. `mark` hears how many lines are drawn. `InputError` where the face's file is
    missing or has changed.
    """
    ref = catalogue[token].ref
    mark(0)
    characters = list(_characters(catalogue, token))
    for start in range(0, len(characters), _IN_A_LINE):
        line = "".join(characters[start : start + _IN_A_LINE])
        try:
            render(_scene(line, ref), catalogue, ligatures=ligatures)
        except (Rejection, InputError):  # said and survived: what follows what, a broken outline
            for character in line:
                with suppress(Rejection, InputError):
                    render(_scene(character, ref), catalogue, ligatures=ligatures)
        mark(start // _IN_A_LINE + 1)


def _characters(catalogue: Catalogue, token: int) -> Iterator[str]:
    """The characters that a text in this face may have, in the order of their code points."""
    for code in sorted(catalogue.open(token).font.face.unicodes):
        drawn = catalogue.drawing(chr(code)) >> token & 1
        if drawn and not needs_no_glyph(code) and category(chr(code)) != "Cc":
            yield chr(code)


def _scene(text: str, face: FaceRef) -> Scene:
    """A scene of the text alone, white on black in one line; what is too long is cut off."""
    box = TextBox(
        id=0,
        level="sentence",
        text=text,
        source_text=text,
        language="",
        script=script_of(text),
        direction="ltr",
        face=face,
        ink=palette().by_name["white"],
        size_px=_SIZE_PX,
        align="left",
        angle_deg=0.0,
        width_px=float(_CANVAS.width),
        height_px=float(_CANVAS.height),
        place=Homography.placed(0.0, 0.0),
        line_ends=(len(text.encode()),),
    )
    return Scene(
        seed=0, index=0, variant=0, canvas=_CANVAS, level="sentence", language="",
        background=Black(), boxes=(box,),
    )  # fmt: skip
