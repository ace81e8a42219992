"""ByT5's encoder, with a row for each colour and font token.

Built from a shape it is T5 v1.1 as google/byt5-small is: gated GELU, no biases, 32 relative buckets
up to a distance of 128, heads of 64 however wide a token is (smaller ones in a narrow tower).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import T5Config, T5EncoderModel

from glyphdata.errors import InputError
from glyphdata.train.settings import Shape
from glyphdata.train.towers.source import Config, Source, checkpoint, told

BYTES = 384
"""Rows of ByT5's own table: 3 specials, 256 bytes, 125 sentinels."""

_HEAD = 64


class ByT5(nn.Module):
    """A T5 encoder over bytes: ids [S, L] and lengths [S] to vectors [S, L, width].

    `model` is transformers' own, whose names its state_dict keeps.
    """

    pools = False

    def __init__(self, model: T5EncoderModel) -> None:
        super().__init__()
        self.model = model
        self.width = int(model.config.d_model)

    def forward(self, ids: Tensor, lengths: Tensor | None = None) -> Tensor:
        """A vector per token; places behind a sequence's end are seen by none and mean nothing.

        Without `lengths` all sequences are as long as `ids`.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        mask = None if lengths is None else (places < lengths[:, None]).to(torch.long)
        vectors: Tensor = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return vectors

    @property
    def config(self) -> Config:
        """What `made` can build it of again, weights apart."""
        return told(self.model.config)

    @property
    def blocks(self) -> tuple[nn.Module, ...]:
        """Its layers, for compiling one by one."""
        return tuple(self.model.encoder.block)

    def checkpoint(self) -> None:
        """Keep no activations inside a layer."""
        checkpoint(self.model)


def shaped(shape: Shape, rows: int, dropout: float) -> Config:
    """The config of a ByT5 of this shape with `rows` tokens.

    `feed_forward` 0 is four times the width. byt5-small is width 1472, depth 12, heads 6 and
    feed_forward 3584.
    """
    return told(
        T5Config(
            vocab_size=rows,
            d_model=shape.width,
            d_kv=max(1, min(_HEAD, shape.width // shape.heads)),
            d_ff=shape.feed_forward or 4 * shape.width,
            num_layers=shape.depth,
            num_heads=shape.heads,
            dropout_rate=dropout,
            feed_forward_proj="gated-gelu",
            is_encoder_decoder=False,
            use_cache=False,
        )
    )


def made(config: Config) -> ByT5:
    """The tower of a config, with random weights of torch's generator."""
    return ByT5(T5EncoderModel(T5Config(**config)))


def opened(source: Source, rows: int, dropout: float, seed: int) -> ByT5:
    """The tower of a source, its table grown to `rows`.

    Rows that the source does not have are drawn around 0 with the standard deviation of those it
    has, by `seed` alone: the mean of all rows, which transformers would put there, makes all new
    tokens nearly one. `InputError` where the source cannot be had, or has more rows than asked for.
    """
    config = source.config(T5Config)
    if config.vocab_size > rows:
        raise InputError(
            f"{source.name} has {config.vocab_size} token rows and the data's table {rows}",
            hint="train on data whose registries fit it, or begin from google/byt5-small",
        ).inside(source.setting)
    config.dropout_rate = dropout
    model = source.weights(T5EncoderModel, config)
    _grow(model, rows, seed)
    return ByT5(model)


def _grow(model: T5EncoderModel, rows: int, seed: int) -> None:
    """More rows in the table; those that are there stay as they are."""
    old = model.get_input_embeddings().weight.detach()
    more = rows - len(old)
    if not more:
        return
    generator = torch.Generator().manual_seed(seed)
    new = torch.randn(more, old.shape[1], generator=generator) * old.std()
    table = nn.Embedding.from_pretrained(torch.cat([old, new]), freeze=False)
    model.set_input_embeddings(table)
    model.config.vocab_size = rows
