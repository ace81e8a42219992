"""Other people's encoders become folders that training begins from, and run no code on the way."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoTokenizer, T5Config, T5EncoderModel, T5ForConditionalGeneration

from glyphdata.errors import InputError
from glyphdata.train.layouts.taking import bring
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.model import build
from glyphdata.train.settings import Settings

SOURCES = {
    "hf": "hf",
    "glyph-sdxl-v2": "glyph-sdxl-v2",
    "comfyui": "comfyui/byt5_small_glyphxl_fp32.safetensors",
    "openclip": "openclip/base.pt",
}


@pytest.mark.parametrize("layout", SOURCES)
def test_what_was_given_comes_back_weight_by_weight(
    trained: Trained, exported: Path, layout: str, tmp_path: Path
) -> None:
    given = bring(exported / SOURCES[layout], tmp_path / "in", layout)
    assert "config.json" in given.files
    (remark,) = given.remarks
    assert "1126 style tokens" in remark
    model = T5EncoderModel.from_pretrained(tmp_path / "in")
    wanted = trained.encoder.text_tower.model.state_dict()
    assert all(torch.equal(one, wanted[name]) for name, one in model.state_dict().items())
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "in")
    assert tokenizer.convert_tokens_to_ids("<kr-font-121>") == 1509


def test_training_begins_from_it(trained: Trained, exported: Path, tmp_path: Path) -> None:
    bring(exported / SOURCES["comfyui"], tmp_path / "in")
    document = {
        "text": {"source": str(tmp_path / "in"), "head": [24], "dropout": 0.0},
        "vision": {"source": None, "shape": {"width": 32, "depth": 1, "heads": 2}, "size": 56},
        "embed": 32,
    }
    encoder = build(Settings.model_validate_json(json.dumps(document)), 1510)
    ids, lengths = torch.arange(3, 40)[None], torch.tensor([37])
    with torch.inference_mode():
        found = encoder.eval().text_tower(ids, lengths)
        assert torch.equal(found, trained.encoder.text_tower(ids, lengths))


def test_a_whole_t5_leaves_its_decoder_behind(tmp_path: Path) -> None:
    config = T5Config(
        vocab_size=384, d_model=16, d_kv=8, d_ff=32, num_heads=2, num_layers=1,
        feed_forward_proj="gated-gelu", decoder_start_token_id=0,
    )  # fmt: skip
    torch.manual_seed(0)
    whole = T5ForConditionalGeneration(config)
    (tmp_path / "theirs").mkdir()
    torch.save(whole.state_dict(), tmp_path / "theirs/pytorch_model.bin")
    assert not bring(tmp_path / "theirs", tmp_path / "in").remarks
    model = T5EncoderModel.from_pretrained(tmp_path / "in")
    assert torch.equal(model.shared.weight, whole.shared.weight)
    assert len(AutoTokenizer.from_pretrained(tmp_path / "in")) == 384


class Trap:
    """What a hostile pickle does when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (self.path,))  # type: ignore[return-value]


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_would_run_code_is_refused_and_runs_none(
    zipped: bool, tmp_path: Path
) -> None:
    trap = {"state_dict": {"a": Trap(tmp_path / "sprung")}}
    if zipped:
        torch.save(trap, tmp_path / "bad.pt")
    else:
        (tmp_path / "bad.pt").write_bytes(pickle.dumps(trap))
    with pytest.raises(InputError, match="could run code"):
        bring(tmp_path / "bad.pt", tmp_path / "in")
    assert not (tmp_path / "sprung").exists()
    assert not (tmp_path / "in").exists()


def test_what_is_no_encoder_is_refused_with_its_reason(exported: Path, tmp_path: Path) -> None:
    save_file({"visual.proj": torch.zeros(2)}, tmp_path / "other.safetensors")
    torch.save([torch.zeros(2)], tmp_path / "list.pt")
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    torch.save({"embed_tokens.weight": torch.zeros(1510, 8)}, tmp_path / "part.pt")
    for name, fault in (
        ("other.safetensors", "none of the layouts: it begins with visual.proj"),
        ("list.pt", "no weights by name"),
        ("cut.safetensors", "cannot be read"),
        ("part.pt", "has no weight 'block.0.layer.0.SelfAttention.relative_attention_bias"),
        ("nowhere", "is no file, and no folder with model.safetensors"),
    ):
        with pytest.raises(InputError, match=fault):
            bring(tmp_path / name, tmp_path / "in")
    with pytest.raises(InputError, match="in the layout 'openclip', not 'hf'"):
        bring(exported / SOURCES["openclip"], tmp_path / "in", "hf")
    assert not (tmp_path / "in").exists()


def test_missing_and_surplus_weights_are_refused(exported: Path, tmp_path: Path) -> None:
    state = torch.load(exported / "glyph-sdxl-v2/checkpoints/byt5_model.pt")
    torch.save({**state, "extra.weight": torch.zeros(1)}, tmp_path / "more.pt")
    state.pop("final_layer_norm.weight")
    torch.save(state, tmp_path / "less.pt")
    for name in ("more.pt", "less.pt"):
        with pytest.raises(InputError, match="no whole T5 encoder"):
            bring(tmp_path / name, tmp_path / "in")


def test_rows_of_unknown_meaning_are_refused(exported: Path, tmp_path: Path) -> None:
    state = torch.load(exported / "glyph-sdxl-v2/checkpoints/byt5_model.pt")
    state["embed_tokens.weight"] = state["embed_tokens.weight"][:1400]
    torch.save(state, tmp_path / "odd.pt")
    with pytest.raises(InputError, match=r"1400 rows is none of .* \(384, 1034, 1510\)"):
        bring(tmp_path / "odd.pt", tmp_path / "in")
