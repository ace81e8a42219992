"""One safetensors file: what ComfyUI and musubi-tuner load for HunyuanImage and HunyuanVideo.

Its keys are transformers' own without the encoder's copy of the embeddings. ComfyUI knows the file
by a key projection of 384 rows, and builds a table of 1510.
"""

from __future__ import annotations

from pathlib import Path

from transformers import T5EncoderModel

from glyphdata.train.layouts.folder import write_weights
from glyphdata.train.layouts.stack import check_rows, whole_state
from glyphdata.train.layouts.trained import Trained


def export(trained: Trained, folder: Path, dtype: str) -> tuple[str, ...]:
    """Write `byt5_small_glyphxl_<dtype>.safetensors`; `InputError` unless it has 1510 rows."""
    model: T5EncoderModel = trained.tower("comfyui")
    remarks = check_rows(model, "ComfyUI")
    write_weights(whole_state(model, dtype), folder / f"byt5_small_glyphxl_{dtype}.safetensors")
    return remarks
