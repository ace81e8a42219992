"""Transforms of pictures, as far as open_clip's trainer calls them without extra options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from torchvision.transforms import functional as functional


class InterpolationMode(Enum):
    """The filters by name."""

    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


class Compose:
    """One transform after another."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, value: Any) -> Any:
        for one in self.transforms:
            value = one(value)
        return value


class Normalize:
    """Channels less their mean, over their deviation."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self.mean = torch.tensor(mean).reshape(-1, 1, 1)
        self.std = torch.tensor(std).reshape(-1, 1, 1)

    def __call__(self, picture: Tensor) -> Tensor:
        return (picture - self.mean) / self.std


class RandomResizedCrop:
    """The whole picture in a new size: a crop only where `scale` allows less than all of it."""

    def __init__(
        self, size: int | Sequence[int], scale: Sequence[float], interpolation: InterpolationMode
    ) -> None:
        if tuple(scale) != (1.0, 1.0):
            raise NotImplementedError("a stand-in: install torchvision")
        self.size = (size, size) if isinstance(size, int) else tuple(size)

    def __call__(self, picture: Image.Image) -> Image.Image:
        return picture.resize(self.size[::-1], Image.Resampling.BICUBIC)


class Resize:
    """The shorter side in a new size."""

    def __init__(self, size: int, interpolation: InterpolationMode) -> None:
        self.size = size

    def __call__(self, picture: Image.Image) -> Image.Image:
        scale = self.size / min(picture.size)
        width, height = (round(side * scale) for side in picture.size)
        return picture.resize((width, height), Image.Resampling.BICUBIC)


class CenterCrop:
    """A square from the middle."""

    def __init__(self, size: Sequence[int]) -> None:
        self.height, self.width = size

    def __call__(self, picture: Image.Image) -> Image.Image:
        left, top = (picture.width - self.width) // 2, (picture.height - self.height) // 2
        return picture.crop((left, top, left + self.width, top + self.height))


class ToTensor:
    """open_clip derives its own from this one, and calls `functional.to_tensor` itself."""


class _Refused:
    """What nothing here calls for."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("a stand-in: install torchvision")


ColorJitter = Grayscale = _Refused
