"""From a tower's vectors to the shared space, and from characters to what they are."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from glyphdata.errors import InputError


def projection(
    width: int, hidden: tuple[int, ...] | None, embed: int, setting: str
) -> nn.Sequential:
    """Linear layers without biases, GELU between them: Glyph-ByT5's is 1472, (1120,), 768.

    None has no layer, and is an `InputError` at `setting` where the tower's vectors do not fit.
    """
    if hidden is None:
        if width != embed:
            raise InputError(
                f"the tower gives {width} numbers and the shared space has {embed}",
                hint=f"-s embed={width}, or a projection: -s '{setting}=[]'",
            ).inside(setting)
        return nn.Sequential()
    sizes = (width, *hidden, embed)
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after, bias=False), nn.GELU()]
    return nn.Sequential(*layers[:-1])


class Collapse(nn.Module):
    """One vector of many places, in their order: UDiffText's contrastive head.

    Each place's vector is normalised over its width (what an instance norm over places comes to),
    brought to `embed`, and the places are added up with a learned weight each: a 1-D convolution
    with as many input channels as places. A place of zeros adds nothing, having no bias to add.
    """

    def __init__(self, places: int, width: int, embed: int) -> None:
        super().__init__()
        self.projection = nn.Linear(width, embed, bias=False)
        self.collapse = nn.Conv1d(places, 1, 1)

    def forward(self, vectors: Tensor) -> Tensor:
        """Vectors [N, places, width], zeros where there is nothing, to [N, embed]."""
        collapsed: Tensor = self.collapse(self.projection(normalised(vectors)))
        return collapsed.squeeze(1)


class Spelling(nn.Module):
    """What each character is and where it stands, told from its vector: UDiffText's side tasks."""

    def __init__(self, width: int, classes: int, places: int) -> None:
        super().__init__()
        self.characters = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, classes)
        )
        self.places = nn.Linear(width, places, bias=False)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors [B, C, width] to logits [B, C, classes] and [B, C, places]."""
        flat = normalised(vectors)
        return self.characters(flat), self.places(flat)


def normalised(vectors: Tensor) -> Tensor:
    """Vectors less their mean, over their standard deviation, each for itself."""
    return functional.layer_norm(vectors, vectors.shape[-1:])


def unit(vectors: Tensor) -> Tensor:
    """Vectors [N, width] of length 1, in fp32; a vector of zeros stays one."""
    return functional.normalize(vectors.to(torch.float32), dim=1)
