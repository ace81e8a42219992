"""How the readers of our layouts load them, written anew from what they are known to do.

It needs torch and transformers only, so that it also runs under another version of transformers:
`python consumers.py FOLDER OUT.pt` loads every layout under FOLDER and saves what each says of the
prompts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import (
    AutoTokenizer,
    ByT5Tokenizer,
    T5Config,
    T5EncoderModel,
    T5ForConditionalGeneration,
)

PROMPTS = (
    'Text "Hello". Text "Œuvre 日本". ',
    'Text "Hi" in <color-1>, <en-font-2>. Text "né" in <color-137>, <kr-font-121>. ',
)
BYT5_SMALL = {"d_model": 1472, "d_kv": 64, "d_ff": 3584, "num_heads": 6, "num_layers": 12}


def byt5(shape: dict[str, int], rows: int):
    """The encoder that readers build before they look at weights: byt5-small's, grown to `rows`."""
    config = T5Config(
        **shape,
        num_decoder_layers=1,
        vocab_size=384,
        feed_forward_proj="gated-gelu",
        layer_norm_epsilon=1e-6,
        decoder_start_token_id=0,
    )
    stack = T5ForConditionalGeneration(config).get_encoder()
    stack.resize_token_embeddings(rows, mean_resizing=False)
    return stack.eval()


def tables(folder: Path):
    """ByT5's tokenizer and the tokens of the two tables: colours, then faces, in key order."""
    colors = json.loads((folder / "assets/color_idx.json").read_text("utf-8"))
    faces = json.loads((folder / "assets/multilingual_10-lang_idx.json").read_text("utf-8"))
    tokens = [f"<color-{place}>" for place in range(len(colors))]
    tokens += [f"<{name[:2]}-font-{faces[name]}>" for name in faces]
    tokenizer = ByT5Tokenizer()
    tokenizer.add_tokens(tokens, special_tokens=True)
    return tokenizer


def hunyuan(folder: Path, shape: dict[str, int]):
    """HunyuanImage-2.1 and HunyuanVideo-1.5: the folder of Glyph-SDXL-v2, loaded strictly."""
    tokenizer = tables(folder)
    state = torch.load(folder / "checkpoints/byt5_model.pt", map_location="cpu", weights_only=True)
    return tokenizer, strictly(shape, len(tokenizer), training_or_plain(state))


def training_or_plain(state):
    """A training checkpoint's text tower where it is one, else the state as it is."""
    if "state_dict" not in state:
        return state
    prefix = "module.text_tower.encoder."
    return {
        name[len(prefix) :]: weight
        for name, weight in state["state_dict"].items()
        if name.startswith(prefix)
    }


def strictly(shape, rows, state):
    stack = byt5(shape, rows)
    stack.load_state_dict({name: weight.float() for name, weight in state.items()}, strict=True)
    return stack


def bizgen(file: Path, tokenizer, shape: dict[str, int]):
    """BizGen and Ming: a training checkpoint whose every key is the text tower's."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    assert set(state) == {"epoch", "name", "state_dict"}
    assert all(name.startswith("module.text_tower.encoder.") for name in state["state_dict"])
    return strictly(shape, len(tokenizer), training_or_plain(state))


def single_file(file: Path, shape: dict[str, int]):
    """ComfyUI and musubi-tuner: `encoder.` dropped, `shared.weight` the embeddings, no more."""
    state = load_file(file)
    assert "encoder.embed_tokens.weight" not in state
    inner = shape["num_heads"] * shape["d_kv"]
    assert len(state["encoder.block.0.layer.0.SelfAttention.k.weight"]) == inner
    state = {name.removeprefix("encoder."): weight for name, weight in state.items()}
    state["embed_tokens.weight"] = state.pop("shared.weight")
    return strictly(shape, 1510, state)


def diffusers(folder: Path):
    """`text_encoder_2` and `tokenizer_2` of a pipeline."""
    model, found = T5EncoderModel.from_pretrained(folder, output_loading_info=True)
    assert not found["missing_keys"] and not found["unexpected_keys"], found
    return ByT5Tokenizer.from_pretrained(folder), model.eval()


def said(stack, tokenizer, prompt: str):
    """The vectors of one prompt, padded to 128 as the pipelines pad, with a mask of floats."""
    tokens = tokenizer(
        prompt, padding="max_length", max_length=128, truncation=True, return_tensors="pt"
    )
    with torch.inference_mode():
        out = stack(tokens.input_ids, attention_mask=tokens.attention_mask.float())[0]
    return out[0, : int(tokens.attention_mask.sum())], tokens.input_ids[0].tolist()


def everything(root: Path) -> dict[str, object]:
    """Per layout, and prompt by prompt, vectors and ids."""
    shape = json.loads((root / "shape.json").read_text())
    tokenizer, first = hunyuan(root / "glyph-sdxl-v2", shape)
    (single,) = (root / "comfyui").glob("*.safetensors")
    hf_tokenizer, model = diffusers(root / "hf")
    auto = AutoTokenizer.from_pretrained(root / "hf")
    readers = {
        "glyph-sdxl-v2": (first, tokenizer),
        "openclip": (bizgen(root / "openclip/base.pt", tokenizer, shape), tokenizer),
        "comfyui": (single_file(single, shape), tokenizer),
        "hf": (model, hf_tokenizer),
        "hf-auto": (model, auto),
    }
    out: dict[str, object] = {"version": transformers.__version__, "rows": len(auto)}
    for name, (stack, words) in readers.items():
        out[name] = [said(stack, words, prompt) for prompt in PROMPTS]
    return out


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.save(everything(Path(sys.argv[1])), sys.argv[2])
