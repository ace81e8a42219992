"""Samples as other people's training loops take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glyphdata.errors import InputError
from glyphdata.shards.dataset import Record
from glyphdata.train.tokens import PAD, Table, Tokenizer

_NO_QUOTES = str.maketrans(
    {'"': None, **dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " ")}
)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The texts of a picture as HunyuanVideo-1.5 says them, and how many did not fit."""

    ids: tuple[int, ...]
    """`max_length` of them; all padding where the picture has no text."""
    mask: tuple[int, ...]
    """1 for each id that is said, the end included."""
    left_out: int


def glyphs(texts: Sequence[str], max_length: int = 256) -> Glyphs:
    """`Text "…". ` for each text once, in their order, padded to `max_length` ids.

    The pipelines find texts between double quotes on one line, so that a double quote inside a
    text is left out and line ends become blanks. A text that does not fit whole is left out.
    """
    tokenizer = Tokenizer(Table(()), max_length)
    plain = dict.fromkeys(text.translate(_NO_QUOTES) for text in texts)
    ids: list[int] = []
    left_out = 0
    for text in plain:
        more = tokenizer.encode([f'Text "{text}". '])[:-1]
        if len(ids) + len(more) < max_length:
            ids += more
        else:
            left_out += 1
    if ids:
        ids = tokenizer.encode(ids)
    padding = max_length - len(ids)
    return Glyphs((*ids, *[PAD] * padding), (*[1] * len(ids), *[0] * padding), left_out)


@dataclass(slots=True)
class HunyuanCollator:
    """Samples as one batch for the training script of HunyuanVideo-1.5, which reads text glyphs as
    `byt5_text_ids` and `byt5_text_mask` of 256.

    `left_out` counts the texts that did not fit, over all batches.
    """

    max_length: int = 256
    left_out: int = 0

    def __call__(self, records: Sequence[Record]) -> dict[str, Tensor | list[str] | str]:
        """`pixel_values` f32 [N, 3, height, width] in -1 to 1; `text`, the captions; `data_type`
        `image`; `byt5_text_ids` and `byt5_text_mask` i64 [N, max_length].

        `InputError` where the pictures differ in size.
        """
        said = [
            glyphs([box["text"] for box in record.facts["boxes"]], self.max_length)
            for record in records
        ]
        self.left_out += sum(one.left_out for one in said)
        pictures = [record.pixels() for record in records]
        if len({picture.shape for picture in pictures}) != 1:
            raise InputError(
                "a batch needs pictures of one size", hint="draw batches from one bucket"
            )
        pixels = torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2) / np.float32(127.5))
        return {
            "pixel_values": pixels - 1,
            "text": [record.text for record in records],
            "data_type": "image",
            "byt5_text_ids": torch.tensor([one.ids for one in said]),
            "byt5_text_mask": torch.tensor([one.mask for one in said]),
        }
