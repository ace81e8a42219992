"""A reader of pictures and a reader of captions, some ten thousand weights, for the other examples.

    python docs/examples/tiny_clip.py OUT

prints the shapes of the first sample's picture and caption, and the loss of the first sixteen
samples before any training: about ln 16 = 2.77, what one who knows nothing gets.
"""

from __future__ import annotations

import sys
from io import BytesIO
from itertools import islice

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

import glyphdata as gd

SIDE, BYTES, WIDTH = 64, 128, 64


def picture_of(encoded: bytes) -> Tensor:
    """An encoded picture as 3 × 64 × 64 numbers from 0 to 1."""
    with Image.open(BytesIO(encoded), formats=("JPEG", "PNG", "WEBP")) as image:
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded small: an eighth of the side for 512
        small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    return torch.from_numpy(np.array(small)).permute(2, 0, 1).float() / 255


def text_of(caption: str) -> Tensor:
    """A caption as 128 bytes, each one more than itself; 0 where it has ended."""
    said = caption.encode()[:BYTES]
    return functional.pad(torch.tensor([byte + 1 for byte in said]), (0, BYTES - len(said)))


class TinyClip(nn.Module):
    """Two encoders whose vectors agree where picture and caption belong together."""

    def __init__(self) -> None:
        """Weights are drawn from torch's own generator."""
        super().__init__()
        self.eye = nn.Sequential(
            nn.Conv2d(3, 16, 5, stride=4),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(WIDTH),
        )
        self.ear = nn.EmbeddingBag(257, WIDTH, padding_idx=0)
        self.eye(torch.zeros(1, 3, SIDE, SIDE))  # the width of the last layer is known after this

    def forward(self, pictures: Tensor, texts: Tensor) -> Tensor:
        """The contrastive loss (InfoNCE at a temperature of 0.1) of N pictures and N captions."""
        seen = functional.normalize(self.eye(pictures), dim=1)
        heard = functional.normalize(self.ear(texts), dim=1)
        alike = seen @ heard.T * 10
        own = torch.arange(len(alike), device=alike.device)
        both = functional.cross_entropy(alike, own) + functional.cross_entropy(alike.T, own)
        return both / 2


def main(path: str) -> None:
    """Print shapes, and the loss before training."""
    torch.manual_seed(0)
    records = list(islice(gd.Dataset(path), 16))
    pictures = torch.stack([picture_of(one.picture) for one in records])
    texts = torch.stack([text_of(one.text) for one in records])
    print(f"picture {tuple(pictures[0].shape)}, caption {tuple(texts[0].shape)}")
    print(f"loss {TinyClip()(pictures, texts).item():.2f} of {len(records)}")


if __name__ == "__main__":
    main(sys.argv[1])
