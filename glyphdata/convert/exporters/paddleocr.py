"""PaddleOCR: its label files for detection, and crops with their texts for recognition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated, Literal

import orjson
from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.crops import Turn, crops
from glyphdata.convert.writing.units import Unit, units

_IGNORED = ("*", "###")


@dataclass(frozen=True, slots=True)
class PaddleOcr:
    """PaddleOCR: `Label.txt` for detection; crops, `rec_gt.txt` and `dict.txt` for recognition.

    Export: {kind: paddleocr, task: both, unit: line}

    Read by PaddleOCR's `SimpleDataSet`, with the exported folder as `data_dir`. A crop is the
    text's quad made upright; as PaddleOCR does when it reads, one that is at least 1.5 times as
    high as wide is turned a quarter to the left (`turn: columns` turns columns alone, `never`
    none). Crops with a side under `min_side` pixels are skipped, and so are texts that its lines
    cannot hold. `dict.txt` has every character of the crops' texts but the blank, which
    `use_space_char` stands for.
    """

    task: Literal["both", "det", "rec"] = "both"
    unit: Literal["word", "line"] = "line"
    turn: Turn = "tall"
    min_side: Annotated[int, Field(ge=1)] = 4

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/`, `Label.txt`, `crop_img/`, `rec_gt.txt` and `dict.txt`."""
        alphabet: set[str] = set()
        with ExitStack() as stack:
            det = stack.enter_context(folder.open("Label.txt")) if self.task != "rec" else None
            rec = stack.enter_context(folder.open("rec_gt.txt")) if self.task != "det" else None
            for picture in pictures:
                texts = list(units(picture, self.unit))
                if det is not None:
                    det.write(_found(picture, texts, folder))
                if rec is not None:
                    for name, text in self._cut(picture, texts, folder):
                        rec.write(f"{name}\t{text}\n".encode())
                        alphabet.update(text)
        if self.task != "det":
            letters = sorted(alphabet - {" "})
            folder.put("dict.txt", "".join(f"{one}\n" for one in letters).encode())

    def _cut(
        self, picture: Picture, texts: list[Unit], folder: Folder
    ) -> Iterator[tuple[str, str]]:
        sayable = [one for one in texts if _sayable(picture.key, one.text, folder)]
        cut = crops(picture, sayable, folder, min_side=self.min_side, turn=self.turn)
        for crop in cut:
            name = f"crop_img/{picture.key}_crop_{crop.number}.jpg"
            folder.put(name, crop.jpeg)
            yield name, crop.text


def _found(picture: Picture, texts: list[Unit], folder: Folder) -> bytes:
    """A line of `Label.txt`; a text that PaddleOCR takes to be ignored is counted, and stays."""
    name = f"images/{picture.file_name}"
    folder.put(name, picture.encoded)
    told = []
    for one in texts:
        if one.text in _IGNORED:
            folder.skip(picture.key, "text that PaddleOCR takes for ignored, for detection")
        told.append({"transcription": one.text, "points": one.quad.tolist(), "difficult": False})
    return f"{name}\t{orjson.dumps(told).decode()}\n".encode()


def _sayable(key: str, text: str, folder: Folder) -> bool:
    if any(one in text for one in "\t\n\r"):
        folder.skip(key, "text with a tab or a line end, for recognition")
        return False
    if not text.strip():
        folder.skip(key, "blank, for recognition")
        return False
    return True
