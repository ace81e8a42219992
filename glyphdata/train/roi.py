"""What belongs to a box: the mean of its tokens, of its patches, or its piece of a feature map.

All of it is a product of matrices, a row of weights per box: without a loop over boxes, and without
a scatter whose order a GPU chooses, so gradients are the same in every run.
"""

from __future__ import annotations

import torch
from torch import Tensor

RATIO = 2
"""Samples per cell and direction of ROIAlign."""


def numbered(owner: Tensor) -> tuple[Tensor, int]:
    """How many boxes before each have the same owner, i64 [B], and the most boxes of one owner."""
    if not len(owner):
        return torch.zeros_like(owner), 0
    order = owner.argsort(stable=True)
    rising = owner[order]
    rank = torch.arange(len(owner), device=owner.device) - torch.searchsorted(rising, rising)
    number = torch.empty_like(owner)
    number[order] = rank
    return number, int(rank.max()) + 1


def weighed(weights: Tensor, values: Tensor, owner: Tensor) -> Tensor:
    """Sums of an owner's values by each box's weights: f32 [B, width].

    `weights` f32 [B, P], `values` [N, P, width], `owner` i64 [B] below N.
    """
    number, most = numbered(owner)
    rows = values.new_zeros((len(values), most, values.shape[1]), dtype=torch.float32)
    rows[owner, number] = weights
    sums = rows @ values.to(torch.float32)
    return sums[owner, number]


def span_mean(tokens: Tensor, spans: Tensor, owner: Tensor) -> Tensor:
    """The mean of each box's tokens: f32 [B, width] of tokens [S, L, width], spans i64 [B, 2].

    An empty span, which an empty text has, gives the mean of the one token at its place.
    """
    places = torch.arange(tokens.shape[1], device=tokens.device)
    first, behind = spans[:, :1], torch.maximum(spans[:, 1:], spans[:, :1] + 1)
    inside = ((places >= first) & (places < behind)).to(torch.float32)
    return weighed(inside / inside.sum(1, keepdim=True).clamp(min=1), tokens, owner)


def cover_mean(features: Tensor, cover: Tensor, owner: Tensor) -> Tensor:
    """The mean of patch features by the share of each patch that a box covers: f32 [B, width].

    `features` [V, width, rows, columns], `cover` f32 [B, rows x columns] with rows that add up to
    1. Any polygon has a cover: this one is right for turned and bent text too.
    """
    return weighed(cover, features.flatten(2).transpose(1, 2), owner)


def aligned(features: Tensor, quads: Tensor, owner: Tensor, grid: tuple[int, int]) -> Tensor:
    """ROIAlign (arXiv 1703.06870, section 3; `aligned`, two samples a side): f32 [B, width, *grid].

    `quads` f32 [B, 4, 2] are shares of the view; of a turned quad the upright box around it is
    taken. Bilinear samples averaged over a regular grid are separable: one matrix of weights for
    rows and one for columns.
    """
    low, high = quads.amin(1), quads.amax(1)
    down = _hats(low[:, 1], high[:, 1], grid[0], features.shape[2])
    right = _hats(low[:, 0], high[:, 0], grid[1], features.shape[3])
    cells = torch.einsum("biy,bjx->bijyx", down, right).flatten(3).flatten(1, 2)
    number, most = numbered(owner)
    shape = (len(features), most, *cells.shape[1:])
    rows = features.new_zeros(shape, dtype=torch.float32)
    rows[owner, number] = cells
    flat = features.to(torch.float32).flatten(2).transpose(1, 2)
    sums = (rows.flatten(1, 2) @ flat).unflatten(1, (most, grid[0] * grid[1]))
    return sums[owner, number].transpose(1, 2).unflatten(2, grid)


def _hats(low: Tensor, high: Tensor, cells: int, places: int) -> Tensor:
    """Weights of a direction's places for each cell of each box: f32 [B, cells, places].

    Samples more than a place off the map count nothing, those less far off are moved onto it.
    """
    steps = (torch.arange(cells * RATIO, device=low.device) + 0.5) / (cells * RATIO)
    at = (low[:, None] + (high - low)[:, None] * steps) * places - 0.5
    on = ((at >= -1) & (at <= places)).to(torch.float32)
    gap = at.clamp(0, places - 1)[:, :, None] - torch.arange(places, device=low.device)
    hats = (1 - gap.abs()).clamp(min=0) * on[:, :, None]
    return hats.unflatten(1, (cells, RATIO)).mean(2)
