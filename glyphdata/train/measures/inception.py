"""The Inception network whose features the FID is taken of.

Inception v3 (Szegedy et al., arXiv 1512.00567) as it was ported from the TensorFlow graph of
December 2015 that published FIDs come from. Against the usual Inception v3 the mean pools leave the
padding out of their means, the last pool is of the greatest and not of the mean, and there are 1008
classes. The names of the weights are those of `pt_inception-2015-12-05-6726825d.pth`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from glyphdata.train.measures.pictures import Pictures
from glyphdata.train.measures.weights import fill, weights

NEEDED = "the public file is pt_inception-2015-12-05-6726825d.pth, of the project pytorch-fid"
SIZE = 299
"""Side of the picture that the network takes."""

WIDTH = 2048
"""Numbers in a picture's features."""


class _Step(NamedTuple):
    """A convolution of a branch: what its name adds to the branch's, width, kernel, stride."""

    suffix: str
    width: int
    kernel: tuple[int, int]
    stride: int = 1


class _Branch(NamedTuple):
    """Convolutions in turn; with a fork the last two both take what came before them."""

    name: str
    steps: tuple[_Step, ...]
    fork: bool = False


_POINT, _THREE, _FIVE = (1, 1), (3, 3), (5, 5)
_WIDE, _HIGH = (1, 7), (7, 1)


def _mean_pool(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def _greatest_pool(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 3, stride=1, padding=1)


def _halving_pool(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 3, stride=2)


class _Convolution(nn.Module):
    """A convolution without bias, normalised and rectified."""

    def __init__(
        self,
        taken: int,
        given: int,
        kernel: tuple[int, int],
        stride: int = 1,
        padding: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(taken, given, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(given, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """[N, given, H', W'] of [N, taken, H, W]."""
        return F.relu(self.bn(self.conv(x)), inplace=True)


class _Mixed(nn.Module):
    """Branches over the same features, laid side by side; the pool is the last of them."""

    def __init__(
        self,
        taken: int,
        branches: tuple[_Branch, ...],
        pool: Callable[[Tensor], Tensor],
        pooled: int = 0,
    ) -> None:
        super().__init__()
        self._branches, self._pool, self._pooled = branches, pool, pooled
        for branch in branches:
            width = taken
            for number, step in enumerate(branch.steps):
                # Only what halves the picture leaves its edges unpadded.
                padding = (step.kernel[0] // 2, step.kernel[1] // 2) if step.stride == 1 else (0, 0)
                made = _Convolution(width, step.width, step.kernel, step.stride, padding)
                self.add_module(branch.name + step.suffix, made)
                if not (branch.fork and number == len(branch.steps) - 2):
                    width = step.width
        if pooled:
            self.branch_pool = _Convolution(taken, pooled, _POINT)

    def forward(self, x: Tensor) -> Tensor:
        """The branches' channels in turn, the pool's last."""
        found: list[Tensor] = []
        for branch in self._branches:
            chain = [self.get_submodule(branch.name + step.suffix) for step in branch.steps]
            y = x
            for step in chain[: -2 if branch.fork else None]:
                y = step(y)
            found += [step(y) for step in chain[-2:]] if branch.fork else [y]
        pool = self._pool(x)
        return torch.cat([*found, self.branch_pool(pool) if self._pooled else pool], 1)


def _fives(taken: int, pooled: int) -> _Mixed:
    """A block at 35 × 35."""
    double = (_Step("_1", 64, _POINT), _Step("_2", 96, _THREE), _Step("_3", 96, _THREE))
    branches = (
        _Branch("branch1x1", (_Step("", 64, _POINT),)),
        _Branch("branch5x5", (_Step("_1", 48, _POINT), _Step("_2", 64, _FIVE))),
        _Branch("branch3x3dbl", double),
    )
    return _Mixed(taken, branches, _mean_pool, pooled)


def _to_17() -> _Mixed:
    double = (_Step("_1", 64, _POINT), _Step("_2", 96, _THREE), _Step("_3", 96, _THREE, 2))
    branches = (
        _Branch("branch3x3", (_Step("", 384, _THREE, 2),)),
        _Branch("branch3x3dbl", double),
    )
    return _Mixed(288, branches, _halving_pool)


def _sevens(inner: int) -> _Mixed:
    """A block at 17 × 17."""
    single = (_Step("_1", inner, _POINT), _Step("_2", inner, _WIDE), _Step("_3", 192, _HIGH))
    double = (
        _Step("_1", inner, _POINT),
        _Step("_2", inner, _HIGH),
        _Step("_3", inner, _WIDE),
        _Step("_4", inner, _HIGH),
        _Step("_5", 192, _WIDE),
    )
    branches = (
        _Branch("branch1x1", (_Step("", 192, _POINT),)),
        _Branch("branch7x7", single),
        _Branch("branch7x7dbl", double),
    )
    return _Mixed(768, branches, _mean_pool, 192)


def _to_8() -> _Mixed:
    sevens = (
        _Step("_1", 192, _POINT),
        _Step("_2", 192, _WIDE),
        _Step("_3", 192, _HIGH),
        _Step("_4", 192, _THREE, 2),
    )
    branches = (
        _Branch("branch3x3", (_Step("_1", 192, _POINT), _Step("_2", 320, _THREE, 2))),
        _Branch("branch7x7x3", sevens),
    )
    return _Mixed(768, branches, _halving_pool)


def _forked(taken: int, pool: Callable[[Tensor], Tensor]) -> _Mixed:
    """A block at 8 × 8, whose branches end in a wide and a high convolution side by side."""
    single = (_Step("_1", 384, _POINT), _Step("_2a", 384, (1, 3)), _Step("_2b", 384, (3, 1)))
    double = (
        _Step("_1", 448, _POINT),
        _Step("_2", 384, _THREE),
        _Step("_3a", 384, (1, 3)),
        _Step("_3b", 384, (3, 1)),
    )
    branches = (
        _Branch("branch1x1", (_Step("", 320, _POINT),)),
        _Branch("branch3x3", single, fork=True),
        _Branch("branch3x3dbl", double, fork=True),
    )
    return _Mixed(taken, branches, pool, 192)


class Inception(nn.Module):
    """The network up to its last mean over the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = _Convolution(3, 32, _THREE, 2)
        self.Conv2d_2a_3x3 = _Convolution(32, 32, _THREE)
        self.Conv2d_2b_3x3 = _Convolution(32, 64, _THREE, padding=(1, 1))
        self.Conv2d_3b_1x1 = _Convolution(64, 80, _POINT)
        self.Conv2d_4a_3x3 = _Convolution(80, 192, _THREE)
        self.Mixed_5b, self.Mixed_5c = _fives(192, 32), _fives(256, 64)
        self.Mixed_5d, self.Mixed_6a = _fives(288, 64), _to_17()
        self.Mixed_6b, self.Mixed_6c = _sevens(128), _sevens(160)
        self.Mixed_6d, self.Mixed_6e = _sevens(160), _sevens(192)
        self.Mixed_7a, self.Mixed_7b = _to_8(), _forked(1280, _mean_pool)
        self.Mixed_7c = _forked(2048, _greatest_pool)
        # Its classes are not asked; it is here that the file's names are all accounted for.
        self.fc = nn.Linear(2048, 1008)

    @classmethod
    def load(cls, path: Path) -> Inception:
        """The network with the weights of a file; `InputError` where they are another's."""
        network = cls()
        fill(network, weights(path, NEEDED), path, NEEDED)
        return network

    def forward(self, pictures: Tensor) -> Tensor:
        """Features [N, 2048] of pictures [N, 3, H, W] in 0 to 1, brought to 299 × 299."""
        x = F.interpolate(pictures, (SIZE, SIZE), mode="bilinear", align_corners=False) * 2 - 1
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(_halving_pool(x)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(_halving_pool(x))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        return x.mean((2, 3))


def features(
    network: Inception,
    pictures: Pictures,
    batch: int = 32,
    told: Callable[[int], None] = lambda done: None,
) -> NDArray[np.float32]:
    """Features [N, 2048] of pictures in the order of their keys; `told` hears how many are done."""
    device = next(network.parameters()).device
    found: list[NDArray[np.float32]] = []
    done = 0
    with torch.inference_mode():
        for some in pictures.batches(batch):
            found.append(network(some.to(device)).cpu().numpy())
            done += len(some)
            told(done)
    return np.concatenate(found)
