"""UDiffText's character encoder: a checkpoint with a `state_dict`, loaded by name (not strictly).

Its 94 characters stand in the order of Python's `string.printable`, digits first; ours by code
point. Rows of the embedding are put into the order of whoever reads.
"""

from __future__ import annotations

import string
from pathlib import Path

import torch

from glyphdata.errors import InputError
from glyphdata.train.layouts.folder import write_pickle
from glyphdata.train.layouts.stack import TYPES, State
from glyphdata.train.layouts.trained import Trained

FILE = "udifftext.ckpt"
THEIRS = string.printable[:94]
"""The characters of classes 1 to 94, in UDiffText's order."""

ROWS = "label_embedding.weight"
PLACES = "pos_embedding.pe"
KEYS = (ROWS, PLACES, "encoder.layers.")


def export(trained: Trained, folder: Path, dtype: str) -> tuple[str, ...]:
    """Write `udifftext.ckpt`; `InputError` where the tower is no character tower of the 94."""
    encoder = trained.encoder
    if encoder.settings.text.tower != "characters":
        raise InputError(
            f"UDiffText has a character tower, and this is {encoder.settings.text.tower!r}",
            hint="train with `-s preset=udifftext`",
        )
    if sorted(trained.alphabet) != sorted(THEIRS):
        raise InputError(
            f"UDiffText has its 94 characters, and this encoder {len(trained.alphabet)} others",
            hint="train with `-s text.alphabet=printable`",
        )
    state: State = {
        name: weight.detach().cpu().to(TYPES[dtype]).clone()
        for name, weight in encoder.text_tower.state_dict().items()
    }
    state[ROWS] = in_order(state[ROWS], trained.alphabet, THEIRS)
    write_pickle({"state_dict": state}, folder / FILE)
    return (
        "UDiffText also attends to the places behind a word's end, which this encoder never saw: "
        "its vectors are the same for words of full length only, until it is trained there",
    )


def in_order(rows: torch.Tensor, before: str, after: str) -> torch.Tensor:
    """The rows of classes in another order of characters; row 0 is the padding's."""
    places = {character: number for number, character in enumerate(before, 1)}
    return rows[[0, *(places[character] for character in after)]].contiguous()
