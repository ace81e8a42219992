"""Two small towers that learn to read words within minutes on one core.

Both look at a word in a few *stretches*, from its first to its last: the tower that sees cuts the
columns of a strip into so many, the one that reads spreads its bytes over as many by how wide their
letters tend to be. A vector of a word is its stretches side by side, so that order is in the shape
of the towers and need not be learned; near-misses differ in one stretch or two.

The stem that halves a strip's height and keeps its width is that of CRNN (arXiv 1507.05717).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from glyphdata.errors import InputError
from glyphdata.train.settings import Shape

_LUMA = (0.299, 0.587, 0.114)
_FAINT = 2 / 255
"""The least deviation of a strip: an even one has none."""
_GROUPS = 8
_HALVINGS = 3


class TinyText(nn.Module):
    """Reads the bytes of boxes: i64 ids [S, L] and where each box's stand, to [B, width].

    `shape.width` is the size of a box's vector, `shape.heads` the number of its stretches,
    `shape.depth` how often bytes look at their neighbours. Style tokens around a text are not read.
    `InputError` where the stretches do not share the width evenly.
    """

    pools = True

    def __init__(self, shape: Shape, vocabulary: int, dropout: float) -> None:
        super().__init__()
        self.width = shape.width
        self.stretches = shape.heads
        inner, own = shape.width // 2, _share(shape)
        self.byte = nn.Embedding(vocabulary, inner)
        self.extent = nn.Embedding(vocabulary, 1)  # of a letter, before softplus
        nn.init.constant_(self.extent.weight, math.log(math.e - 1))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList([_Neighbours(inner) for _ in range(shape.depth)])
        # A stretch blurs into its neighbours at first, since letters are no wider than learned.
        self.blur = nn.Parameter(torch.tensor(math.log(0.6 / self.stretches)))
        self.mix = nn.Sequential(
            nn.Linear(inner, 2 * inner), nn.GELU(), nn.Linear(2 * inner, inner)
        )
        self.out = nn.Linear(inner, own)

    def forward(self, ids: Tensor, lengths: Tensor, sequence_of: Tensor, spans: Tensor) -> Tensor:
        """Vectors [B, width] of boxes whose bytes are `spans` [B, 2] of sequences [B]."""
        own, there = _cut_out(ids, sequence_of, spans)
        shown = there.to(self.byte.weight.dtype)
        bytes_ = self.dropout(self.byte(own)) * shown[:, :, None]
        for block in self.blocks:
            bytes_ = block(bytes_, shown)
        extents = F.softplus(self.extent(own))[:, :, 0] * shown
        seen: Tensor = self._weights(extents, there) @ bytes_
        return self.out(seen + self.mix(seen)).flatten(1)

    def _weights(self, extents: Tensor, there: Tensor) -> Tensor:
        """How much each stretch takes of each byte, [B, stretches, bytes], adding up to 1."""
        count = extents.shape[1]
        # A product with a triangle and no cumsum, which is not reproducible on a GPU.
        before = torch.ones(count, count, device=extents.device).triu(1)
        ends = (extents[:, None, :] * before.T).sum(2) + extents / 2
        middles = ends / extents.sum(1, keepdim=True).clamp(min=1e-6)
        places = (torch.arange(self.stretches, device=extents.device) + 0.5) / self.stretches
        apart = (middles[:, None, :] - places[:, None]) ** 2
        scores = extents.clamp(min=1e-6).log()[:, None, :] - apart / (2 * (2 * self.blur).exp())
        # A box without text would look at nothing, which is not a number: it sees a zero instead.
        first = torch.arange(count, device=extents.device) == 0
        return scores.masked_fill(~(there | first)[:, None, :], -math.inf).softmax(2)


class TinyVision(nn.Module):
    """Sees strips: views f32 [V, 3, height, width] in 0 to 1, to vectors [V, width].

    A strip is seen as grey, less its mean, over its deviation, and in one polarity: the rarer tone
    is the ink. `shape.width` is the size of a vector, `shape.heads` the number of its stretches,
    `shape.depth` how often columns look at their neighbours. `InputError` as for `TinyText`.
    """

    patch = 0
    mean = (0.0, 0.0, 0.0)
    std = (1.0, 1.0, 1.0)
    pool: Tensor

    def __init__(self, shape: Shape, size: tuple[int, int]) -> None:
        super().__init__()
        self.width = shape.width
        inner = shape.width // 2
        rows, columns = size[0], (size[1] + 1) // 2
        for _ in range(_HALVINGS):
            rows = (rows + 1) // 2
        self.stem = nn.Sequential(
            _convolved(1, inner // 4, (5, 5), (2, 2)),
            _convolved(inner // 4, inner // 2, (3, 3), (2, 1)),
            _convolved(inner // 2, inner * 3 // 4, (3, 3), (2, 1)),
            _convolved(inner * 3 // 4, inner, (rows, 3), (1, 1), (0, 1)),
        )
        self.blocks = nn.ModuleList([_column_block(inner) for _ in range(shape.depth)])
        self.register_buffer("pool", _pooling(columns, shape.heads), persistent=False)
        self.out = nn.Linear(inner, _share(shape))

    def forward(self, views: Tensor) -> Tensor:
        """The vectors of strips, their stretches side by side."""
        columns: Tensor = self.stem(_evened(views)).squeeze(2)
        for block in self.blocks:
            columns = columns + block(columns)
        stretches = (columns @ self.pool).transpose(1, 2)
        return self.out(stretches).flatten(1)


class _Neighbours(nn.Module):
    """Bytes [B, L, width], each told of its neighbours twice over; none looks beyond its text."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.near = nn.Conv1d(width, width, 3, padding=1)
        self.far = nn.Conv1d(width, width, 3, padding=1)

    def forward(self, bytes_: Tensor, shown: Tensor) -> Tensor:
        told = F.relu(self.near(bytes_.transpose(1, 2))) * shown[:, None, :]
        return bytes_ + self.far(told).transpose(1, 2) * shown[:, :, None]


def _cut_out(ids: Tensor, sequence_of: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
    """The ids of each box's own span [B, longest], padded with 0, and which of them are there."""
    sizes = spans[:, 1] - spans[:, 0]
    longest = max(1, int(sizes.max())) if len(sizes) else 1
    steps = torch.arange(longest, device=ids.device)
    there = steps < sizes[:, None]
    places = torch.where(there, spans[:, :1] + steps, torch.zeros_like(steps))
    return torch.where(there, ids[sequence_of].gather(1, places), torch.zeros_like(places)), there


def _evened(views: Tensor) -> Tensor:
    grey = (views * views.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True)
    grey = grey - grey.mean((2, 3), keepdim=True)
    grey = grey / (grey.square().mean((2, 3), keepdim=True) + _FAINT**2).sqrt()
    # Ink covers less than its ground: the skew of the tones says which of them is ink.
    skew = grey.pow(3).mean((2, 3), keepdim=True)
    return torch.where(skew < 0, -grey, grey)


def _convolved(
    taken: int,
    given: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int] | None = None,
) -> nn.Sequential:
    around = (kernel[0] // 2, kernel[1] // 2) if padding is None else padding
    convolution = nn.Conv2d(taken, given, kernel, stride, around, bias=False)
    return nn.Sequential(convolution, _normed(given), nn.ReLU())


def _column_block(width: int) -> nn.Sequential:
    convolution = nn.Conv1d(width, width, 5, padding=2, bias=False)
    return nn.Sequential(convolution, _normed(width), nn.ReLU())


def _normed(channels: int) -> nn.GroupNorm:
    # Not by batch: a batch of near-misses, or a share of one, has a mean of its own.
    return nn.GroupNorm(math.gcd(_GROUPS, channels), channels)


def _pooling(columns: int, stretches: int) -> Tensor:
    """How much each stretch takes of each column, f32 [columns, stretches], adding up to 1.

    A product with it is adaptive average pooling with fractional edges, and reproducible on a GPU.
    """
    edges = torch.arange(columns + 1) * stretches / columns
    begins = torch.arange(stretches)
    upper = torch.minimum(edges[1:, None], begins + 1)
    lower = torch.maximum(edges[:-1, None], begins)
    shares: Tensor = (upper - lower).clamp(min=0)
    return shares / shares.sum(0)


def _share(shape: Shape) -> int:
    """The size of one stretch's part of a vector; `InputError` where they do not come out even."""
    if shape.width % shape.heads:
        raise InputError(
            f"a width of {shape.width} does not part into {shape.heads} stretches",
            hint=f"a multiple of {shape.heads}, such as "
            f"{-(-shape.width // shape.heads) * shape.heads}",
        )
    return shape.width // shape.heads
