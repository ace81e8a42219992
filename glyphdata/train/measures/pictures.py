"""Pictures to be measured: those of a folder, or those of a dataset, one after the other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glyphdata.errors import InputError
from glyphdata.shards.dataset import MAX_PIXELS, Dataset

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
"""What is taken for a picture in a folder."""


class Pictures:
    """The pictures in a folder by their names without ending, or of a dataset by their keys."""

    def __init__(self, path: Path) -> None:
        """`InputError` where there is neither, or where two files have one name."""
        self.path = path
        self._files: dict[str, Path] = {}
        self._data: Dataset | None = None
        if (path / "data").is_dir():
            self._data = Dataset(path)
            self.keys = tuple(self._data.keys())
            return
        if not path.is_dir():
            raise InputError(
                "there is no such folder", hint="pictures, or a dataset of ours"
            ).inside(str(path))
        for file in sorted(path.iterdir()):
            if file.suffix.lower() not in ENDINGS:
                continue
            if file.stem in self._files:
                raise InputError(
                    f"{self._files[file.stem].name} and {file.name} have one name",
                    hint="rename one of them",
                ).inside(str(path))
            self._files[file.stem] = file
        self.keys = tuple(self._files)
        if not self.keys:
            raise InputError("it holds no pictures", hint=f"{', '.join(ENDINGS)} are read").inside(
                str(path)
            )

    def encoded(self, key: str) -> bytes:
        """A picture as it lies there."""
        if self._data is not None:
            return self._data[key].picture
        try:
            return self._files[key].read_bytes()
        except OSError as fault:
            raise InputError(f"it cannot be read: {fault.strerror}", hint="or remove it").inside(
                str(self._files[key])
            ) from None

    def pixels(self, key: str) -> NDArray[np.uint8]:
        """A picture, decoded: height × width × 3, sRGB."""
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(
                io.BytesIO(self.encoded(key)), formats=("JPEG", "PNG", "WEBP")
            ) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise InputError(
                        f"picture {key} has over {MAX_PIXELS} pixels", hint="make it smaller"
                    ).inside(str(self.path))
                return np.array(image.convert("RGB"))
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as fault:
            raise InputError(f"picture {key} cannot be read: {fault}", hint="or remove it").inside(
                str(self.path)
            ) from None

    def batches(self, count: int) -> Iterator[Tensor]:
        """f32 [n, 3, H, W] in 0 to 1, up to `count` neighbours of one size at a time."""
        held: list[NDArray[np.uint8]] = []
        for key in self.keys:
            pixels = self.pixels(key)
            if held and (len(held) == count or held[0].shape != pixels.shape):
                yield floats(held)
                held = []
            held.append(pixels)
        if held:
            yield floats(held)


def floats(pictures: list[NDArray[np.uint8]]) -> Tensor:
    """f32 [n, 3, H, W] in 0 to 1 of pictures of one size."""
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return stacked.to(torch.float32) / 255.0
