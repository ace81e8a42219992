"""Models and tokenizers as folders that transformers reads, in its versions 4 and 5 alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import ByT5Tokenizer, PretrainedConfig, T5EncoderModel

from glyphdata.train.layouts.stack import TYPES, whole_state

WEIGHTS = "model.safetensors"


def write_tower(model: T5EncoderModel, names: Sequence[str], folder: Path, dtype: str) -> None:
    """The text tower and its tokenizer, with `names` as added tokens from id 384 on."""
    write_model(whole_state(model, dtype), model.config, "T5EncoderModel", folder, dtype)
    write_tokenizer(names, folder)


def write_model(
    state: Mapping[str, Tensor],
    config: PretrainedConfig,
    architecture: str,
    folder: Path,
    dtype: str,
) -> None:
    """`config.json` and `model.safetensors`; `state` is in `dtype` already."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.loads(config.to_json_string(use_diff=True))
    told |= {"architectures": [architecture], "dtype": str(TYPES[dtype]).removeprefix("torch.")}
    write_json(told, folder / "config.json")
    write_weights(state, folder / WEIGHTS)


def write_weights(state: Mapping[str, Tensor], path: Path) -> None:
    """A safetensors file as transformers wants it, for anyone to read."""
    save_file(dict(state), path, metadata={"format": "pt"})
    path.chmod(0o644)  # safetensors keeps it to its owner


def write_tokenizer(names: Sequence[str], folder: Path) -> None:
    """ByT5's tokenizer with added tokens, in files that transformers 4 and 5 both read.

    Version 5 writes the added tokens as a list under `extra_special_tokens`, where 4.57 wants a
    mapping and fails; both read a list under `additional_special_tokens`.
    """
    tokenizer = ByT5Tokenizer()
    tokenizer.add_tokens(list(names), special_tokens=True)
    tokenizer.save_pretrained(str(folder))
    path = folder / "tokenizer_config.json"
    told = json.loads(path.read_bytes())
    if isinstance(told.get("extra_special_tokens"), list):
        told["additional_special_tokens"] = told.pop("extra_special_tokens")
    write_json(told, path)


def write_json(value: object, path: Path) -> None:
    """One JSON document, indented, UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def write_pickle(value: dict[str, object], path: Path) -> None:
    """A file for `torch.load(..., weights_only=True)`: tensors and plain values by name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # torch's own writer tells a full disk as a RuntimeError
        torch.save(value, file)
