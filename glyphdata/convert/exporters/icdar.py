"""ICDAR's robust reading challenges (2015, task 4.1): a text file per picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glyphdata.convert.folder import Folder, batched_lines
from glyphdata.convert.picture import Corners, Picture


@dataclass(frozen=True, slots=True)
class Icdar:
    """ICDAR 2015: per picture a file of lines `x1,y1,x2,y2,x3,y3,x4,y4,text`.

    Export: {kind: icdar, unit: word}

    Read by most text detectors. Corners are whole pixels, clockwise from the text's own top left;
    the text is all that follows the eighth comma. `byte_order_mark` opens each file with one, as
    the challenge's own files do.
    """

    unit: Literal["word", "line"] = "word"
    byte_order_mark: bool = False

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` and `gt/gt_KEY.txt` of each picture."""
        mark = b"\xef\xbb\xbf" if self.byte_order_mark else b""
        for picture in pictures:
            folder.put(f"images/{picture.key}.{picture.extension}", picture.encoded)
            units = [
                one
                for box in picture.boxes
                for one in (box.words if self.unit == "word" else box.lines)
            ]
            told = batched_lines(_line(one.quad, one.text) for one in units)
            folder.put(f"gt/gt_{picture.key}.txt", mark + told)


def _line(quad: Corners, text: str) -> str:
    corners = ",".join(str(round(value)) for value in quad.ravel().tolist())
    return f"{corners},{text}"
