"""TextSeg: polygons and masks of words and characters, as TexRNet trains on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.characters import renumbered, spelled, whole
from glyphdata.convert.writing.shares import Parts
from glyphdata.draw import png
from glyphdata.errors import InputError

_IGNORED = 255
_WORD = 100
_FOLDERS = {
    "texrnet": ("bpoly_label", "instance_label"),
    "release": ("annotation", "annotation"),
}


@dataclass(frozen=True, slots=True)
class TextSeg:
    """TextSeg: polygons, transcripts and masks of words and characters, for text segmentation.

    Export: {kind: textseg, val: 0.1, test: 0.1}

    Read by TexRNet (`ds_textseg`). `KEY_anno.json` has words with their polygons and characters,
    corners in whole pixels; `KEY_mask.png` numbers the characters from 1 (255: ignore), and
    `KEY_maskfg.png` has 100 where there is ink. A character is a cluster: a letter with its marks,
    or a ligature. `folders` are those that TexRNet reads, or those of the data set's release.
    `val` and `test` are shares of the pictures in `split.json`, spread evenly.
    """

    folders: Literal["texrnet", "release"] = "texrnet"
    val: Annotated[float, Field(ge=0, le=1)] = 0.1
    test: Annotated[float, Field(ge=0, le=1)] = 0.1
    masked: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.val + self.test > 1:
            raise InputError("val and test are more than all pictures", hint="set them lower")

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `image/`, the annotations' two folders, `semantic_label/` and `split.json`."""
        polygons, instances = _FOLDERS[self.folders]
        parts = Parts(train=1 - self.val - self.test, val=self.val, test=self.test)
        with folder.json_lists("split.json", {}, "train", "val", "test") as split:
            for picture in pictures:
                key = picture.key
                words, numbers = _words(picture, folder)
                mask, ink = _masks(picture, numbers)
                folder.put(f"image/{key}.jpg", picture.jpeg())
                folder.json(f"{polygons}/{key}_anno.json", words)
                folder.put(f"{instances}/{key}_mask.png", png.encode(mask))
                folder.put(f"semantic_label/{key}_maskfg.png", png.encode(ink))
                split.add(parts.next(), key)


def _words(picture: Picture, folder: Folder) -> tuple[dict[str, object], dict[int, int]]:
    """The words as their JSON has them, and the number of each cluster in the mask."""
    words: dict[str, object] = {}
    numbers: dict[int, int] = {}
    for box in picture.boxes:
        for one in spelled(box):
            characters = {}
            for at, cluster in enumerate(one.clusters):
                value = _IGNORED
                if not cluster.value:
                    value = 0
                elif len(numbers) < _IGNORED - 1:
                    value = numbers[cluster.value] = len(numbers) + 1
                else:
                    folder.skip(picture.key, "number of a character beyond the 254th of a picture")
                characters[str(at)] = {
                    "text": cluster.text,
                    "bbox": whole(cluster.quad),
                    "mask_value": value,
                }
            words[str(len(words))] = {
                "text": one.word.text,
                "bbox": whole(one.word.quad),
                "char": characters,
            }
    return words, numbers


def _masks(
    picture: Picture, numbers: dict[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The characters' mask, what has no number ignored, and where there is ink."""
    ink = picture.mask > 0
    mask = renumbered(picture.mask, numbers)
    mask[ink & (mask == 0)] = _IGNORED
    return mask, np.where(ink, np.uint8(_WORD), np.uint8(0))
