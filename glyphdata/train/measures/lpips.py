"""LPIPS: how far two pictures are apart to people, by the features of AlexNet.

R. Zhang et al., arXiv 1801.03924, version 0.1 with linear heads: after each of the five rectified
convolutions the features of both pictures are made unit vectors place by place; the squared
differences, weighted by the head's channel weights, are summed, averaged over places and added up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from glyphdata.errors import InputError
from glyphdata.train.measures.pictures import Pictures, floats
from glyphdata.train.measures.weights import fill, weights

NEEDED = "the public files are alexnet-owt-7be5be79.pth, of torchvision"
HEADS = "the public file is lpips/weights/v0.1/alex.pth, of the project PerceptualSimilarity"
LEAST_PX = 63
"""The shortest side for which AlexNet's last convolution still has a place."""

_WIDTHS = (64, 192, 384, 256, 256)
_KERNELS = ((11, 4, 2), (5, 1, 2), (3, 1, 1), (3, 1, 1), (3, 1, 1))
_PLACES = (0, 3, 6, 8, 10)
_POOLED = (False, True, True, False, False)
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


class Lpips(nn.Module):
    """The distance of pictures; weights are named as in the two public files."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.ModuleDict()
        taken = 3
        for place, width, (kernel, stride, padding) in zip(_PLACES, _WIDTHS, _KERNELS, strict=True):
            self.features[str(place)] = nn.Conv2d(taken, width, kernel, stride, padding)
            taken = width
        for number, width in enumerate(_WIDTHS):
            head = nn.Conv2d(width, 1, 1, bias=False)
            self.add_module(f"lin{number}", nn.ModuleDict({"model": nn.ModuleDict({"1": head})}))

    @classmethod
    def load(cls, alexnet: Path, heads: Path) -> Lpips:
        """The distance with the weights of two files; `InputError` where they are another's."""
        network = cls()
        trunk = weights(alexnet, NEEDED)
        # The classes of AlexNet are no part of the distance.
        kept = {name: one for name, one in trunk.items() if not name.startswith("classifier.")}
        own = weights(heads, HEADS)
        doubled = sorted(kept.keys() & own.keys())
        if doubled:
            raise InputError(f"both files hold {doubled[0]}", hint=HEADS).inside(str(heads))
        place = heads if any(not name.startswith("lin") for name in own) else alexnet
        fill(
            network, kept | own, place, f"{NEEDED}, and {HEADS.removeprefix('the public file is ')}"
        )
        return network

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """The distance [N] of pictures [N, 3, H, W] in 0 to 1, pair by pair; 0 for the same."""
        total = one.new_zeros(len(one))
        for number, (a, b) in enumerate(zip(self._seen(one), self._seen(other), strict=True)):
            head = self.get_submodule(f"lin{number}.model.1")
            total = total + head((_units(a) - _units(b)) ** 2).mean((1, 2, 3))
        return total

    def _seen(self, pictures: Tensor) -> list[Tensor]:
        shift = pictures.new_tensor(_SHIFT)[:, None, None]
        scale = pictures.new_tensor(_SCALE)[:, None, None]
        x = (pictures * 2 - 1 - shift) / scale
        found = []
        for place, pooled in zip(_PLACES, _POOLED, strict=True):
            x = F.relu(self.features[str(place)](F.max_pool2d(x, 3, 2) if pooled else x))
            found.append(x)
        return found


def _units(features: Tensor) -> Tensor:
    length = torch.sqrt((features**2).sum(1, keepdim=True))
    return features / (length + 1e-10)


def distances(
    network: Lpips, one: Pictures, other: Pictures, told: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """The distance of each two pictures of one key, by key; `told` hears how many are done.

    `InputError` where the two have no key in common, or pictures of one key differ in size or are
    too small.
    """
    others = set(other.keys)
    common = [key for key in one.keys if key in others]
    if not common:
        raise InputError(
            f"none of its {len(one.keys):,} pictures is among those of {other.path}",
            hint="pictures are paired by their names without ending",
        ).inside(str(one.path))
    device = next(network.parameters()).device
    found: dict[str, float] = {}
    with torch.inference_mode():
        for key in common:
            left, right = one.pixels(key), other.pixels(key)
            _fit(key, left.shape, right.shape, one)
            pair = floats([left, right]).to(device)
            found[key] = float(network(pair[:1], pair[1:])[0])
            told(len(found))
    return found


def _fit(key: str, one: tuple[int, ...], other: tuple[int, ...], pictures: Pictures) -> None:
    if one != other:
        raise InputError(
            f"picture {key} has {one[1]} × {one[0]} pixels here and {other[1]} × {other[0]} there",
            hint="bring both to one size first; the distance depends on how that is done",
        ).inside(str(pictures.path))
    if min(one[:2]) < LEAST_PX:
        raise InputError(
            f"picture {key} is {one[1]} × {one[0]}", hint=f"{LEAST_PX} pixels a side are needed"
        ).inside(str(pictures.path))
