"""The towers: shapes, tables that grow, places that nobody sees, and sources that are not there."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file
from transformers import (
    Dinov2Config,
    Dinov2Model,
    T5Config,
    T5EncoderModel,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTModel,
)

from glyphdata.errors import InputError
from glyphdata.train.settings import Shape
from glyphdata.train.towers import byt5, dinov2, vitstr
from glyphdata.train.towers.characters import Characters
from glyphdata.train.towers.characters import opened as opened_characters
from glyphdata.train.towers.source import Source

SHAPE = Shape(width=16, depth=2, heads=2, patch=14)


@pytest.fixture
def bytes_folder(tmp_path: Path) -> Path:
    """A small T5 of 384 rows, decoder and all, as google/byt5-small is laid out."""
    told = T5Config(
        vocab_size=384,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_decoder_layers=1,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        initializer_factor=0.1,
    )
    folder = tmp_path / "bytes"
    T5ForConditionalGeneration(told).save_pretrained(folder)
    return folder


def opened(folder: Path, rows: int, seed: int = 0) -> byt5.ByT5:
    return byt5.opened(Source(str(folder), "text.source"), rows, 0.2, seed)


def table(tower: byt5.ByT5) -> torch.Tensor:
    weight: torch.Tensor = tower.model.get_input_embeddings().weight.detach()
    return weight


def test_byt5_small_with_the_rows_of_v2_has_its_published_number_of_weights() -> None:
    small = Shape(width=1472, depth=12, heads=6, feed_forward=3584)
    with torch.device("meta"):
        tower = byt5.made(byt5.shaped(small, 1510, 0.1))
    assert sum(one.numel() for one in tower.parameters()) == 219_314_944
    config = tower.model.config
    assert (config.d_kv, config.num_heads, config.relative_attention_num_buckets) == (64, 6, 32)
    assert config.feed_forward_proj == "gated-gelu"


def test_the_rows_of_a_source_stay_and_the_new_ones_spread_like_them(bytes_folder: Path) -> None:
    source = load_file(bytes_folder / "model.safetensors")["shared.weight"]
    rows = table(opened(bytes_folder, 1510))
    assert rows.shape == (1510, 16)
    assert torch.equal(rows[:384], source)
    assert rows[384:].std().item() == pytest.approx(source.std().item(), rel=0.03)
    assert source.std().item() < 0.2
    assert abs(rows[384:].mean().item()) < 0.003
    assert len(rows[384:].unique(dim=0)) == 1126


def test_new_rows_are_those_of_their_seed_whatever_was_drawn_before(bytes_folder: Path) -> None:
    one = table(opened(bytes_folder, 400, seed=5))
    torch.randn(100)
    assert torch.equal(one, table(opened(bytes_folder, 400, seed=5)))
    assert not torch.equal(one, table(opened(bytes_folder, 400, seed=6)))


def test_both_names_of_the_table_are_one_table(bytes_folder: Path) -> None:
    model = opened(bytes_folder, 400).model
    assert model.shared.weight is model.encoder.embed_tokens.weight
    assert model.config.vocab_size == 400


def test_a_source_with_more_rows_than_the_data_is_refused(bytes_folder: Path) -> None:
    with pytest.raises(InputError, match=r"has 384 token rows and the data's table 300"):
        opened(bytes_folder, 300)


def test_dropout_is_that_of_the_settings(bytes_folder: Path) -> None:
    model = opened(bytes_folder, 384).model
    assert {one.p for one in model.modules() if isinstance(one, torch.nn.Dropout)} == {0.2}


def test_padding_changes_no_token() -> None:
    tower = byt5.made(byt5.shaped(SHAPE, 400, 0.0)).eval()
    ids = torch.randint(3, 259, (1, 9))
    padded = torch.cat([ids, torch.zeros(1, 23, dtype=torch.int64)], 1)
    alone = tower(ids, torch.tensor([9]))
    assert torch.allclose(tower(padded, torch.tensor([9]))[:, :9], alone, atol=1e-5)
    assert torch.allclose(tower(ids), alone, atol=1e-6)


def test_a_source_that_is_nowhere_is_told_with_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError) as caught:
        opened(Path("nobody/has-this-encoder"), 400)
    told = str(caught.value)
    assert "nobody/has-this-encoder is no folder, and no model of the local cache" in told
    assert "hf download" in told
    assert "text.source=null" in told


def test_a_folder_of_another_architecture_is_refused(tmp_path: Path, bytes_folder: Path) -> None:
    with pytest.raises(InputError, match=r"is 't5', not dinov2 or dinov2_with_registers"):
        dinov2.opened(Source(str(bytes_folder), "vision.source"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"text.source: .*empty cannot be loaded"):
        opened(tmp_path / "empty", 400)


def test_a_folder_that_lacks_weights_is_refused_by_name(tmp_path: Path) -> None:
    T5EncoderModel(T5Config(**byt5.shaped(SHAPE, 384, 0.0))).save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    del weights["encoder.final_layer_norm.weight"]
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=r"lacks 1 of its weights, encoder.final_layer_norm"):
        opened(tmp_path, 384)


def test_dinov2_gives_patches_row_by_row_without_class_and_registers() -> None:
    tower = dinov2.made(dinov2.shaped(SHAPE, 56)).eval()
    views = torch.randn(2, 3, 56, 56)
    found = tower(views)
    tokens = tower.model(pixel_values=views).last_hidden_state
    assert found.shape == (2, 16, 4, 4)
    assert tokens.shape[1] == 1 + 4 + 16
    assert torch.equal(found[:, :, 2, 3], tokens[:, 5 + 2 * 4 + 3])


def test_dinov2_without_registers_opens_too(tmp_path: Path) -> None:
    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14
    )
    model = Dinov2Model(config).eval()
    model.save_pretrained(tmp_path)
    tower = dinov2.opened(Source(str(tmp_path), "vision.source")).eval()
    views = torch.randn(1, 3, 28, 28)
    wanted = model(pixel_values=views).last_hidden_state[:, 1:]
    assert torch.equal(tower(views).flatten(2).transpose(1, 2), wanted)


def test_dinov2_is_shaped_as_asked() -> None:
    config = dinov2.made(dinov2.shaped(Shape(width=24, heads=3, feed_forward=72), 28)).model.config
    assert (config.mlp_ratio, config.hidden_size, config.num_register_tokens) == (3, 24, 4)


def test_vitstr_sees_the_luma_alone() -> None:
    tower = vitstr.made(vitstr.shaped(SHAPE, (28, 56))).eval()
    grey = torch.rand(1, 1, 28, 56).expand(1, 3, 28, 56)
    assert tower(grey).shape == (1, 16, 2, 4)
    shift = torch.tensor([0.587, -0.299, 0.0])[:, None, None] * 0.1
    assert torch.allclose(tower(grey), tower(grey + shift), atol=1e-5)


def test_vitstr_opens_any_vit_and_other_sizes(tmp_path: Path) -> None:
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=56,
        patch_size=14,
    )
    ViTModel(config, add_pooling_layer=False).save_pretrained(tmp_path)
    tower = vitstr.opened(Source(str(tmp_path), "vision.source"))
    assert tower(torch.rand(2, 3, 28, 42)).shape == (2, 16, 2, 3)


def characters(places: int = 6) -> Characters:
    return Characters(SHAPE, 30, places, 0.0).eval()


def test_what_stands_behind_a_word_is_seen_by_nobody() -> None:
    tower = characters()
    word = torch.tensor([[4, 9, 2, 0, 0, 0]])
    found = tower(word)
    assert torch.allclose(found[:, :3], tower(word[:, :3]), atol=1e-6)
    assert found[:, 3:].abs().max() == 0


def test_an_empty_word_is_zeros_and_no_fault() -> None:
    tower = characters().train()
    found = tower(torch.tensor([[0, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]]))
    assert found[0].abs().max() == 0
    assert torch.isfinite(found).all()
    found.sum().backward()
    assert all(torch.isfinite(one.grad).all() for one in tower.parameters())


def test_order_is_told_by_sines_of_the_places() -> None:
    places = characters().pos_embedding.pe
    assert places.shape == (6, 16)
    assert places[3, 0].item() == pytest.approx(math.sin(3))
    assert places[3, 5].item() == pytest.approx(math.cos(3 / 10_000 ** (4 / 16)))
    one, other = characters()(torch.tensor([[5, 6, 0, 0, 0, 0], [6, 5, 0, 0, 0, 0]]))
    assert not torch.allclose(one.sum(0), other.sum(0), atol=1e-3)


def test_the_character_tower_has_the_names_and_size_of_udifftexts() -> None:
    with torch.device("meta"):
        tower = Characters(Shape(width=2048, depth=12, heads=8, feed_forward=2048), 95, 12, 0.1)
    state = tower.state_dict()
    assert state["label_embedding.weight"].shape == (95, 2048)
    assert state["pos_embedding.pe"].shape == (12, 2048)
    assert state["encoder.layers.11.self_attn.in_proj_weight"].shape == (6144, 2048)
    assert state["encoder.layers.0.linear1.weight"].shape == (2048, 2048)
    assert 301e6 < sum(one.numel() for one in tower.parameters()) < 303e6


def test_every_layer_begins_with_weights_of_its_own() -> None:
    first, second = characters().encoder.layers
    assert not torch.equal(first.linear1.weight, second.linear1.weight)
    assert not torch.equal(first.self_attn.in_proj_weight, second.self_attn.in_proj_weight)


def test_a_character_tower_opens_a_folder_of_its_own_weights(tmp_path: Path) -> None:
    before = characters()
    save_file(before.state_dict(), tmp_path / "model.safetensors")
    source = Source(str(tmp_path), "text.source")
    after = opened_characters(source, characters())
    word = torch.tensor([[4, 9, 2, 0, 0, 0]])
    assert torch.equal(after(word), before(word))
    with pytest.raises(InputError, match=r"text.source: .*size mismatch for pos_embedding.pe"):
        opened_characters(source, characters(5))
    with pytest.raises(InputError, match=r"No such file"):
        opened_characters(Source(str(tmp_path / "none"), "text.source"), characters())
