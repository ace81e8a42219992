"""A folder for transformers and diffusers, and beside it all that the encoder was trained with.

`T5EncoderModel.from_pretrained` and `AutoTokenizer.from_pretrained` take the folder as it is, and
so do diffusers' pipelines for HunyuanImage, HunyuanVideo-1.5 and GLM-Image as `text_encoder_2` (or
`text_encoder`) and its tokenizer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from glyphdata.train.layouts import card
from glyphdata.train.layouts.folder import (
    WEIGHTS,
    write_json,
    write_model,
    write_tower,
    write_weights,
)
from glyphdata.train.layouts.stack import TYPES, State
from glyphdata.train.layouts.trained import Trained

PROJECTION = "projection.safetensors"
VISION_HEAD = "vision_projection.safetensors"


def export(trained: Trained, folder: Path, dtype: str) -> tuple[str, ...]:
    """Write tower and tokenizer; projections and `vision/`; `glyphdata.json` and the model card."""
    encoder = trained.encoder
    write_tower(trained.tower("hf"), trained.table.names, folder, dtype)
    _write_vision(encoder.vision_tower, folder / "vision", dtype)
    for name, head in ((PROJECTION, encoder.text_head), (VISION_HEAD, encoder.vision_head)):
        if state := _cast(head.state_dict(), dtype):
            write_weights(state, folder / name)
    write_json(card.facts(trained), folder / "glyphdata.json")
    (folder / "README.md").write_text(card.page(trained), "utf-8")
    return ()


def _write_vision(tower: Any, folder: Path, dtype: str) -> None:
    """The tower that sees: as transformers' own model where it is one, else its weights alone."""
    model = getattr(tower, "model", None)
    if isinstance(model, PreTrainedModel):
        state = _cast(model.state_dict(), dtype)
        write_model(state, model.config, type(model).__name__, folder, dtype)
        return
    folder.mkdir()
    write_weights(_cast(tower.state_dict(), dtype), folder / WEIGHTS)


def _cast(state: State, dtype: str) -> State:
    return {
        name: (one.to(TYPES[dtype]) if one.is_floating_point() else one).cpu().contiguous().clone()
        for name, one in state.items()
    }
