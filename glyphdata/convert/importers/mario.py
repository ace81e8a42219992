"""TextDiffuser's training set MARIO-10M, and what is written like it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label


@dataclass(frozen=True, slots=True)
class Mario:
    """MARIO-10M: a folder per picture with `image.jpg`, `caption.txt` and `ocr.txt`.

    Import: {kind: mario, size: 512}

    Folders are found wherever they lie in the source. Lines of `ocr.txt` are a text, eight
    coordinates joined by commas, and a confidence; the coordinates are told in a square of `size`
    pixels, however large the picture is (0: in its own pixels). Which corner comes first is not
    told there, so the reading direction is told from the shape. Texts of less `confidence` are
    ignored. `charseg.npy` tells classes, not instances, and is not read.
    """

    size: Annotated[int, Field(ge=0)] = 512
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures, folder by folder."""
        folder = Source.at(source, "MARIO's folders")
        for name in folder.walk():
            parent, _, file = name.rpartition("/")
            if file in ("image.jpg", "image.png"):
                yield sources.item(parent or file, self._item, folder, name, parent)

    def _item(self, folder: Source, name: str, parent: str) -> Item:
        here = folder.root / parent
        caption = ""
        if (here / "caption.txt").exists():
            caption = " ".join(sources.small_text(here / "caption.txt").split())
        told = sources.small_text(here / "ocr.txt") if (here / "ocr.txt").exists() else ""
        lines = [one for one in told.replace("\r\n", "\n").split("\n") if one.strip()]
        return Item(
            parent or name,
            folder.stretch(name),
            tuple(self._label(one) for one in lines),
            (caption,) if caption else (),
            space=self.size,
            license=_license(here),
        )

    def _label(self, line: str) -> Label:
        parts = line.rsplit(maxsplit=2)
        if len(parts) != 3:
            raise Odd(f"ocr.txt: {line[:40]!r} is no text, box and confidence")
        text, box, confidence = parts
        flat = sources.numbers(box.split(","), "ocr.txt: a box")
        if len(flat) != 8:
            raise Odd(f"ocr.txt: a box has {len(flat)} numbers, not 8")
        (sure,) = sources.numbers([confidence], "ocr.txt: a confidence")
        return Label(text, sources.corners(flat), ignored=sure < self.confidence, ordered=False)


def _license(here: Path) -> str:
    """The licence in `info.json`, which LAION tells as `LICENSE`: `?` where it is not known."""
    if not (here / "info.json").exists():
        return ""
    told = sources.object_of(sources.parsed(sources.small(here / "info.json"), "info.json"), "info")
    said = told.get("LICENSE")
    return said if isinstance(said, str) and said != "?" else ""
