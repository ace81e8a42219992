"""UDiffText: words of up to twelve characters with a mask for each, as its loader reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.characters import (
    PRINTED,
    Spelled,
    composed,
    renumbered,
    spelled,
    whole,
)
from glyphdata.convert.writing.shares import Parts
from glyphdata.draw import png

_NUMBERS = 254  # 255 means ignore
_ILLEGIBLE = "#"


@dataclass(frozen=True, slots=True)
class UDiffText:
    """UDiffText: words of up to 12 characters, each character with its own mask, in TextSeg's form.

    Export: {kind: udifftext, val: 0.05}

    Read by its `TextSegDataset` (`data_root` is the export's folder, on a path without `eff`). A
    word counts where it has 1 to `longest` of the 94 printed characters of ASCII, each with ink of
    its own, and no `#`, which the loader takes for illegible. The loader itself leaves out words of
    under 1 % of the picture. `val` is the share of pictures for validation, spread evenly.
    """

    longest: Annotated[int, Field(ge=1, le=254)] = 12
    val: Annotated[float, Field(ge=0, le=1)] = 0.05
    masked: ClassVar[bool] = True

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `TextSeg/train/image/KEY.jpg` and so on, and likewise `val`."""
        for name in ("train", "val"):  # its loader lists both
            for part in ("image", "annotation"):
                folder.branch(f"TextSeg/{name}/{part}")
        parts = Parts(train=1 - self.val, val=self.val)
        for picture in pictures:
            place = f"TextSeg/{parts.next()}"
            words: dict[str, object] = {}
            numbers: dict[int, int] = {}
            for one in self._fit(picture, folder):
                if len(numbers) + len(one.clusters) > _NUMBERS:
                    folder.skip(picture.key, "word beyond the 254th character of a picture")
                    continue
                words[str(len(words))] = _word(one, numbers)
            mask = renumbered(picture.mask, numbers)
            folder.put(f"{place}/image/{picture.key}.jpg", picture.jpeg())
            folder.json(f"{place}/annotation/{picture.key}_anno.json", words)
            folder.put(f"{place}/annotation/{picture.key}_mask.png", png.encode(mask))

    def _fit(self, picture: Picture, folder: Folder) -> Iterator[Spelled]:
        for box in picture.boxes:
            for one in spelled(box):
                fault = self._unfit(one)
                if fault:
                    folder.skip(picture.key, fault)
                else:
                    yield one

    def _unfit(self, one: Spelled) -> str:
        """Why the loader cannot take the word; empty if it can."""
        text = composed(one.word.text)
        if any(char not in PRINTED for char in text):
            return "word with characters outside the 94 of ASCII"
        if len(text) > self.longest:
            return "word of too many characters"
        if _ILLEGIBLE in text:
            return "word with #, which means illegible"
        if [cluster.text for cluster in one.clusters] != list(text):
            return "word with a ligature"
        if not all(cluster.value for cluster in one.clusters):
            return "word with a character out of sight"
        return ""


def _word(one: Spelled, numbers: dict[int, int]) -> dict[str, object]:
    """A word as its JSON has it; its characters get the next numbers of the mask."""
    characters = {}
    for at, cluster in enumerate(one.clusters):
        numbers[cluster.value] = len(numbers) + 1
        characters[str(at)] = {
            "text": cluster.text,
            "bbox": whole(cluster.quad),
            "mask_value": numbers[cluster.value],
        }
    return {"text": one.word.text, "bbox": whole(one.word.quad), "char": characters}
