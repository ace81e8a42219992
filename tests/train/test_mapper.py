"""The mapper has the paper's shapes, and its blocks are a T5 encoder's."""

from __future__ import annotations

import pytest
import torch
from transformers import T5Config, T5EncoderModel

from glyphdata.train.mapper import SDXL, Mapper

SMALL = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_heads": 2, "num_layers": 3}
BYT5 = {"d_model": 1472, "d_kv": 64, "d_ff": 3584, "num_heads": 6, "num_layers": 12}


def config(**shape: int) -> T5Config:
    return T5Config(**shape, vocab_size=384, feed_forward_proj="gated-gelu", dropout_rate=0.0)


@pytest.mark.parametrize(("blocks", "parameters"), [(4, 75_383_936), (0, 3_020_224)])
def test_it_has_the_papers_parameters(blocks: int, parameters: int) -> None:
    with torch.device("meta"):
        mapper = Mapper(config(**BYT5), blocks)
    assert sum(one.numel() for one in mapper.parameters()) == parameters
    assert mapper.channel_mapper.out_features == SDXL == 2048


def test_its_parameters_are_named_as_released() -> None:
    names = set(Mapper(config(**SMALL), 2).state_dict())
    block = {f"layer.0.SelfAttention.{one}.weight" for one in "qkvo"} | {
        "layer.0.layer_norm.weight",
        "layer.1.layer_norm.weight",
        *(f"layer.1.DenseReluDense.{one}.weight" for one in ("wi_0", "wi_1", "wo")),
    }
    bias = "blocks.0.layer.0.SelfAttention.relative_attention_bias.weight"
    ends = {"layer_norm.weight", "final_layer_norm.weight"}
    ends |= {"channel_mapper.weight", "channel_mapper.bias"}
    assert names == {f"blocks.{n}.{one}" for n in (0, 1) for one in block} | {bias} | ends


def test_its_blocks_do_what_a_t5_encoder_does_and_padding_is_not_read() -> None:
    torch.manual_seed(0)
    model = T5EncoderModel(config(**SMALL)).eval()
    mapper = Mapper(model.config, 3, 40).eval()
    mapper.blocks.load_state_dict(model.encoder.block.state_dict())
    mapper.layer_norm.load_state_dict(model.encoder.final_layer_norm.state_dict())
    tokens, mask = torch.randn(2, 9, 32), torch.ones(2, 9)
    mask[1, 5:] = 0
    read = model(inputs_embeds=tokens, attention_mask=mask.long()).last_hidden_state
    wanted = mapper.final_layer_norm(mapper.channel_mapper(read))
    found = mapper(tokens, mask)
    torch.testing.assert_close(found[mask > 0], wanted[mask > 0])
    tokens[1, 5:] = 7.0
    torch.testing.assert_close(mapper(tokens, mask)[1, :5], found[1, :5])


def test_without_blocks_every_token_is_mapped_for_itself() -> None:
    torch.manual_seed(0)
    mapper = Mapper(config(**SMALL), 0, 40)
    tokens = torch.randn(1, 6, 32)
    whole = mapper(tokens, torch.ones(1, 6))
    torch.testing.assert_close(whole[:, 2:3], mapper(tokens[:, 2:3], torch.ones(1, 1)))
