"""An encoder as others load it: one file per layout, each saying who reads it and by which keys.

A layout's file has `export(trained, folder, dtype)`, which writes into an empty folder and returns
remarks for the user, and, where that makes sense, `take(source)`, which gives the text tower of
such a file. This page knows their names without importing torch.
"""

from __future__ import annotations

LAYOUTS = {
    "hf": "A folder for transformers and diffusers: T5EncoderModel, ByT5Tokenizer, and the rest.",
    "glyph-sdxl-v2": "The folder of HunyuanImage-2.1, HunyuanVideo-1.5 and Glyph-SDXL-v2.",
    "comfyui": "One safetensors file, for ComfyUI and musubi-tuner.",
    "openclip": "One training checkpoint, for BizGen and Ming.",
    "udifftext": "One checkpoint of the character encoder, for UDiffText.",
}
"""Every layout and what it is for."""

DTYPES = ("fp32", "bf16", "fp16")
"""The precisions that weights can be written in."""


def module_of(layout: str) -> str:
    """The module that knows a layout; `InputError` for one that none knows."""
    from glyphdata.errors import InputError
    from glyphdata.registry import nearest

    if layout not in LAYOUTS:
        raise InputError(f"no layout {layout!r}", hint=nearest(layout, LAYOUTS))
    return f"{__name__}.{layout.replace('-', '_')}"
