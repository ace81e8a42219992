"""From the text encoder's space into a diffusion model's: Glyph-SDXL's mapper.

Four more T5 blocks of the encoder's shape, of which the first has the relative bias, then RMSNorm,
a projection and RMSNorm (arXiv 2403.09622, section 3; the released code for the order). Parameters
are named as in the released `byt5_mapper.pt`, so that such a file loads strictly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import T5Config
from transformers.models.t5.modeling_t5 import T5Block, T5LayerNorm

SDXL = 2048
"""The width of the tokens that SDXL's cross-attention reads."""


class Mapper(nn.Module):
    """Glyph tokens as a diffusion model reads them: [N, L, d_model] to [N, L, channels].

    `config` is the text encoder's. With byt5-small's, four blocks have 75,383,936 parameters;
    without blocks (`blocks=0`), norm, projection and norm alone have 3,020,224.
    """

    def __init__(self, config: T5Config, blocks: int = 4, channels: int = SDXL) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            T5Block(config, has_relative_attention_bias=number == 0) for number in range(blocks)
        )
        self.layer_norm = T5LayerNorm(config.d_model, eps=config.layer_norm_epsilon)
        self.channel_mapper = nn.Linear(config.d_model, channels)
        self.final_layer_norm = T5LayerNorm(channels, eps=config.layer_norm_epsilon)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """`mask` [N, L] is 1 for what is to be read and 0 for padding."""
        least = torch.finfo(tokens.dtype).min
        unseen = (1 - mask[:, None, None].to(tokens.dtype)) * least
        if self.blocks:
            places = tokens.shape[1]
            bias = self.blocks[0].layer[0].SelfAttention.compute_bias(places, places)
        for block in self.blocks:
            # The mask goes with the bias: so the versions of transformers agree on it.
            tokens = block(tokens, position_bias=bias + unseen)[0]
        mapped: Tensor = self.final_layer_norm(self.channel_mapper(self.layer_norm(tokens)))
        return mapped
