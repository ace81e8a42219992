"""What reads and what sees: the towers of an encoder, and what they must offer.

A tower knows nothing of boxes, batches or losses. Its weights come from a folder, from the hub, or
from a shape and a seed; its state_dict keeps the names of those who wrote the architecture.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class TextTower(Protocol):
    """Reads token ids.

    Where `pools` is false it is called with ids [S, L] and lengths [S] and gives a vector per
    token, [S, L, width]. Where it is true it is called with ids, lengths, sequence_of [B] and
    spans [B, 2], and gives a vector per box, [B, width].
    """

    width: int
    pools: bool

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Vectors of tokens or of boxes."""
        ...


class CharacterTower(Protocol):
    """Reads classes of characters, [B, C] with 0 behind the end: a vector each, [B, C, width]."""

    width: int

    def __call__(self, classes: Tensor) -> Tensor:
        """Vectors of characters; those behind the end are zeros."""
        ...


class VisionTower(Protocol):
    """Sees pictures: views f32 [V, 3, height, width], in 0 to 1 less `mean`, over `std`.

    Gives the features of their patches, [V, width, rows, columns], or of strips a vector each,
    [V, width]; `patch` is the side of a patch in pixels, 0 for a tower that gives vectors.
    """

    width: int
    patch: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __call__(self, views: Tensor) -> Tensor:
        """Features of patches, or vectors of strips."""
        ...
