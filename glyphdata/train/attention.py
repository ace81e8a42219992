"""Region-wise multi-head cross-attention: a cell inside a text box sees that box's tokens alone.

The reference of what region-wise conditioning means (Glyph-SDXL, arXiv 2403.09622, section 3), for
those who put it into their diffusion model: the index maps of `glyphdata.train.regions` become a
bias on the logits of one softmax over the caption's tokens followed by the glyph tokens. A cell of
the background sees the caption only, a cell of box i only the span of box i. Each row lets one of
the two through, so that one softmax over both is a choice between two attentions.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

MASKED = -1e4
"""What is added to the logit of a key that is not to be seen: as good as -inf, and an fp16."""


def region_bias(
    owners: Tensor, spans: Tensor, caption: int, glyphs: int, *, masked: float = MASKED
) -> Tensor:
    """What is added to the logits: f32 [N, cells, caption + glyphs], 0 where a cell may look.

    `owners` [N, cells] are whole numbers, 0 for the background, i + 1 for box i; `spans`
    [N, boxes, 2] are the first and behind the last of each box's `glyphs` tokens. A box whose span
    is empty counts as background: none of its tokens is there to be seen.
    """
    numbers = owners.long()
    first, last = (
        functional.pad(spans[..., end], (1, 0)).gather(1, numbers)[..., None] for end in (0, 1)
    )
    key = torch.arange(caption + glyphs, device=owners.device)
    of_caption = key < caption
    within = (key - caption >= first) & (key - caption < last) & ~of_caption
    seen = torch.where(last > first, within, of_caption)
    return torch.zeros(seen.shape, device=owners.device).masked_fill_(~seen, masked)


def guided(bias: Tensor) -> Tensor:
    """The bias of a batch for classifier-free guidance: [2N, cells, keys], unconditional first.

    Of the unconditional half nothing is masked: its glyph tokens are all zero anyway.
    """
    return torch.cat((torch.zeros_like(bias), bias))


class RegionAttention(nn.Module):
    """Multi-head cross-attention under a region bias; what it returns is to be added to `cells`.

    `width` is that of the cells, `context` that of caption and glyph tokens (2048 in SDXL). The
    last projection begins at zero, so that a pretrained model begins as it was. `ValueError` where
    the heads do not divide the width.
    """

    def __init__(self, width: int, context: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"{heads} heads do not divide a width of {width}")
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(context, width, bias=False)
        self.value = nn.Linear(context, width, bias=False)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, cells: Tensor, caption: Tensor, glyphs: Tensor, bias: Tensor) -> Tensor:
        """[N, cells, width] from cells [N, cells, width], caption [N, C, context], glyphs
        [N, G, context] and a bias [N, cells, C + G] of `region_bias`.
        """
        context = torch.cat((caption, glyphs), 1)
        query, key, value = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for projected in (self.query(cells), self.key(context), self.value(context))
        )
        logits = query @ key.mT / math.sqrt(query.shape[-1]) + bias[:, None].to(query.dtype)
        mixed = (logits.float().softmax(-1).to(value.dtype) @ value).transpose(1, 2).flatten(2)
        moved: Tensor = self.out(mixed)
        return moved
