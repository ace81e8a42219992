"""ICDAR's robust reading challenges (2015, task 4.1): a text file per picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glyphdata.convert.folder import Folder, as_lines
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.units import Unit, units

_IGNORED = "###"


@dataclass(frozen=True, slots=True)
class Icdar:
    """ICDAR 2015: per picture a file of lines `x1,y1,x2,y2,x3,y3,x4,y4,text`.

    Export: {kind: icdar, unit: word}

    Read by most text detectors. Corners are whole pixels, clockwise from the text's own top left;
    the text is all that follows the eighth comma. A text with a line end becomes `###`, which
    readers ignore; that is counted, and so is a text that says `###` itself. `byte_order_mark`
    opens each file with one, as the challenge's own files do.
    """

    unit: Literal["word", "line"] = "word"
    byte_order_mark: bool = False

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` and `gt/gt_KEY.txt` of each picture."""
        mark = b"\xef\xbb\xbf" if self.byte_order_mark else b""
        for picture in pictures:
            folder.put(f"images/{picture.file_name}", picture.encoded)
            told = [_line(one, picture.key, folder) for one in units(picture, self.unit)]
            folder.put(f"gt/gt_{picture.key}.txt", mark + as_lines(told))


def _line(unit: Unit, key: str, folder: Folder) -> str:
    text = unit.text
    if text == _IGNORED:
        folder.skip(key, "text that says ###, which readers ignore")
    elif "\n" in text or "\r" in text:
        folder.skip(key, "text with a line end, told as ###")
        text = _IGNORED
    corners = ",".join(str(round(value)) for value in unit.quad.ravel().tolist())
    return f"{corners},{text}"
