"""The character-level encoder of UDiffText: a short word, one vector per character.

Restated from arXiv 2312.04884 and the released encoder: an embedding per class of character,
sinusoidal places (arXiv 1706.03762, section 3.5), and a plain Transformer encoder. Unlike there,
places behind the end of a word are masked out of attention and come back as zeros.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from glyphdata.errors import InputError
from glyphdata.train.settings import Shape
from glyphdata.train.towers.source import Config, Source

_LONGEST_WAVE = 10000.0


class Places(nn.Module):
    """Adds a sinusoidal vector per place; `pe` [places, width] is a buffer of the state_dict."""

    pe: Tensor

    def __init__(self, places: int, width: int, dropout: float) -> None:
        super().__init__()
        rates = torch.exp(torch.arange(0, width, 2) * (-math.log(_LONGEST_WAVE) / width))
        angles = torch.arange(places)[:, None] * rates
        pe = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :width]
        self.register_buffer("pe", pe)
        self.dropout = nn.Dropout(dropout)

    def forward(self, vectors: Tensor) -> Tensor:
        """Vectors [B, C, width] with their places."""
        placed: Tensor = self.dropout(vectors + self.pe[: vectors.shape[1]])
        return placed


class Characters(nn.Module):
    """Classes i64 [B, C], 0 behind the end, to vectors [B, C, width], zeros behind the end."""

    def __init__(self, shape: Shape, classes: int, places: int, dropout: float) -> None:
        super().__init__()
        self.width = shape.width
        self.label_embedding = nn.Embedding(classes, shape.width)
        self.pos_embedding = Places(places, shape.width, dropout)
        layer = nn.TransformerEncoderLayer(
            shape.width,
            shape.heads,
            shape.feed_forward or 4 * shape.width,
            dropout,
            batch_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, shape.depth, enable_nested_tensor=False)
        # TransformerEncoder copies one layer, weights and all: each is drawn for itself.
        for one in self.encoder.modules():
            if isinstance(one, nn.Linear | nn.MultiheadAttention):
                _drawn(one)

    def forward(self, classes: Tensor) -> Tensor:
        """Vectors of characters; an empty word is all zeros."""
        there = classes > 0
        # A row without any character would attend to nothing, which is not a number.
        shown = there | (torch.arange(classes.shape[1], device=classes.device) == 0)
        placed = self.pos_embedding(self.label_embedding(classes))
        vectors: Tensor = self.encoder(placed, src_key_padding_mask=~shown)
        return vectors * there[:, :, None]

    @property
    def config(self) -> Config:
        """Its table's size; the rest of it is in the settings."""
        classes, places = self.label_embedding.num_embeddings, len(self.pos_embedding.pe)
        return {"classes": classes, "places": places}

    @property
    def blocks(self) -> tuple[nn.Module, ...]:
        """Its layers, for compiling one by one."""
        return tuple(self.encoder.layers)


def opened(source: Source, tower: Characters) -> Characters:
    """The tower with the weights of a folder's model.safetensors, of its own names, all of them.

    Rows of the embedding are in the order of our classes, as `glyphdata encoder import` writes
    them. `InputError` where there is no such file, or its weights are others or of other sizes.
    """
    path = Path(source.name) / "model.safetensors"
    try:
        tower.load_state_dict(load_file(path))
    except (OSError, RuntimeError, SafetensorError) as fault:
        raise InputError(
            f"{path} holds no weights of this tower: {' '.join(str(fault).split())[:200]}",
            hint="name a folder of `glyphdata encoder import`, with the shape it was made in",
        ).inside(source.setting) from fault
    return tower


def _drawn(module: nn.Linear | nn.MultiheadAttention) -> None:
    weight = module.weight if isinstance(module, nn.Linear) else module.in_proj_weight
    nn.init.xavier_uniform_(weight)
