"""What an encoder costs: its weights, and the arithmetic of a token and of a view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from glyphdata.train.model import Encoder
from glyphdata.train.settings import Settings

_TOKENS = 128
"""The length of the sequence that is counted; attention's share grows with it, and is small."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Numbers of weights, and floating-point operations of a forward pass (2 a multiply-add).

    A training pass costs three times a forward one, four times with activation checkpointing or
    chunks, and once where a tower is frozen.
    """

    parameters: int
    trained: int
    text_parameters: int
    vision_parameters: int
    token_flops: int
    """Of the text tower for one token of a sequence of 128, or for one character."""
    view_flops: int
    """Of the vision tower for one view."""
    step_flops: float
    """Of a training step's towers, given its number of tokens and views: 0 where not given."""


def cost(settings: Settings, encoder: Encoder, tokens: int = 0, views: int = 0) -> Cost:
    """What `encoder` costs; `tokens` and `views` of one step give `step_flops`.

    Counted while the towers run once (nothing is computed where they are on the meta device).
    """
    token, view = _text_flops(encoder), _view_flops(encoder)
    factor = 4 if settings.checkpointing or settings.batch.chunk else 3
    text = 1 if settings.text.frozen else factor
    vision = 1 if settings.vision.frozen else factor
    return Cost(
        parameters=_number(encoder.parameters()),
        trained=_number(one for one in encoder.parameters() if one.requires_grad),
        text_parameters=_number(encoder.text_tower.parameters()),
        vision_parameters=_number(encoder.vision_tower.parameters()),
        token_flops=token,
        view_flops=view,
        step_flops=float(text * token * tokens + vision * view * views),
    )


def _text_flops(encoder: Encoder) -> int:
    """Of one token in a sequence of 128, or of one character in a text of full length."""
    device = encoder.device
    if encoder.spelling is not None:
        length = encoder.settings.text.characters
        classes = torch.ones((1, length), dtype=torch.int64, device=device)
        return _counted(encoder.text_tower, classes) // length
    length = min(_TOKENS, encoder.settings.text.max_tokens)
    ids = torch.full((1, length), 100, dtype=torch.int64, device=device)
    lengths = torch.tensor([length], device=device)
    whole = torch.tensor([[0, length - 1]], device=device)
    boxes = (lengths, torch.zeros_like(lengths), whole) if encoder.text_tower.pools else ()
    return _counted(encoder.text_tower, ids, *boxes) // length


def _view_flops(encoder: Encoder) -> int:
    view = torch.zeros((1, 3, *encoder.view_size), device=encoder.device)
    return _counted(encoder.vision_tower, view)


def _counted(tower: nn.Module, *inputs: Tensor) -> int:
    """Matrix products and convolutions of one forward pass, without dropout."""
    training, fused = tower.training, torch.backends.mha.get_fastpath_enabled()
    tower.eval()
    # Fused kernels hide the matrix products that they are made of.
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as found:
            tower(*inputs)
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        tower.train(training)
    return int(found.get_total_flops())


def _number(weights: Iterable[nn.Parameter]) -> int:
    return sum(one.numel() for one in weights)
