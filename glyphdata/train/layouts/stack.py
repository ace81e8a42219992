"""The text tower's T5 stack, out of an encoder and out of other people's files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from transformers import T5Config, T5EncoderModel

from glyphdata.errors import InputError

State = dict[str, Tensor]
"""Weights by name."""

SHARED = "shared.weight"
EMBEDDED = "embed_tokens.weight"

BYT5_SMALL = {
    "d_model": 1472,
    "d_kv": 64,
    "d_ff": 3584,
    "num_heads": 6,
    "num_layers": 12,
    "relative_attention_num_buckets": 32,
}
"""The shape that loaders of Glyph-ByT5 build before they read weights."""

V2_ROWS = 1510
"""Rows of the table of Glyph-ByT5-v2: 384, 138 colours, 988 fonts."""

_ADDS = re.compile(r"encoder\.block\.\d+\.layer\.\d+")
"""The parts of a block that add to what they are given, before anything is clamped."""

TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def stack_state(model: T5EncoderModel, dtype: str) -> State:
    """The weights under the stack's own keys (`embed_tokens.weight`, `block.…`), cast to `dtype`.

    `InputError` where a weight does not fit into fp16.
    """
    state = {}
    for name, weight in model.encoder.state_dict().items():
        cast = weight.detach().cpu().to(TYPES[dtype]).contiguous().clone()
        if not cast.isfinite().all() and weight.isfinite().all():
            raise _overflow(name)
        state[name] = cast
    return state


def whole_state(model: T5EncoderModel, dtype: str) -> State:
    """The weights as transformers and ComfyUI key them: `shared.weight` and `encoder.…`.

    The encoder's copy of the embeddings is left out: strict loaders fail on a surplus key.
    """
    return prefixed(stack_state(model, dtype))


def prefixed(stack: Mapping[str, Tensor]) -> State:
    """The stack's keys with `encoder.` before them, the embeddings as `shared.weight`."""
    return {
        SHARED if name == EMBEDDED else f"encoder.{name}": weight for name, weight in stack.items()
    }


def check_rows(model: T5EncoderModel, reader: str) -> tuple[str, ...]:
    """Remarks on a tower that `reader`, built for Glyph-ByT5-v2's 1510 rows, is to load.

    `InputError` for any other number of rows: the loader would fail on the shape.
    """
    rows = model.config.vocab_size
    if rows != V2_ROWS:
        raise InputError(
            f"{reader} reads exactly {V2_ROWS} rows of embeddings, and this encoder has {rows}",
            hint="train with `-s text.tokens=v2`, or export with `--layout hf`",
        )
    other = [
        f"{name} {getattr(model.config, name)}, not {value}"
        for name, value in BYT5_SMALL.items()
        if getattr(model.config, name) != value
    ]
    if not other:
        return ()
    return (f"{reader} builds the shape of byt5-small and will refuse this: {', '.join(other)}",)


def check_half(model: T5EncoderModel) -> None:
    """Run every row of the table through the tower in fp16; `InputError` where a layer overflows.

    transformers hides it by clamping between its blocks, which other loaders do not.
    """
    half = T5EncoderModel(model.config).half().eval()
    half.encoder.load_state_dict(stack_state(model, "fp16"))
    found: list[str] = []
    for name, module in half.named_modules():
        if isinstance(module, nn.Linear) or _ADDS.fullmatch(name):
            module.register_forward_hook(_watching(name, found))
    with torch.inference_mode():
        for rows in torch.arange(model.config.vocab_size).split(256):
            half(input_ids=rows[None])
    if found:
        raise _overflow(found[0])


def tower_of(stack: Mapping[str, Tensor], source: str) -> T5EncoderModel:
    """The tower that weights under the stack's own keys belong to, its shape read off them.

    `InputError` where they are not a whole gated T5 encoder with a relative bias.
    """
    try:
        rows, width = stack[EMBEDDED].shape
        bias = stack["block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        inner = stack["block.0.layer.0.SelfAttention.q.weight"].shape[0]
        feed = stack["block.0.layer.1.DenseReluDense.wi_0.weight"].shape[0]
    except KeyError as fault:
        raise InputError(
            f"{source} has no weight {fault.args[0]!r}", hint="is it a ByT5 encoder?"
        ) from None
    layers = {name.split(".")[1] for name in stack if name.startswith("block.")}
    config = T5Config(
        vocab_size=rows,
        d_model=width,
        d_ff=feed,
        d_kv=inner // bias.shape[1],
        num_heads=bias.shape[1],
        num_layers=len(layers),
        relative_attention_num_buckets=bias.shape[0],
        feed_forward_proj="gated-gelu",
    )
    model = T5EncoderModel(config)
    try:
        model.encoder.load_state_dict({name: one.float() for name, one in stack.items()})
    except RuntimeError as fault:
        raise InputError(
            f"{source} is no whole T5 encoder: {str(fault).splitlines()[-1].strip()}",
            hint="give a file with every weight of the encoder and no others",
        ) from None
    return model.eval()


def _watching(name: str, found: list[str]) -> Callable[..., None]:
    def hook(_: nn.Module, __: object, result: Tensor | tuple[Tensor, ...]) -> None:
        first = result[0] if isinstance(result, tuple) else result
        if not found and not first.isfinite().all():
            found.append(name)

    return hook


def _overflow(name: str) -> InputError:
    return InputError(f"{name} does not fit into fp16", hint="export with `--dtype bf16`")
