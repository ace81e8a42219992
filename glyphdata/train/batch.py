"""What a step of training is given: pictures, prompts, and which box of which stands where.

A batch holds V views, S sequences and B boxes. A view is a whole picture, or with `region: strip`
the upright strip of one box; a sequence is the prompt of one picture, or the text of one box. Each
box points at its view and at its stretch of a sequence.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Self

import torch
from torch import Tensor


class BoxFacts(NamedTuple):
    """What is true of one box of a batch, for reports and evaluation; never seen by a tower."""

    key: str
    """The sample's key."""
    box: int
    """The box's `id` in its sample."""
    text: str
    source_text: str
    level: str
    language: str
    script: str
    font_token: int
    color_token: int
    edits: tuple[str, ...]
    """The kinds of edits that made `text` of `source_text`; empty for an original."""
    member: int
    """The variant's number in its group; 0 is the original."""
    height_px: float
    background: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of boxes; every tensor is on one device.

    Shapes: V views, S sequences, L tokens, B boxes, P patches of a view, C characters.
    """

    views: Tensor
    """u8 [V, 3, height, width], sRGB."""
    view_of: Tensor
    """i64 [B]: the view of each box."""
    quads: Tensor
    """f32 [B, 4, 2]: corners in shares of the view, clockwise from the text's own top left."""
    cover: Tensor
    """f32 [B, P]: how much of each patch the box covers, rows that add up to 1, for
    `region: mean`; [B, 0] otherwise."""
    ids: Tensor
    """i64 [S, L]: token ids, padded with 0."""
    lengths: Tensor
    """i64 [S]: tokens of each sequence, its end included."""
    sequence_of: Tensor
    """i64 [B]: the sequence of each box."""
    spans: Tensor
    """i64 [B, 2]: first and behind the last token of each box that is pooled."""
    family: Tensor
    """i64 [B]: boxes with the same number are one box of a group in its spellings."""
    alike: Tensor
    """i64 [B]: boxes with the same number are said alike, and are no negatives of each other."""
    characters: Tensor
    """i64 [B, C]: class of each character, 0 behind the end; [B, 0] without a character tower."""
    groups: tuple[str, ...]
    """The keys of the groups that the batch was made of."""
    facts: tuple[BoxFacts, ...] = ()
    """One per box where they were asked for; empty in training."""

    def __len__(self) -> int:
        return len(self.view_of)

    def to(self, device: torch.device) -> Self:
        """The same batch on another device, copied without waiting where memory is pinned."""
        moved = {
            field.name: getattr(self, field.name).to(device, non_blocking=True)
            for field in fields(self)
            if isinstance(getattr(self, field.name), Tensor)
        }
        return replace(self, **moved)

    def pin_memory(self) -> Self:
        """The same batch in pinned memory; the loader of torch asks for it."""
        pinned = {
            field.name: getattr(self, field.name).pin_memory()
            for field in fields(self)
            if isinstance(getattr(self, field.name), Tensor)
        }
        return replace(self, **pinned)
