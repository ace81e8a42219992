"""Colour and face, each told from eight others with everything else as it was.

The token of a box is replaced in its prompt by others that the data says, and the box's picture is
asked which of the prompts is its own; the control asks the picture of another box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from glyphdata.scene.rng import Rng
from glyphdata.train.batch import Batch
from glyphdata.train.evaluate.in_group import Figure
from glyphdata.train.evaluate.vectors import Floats

OTHERS = 8
"""Wrong tokens that a box is asked about, where the data says so many."""

FIRST_ADDED = 384
"""The first id that is no byte."""

_ASKED = 256
_AT_ONCE = 144

Kind = Literal["color", "font"]


Reads = Callable[[Batch], Tensor]
"""What answers: an encoder's reading, as unit vectors [B, E]."""


@dataclass(frozen=True, slots=True)
class Style:
    """The figure of one kind of token; `of` and `chance` count the right one in."""

    figure: Figure
    of: int
    chance: float


@dataclass(frozen=True, slots=True)
class _Box:
    """One box that is asked: its sequence, where in it which token stands, what it showed."""

    ids: Tensor
    span: Tensor
    places: dict[Kind, int]
    seen: Floats


class Styles:
    """Boxes with styled prompts, kept until all tokens that the data says are known."""

    def __init__(self, names: Sequence[str]) -> None:
        """`names` are the added tokens in the order of their ids."""
        self._names = tuple(names)
        self._boxes: list[_Box] = []
        self._said: dict[Kind, Counter[int]] = {"color": Counter(), "font": Counter()}

    def keep(self, batch: Batch, rows: Sequence[int], seen: Floats) -> None:
        """Look at some boxes of a batch, whose pictures are `seen` [B, E].

        Of all of them the tokens are known then; originals alone are asked.
        """
        for row in rows:
            fact = batch.facts[row]
            ids = batch.ids[int(batch.sequence_of[row])].cpu()
            span = batch.spans[row].cpu()
            places = self._places(ids, int(span[0]), fact.color_token)
            for kind, place in places.items():
                self._said[kind][int(ids[place])] += 1
            if places and fact.member == 0 and len(self._boxes) < _ASKED:
                length = int(batch.lengths[int(batch.sequence_of[row])])
                self._boxes.append(_Box(ids[:length], span, places, seen[row]))

    def ask(self, kind: Kind, batch: Batch, read: Reads, seed: int) -> Style | None:
        """Ask every box kept; `batch` is any of the batches, to make others of.

        None where no prompt says such a token, or the data says but one.
        """
        rng = Rng.of(seed, 0).at(f"{kind} tokens")
        asked: list[tuple[_Box, list[int]]] = []
        for number, box in enumerate(self._boxes):
            if kind not in box.places:
                continue
            own = int(box.ids[box.places[kind]])
            others = self._others(kind, own)
            if others:
                drawn = rng.at("box", number).shuffled(others)[:OTHERS]
                asked.append((box, [own, *drawn]))
        if not asked:
            return None
        vectors = _read(kind, asked, batch, read)
        shift = len(asked) // 2
        right = blind = 0
        for number, (box, _) in enumerate(asked):
            other = asked[(number + shift) % len(asked)][0]
            right += _first(vectors[number] @ box.seen)
            blind += _first(vectors[number] @ other.seen)
        count = len(asked)
        sizes = [len(tokens) for _, tokens in asked]
        figure = Figure(right / count, blind / count if shift else None, count)
        return Style(figure, max(sizes), float(np.mean([1.0 / size for size in sizes])))

    def _places(self, ids: Tensor, first: int, color: int) -> dict[Kind, int]:
        """Where the tokens of the box stand whose text begins at `first`; empty for plain prompts.

        After the text comes the colour, then two bytes, then the face: whatever else is found there
        belongs to another box.
        """
        added = torch.nonzero(ids[first:] >= FIRST_ADDED)
        if not len(added):
            return {}
        place = first + int(added[0])
        if self._name(ids, place) != f"<color-{color}>":
            return {}
        places: dict[Kind, int] = {"color": place}
        if place + 3 < len(ids) and "font-" in self._name(ids, place + 3):
            places["font"] = place + 3
        return places

    def _name(self, ids: Tensor, place: int) -> str:
        number = int(ids[place]) - FIRST_ADDED
        return self._names[number] if 0 <= number < len(self._names) else ""

    def _others(self, kind: Kind, own: int) -> list[int]:
        """The other tokens of one block that the data says, by id."""
        block = self._block(own)
        return sorted(one for one in self._said[kind] if one != own and self._block(one) == block)

    def _block(self, token: int) -> str:
        return self._names[token - FIRST_ADDED].rstrip("0123456789>")


def _read(
    kind: Kind, asked: Sequence[tuple[_Box, list[int]]], batch: Batch, read: Reads
) -> list[Floats]:
    """Per box the vectors [tokens, E] of its text, said with each of its tokens in turn."""
    rows: list[tuple[Tensor, Tensor]] = []
    for box, tokens in asked:
        for token in tokens:
            ids = box.ids.clone()
            ids[box.places[kind]] = token
            rows.append((ids, box.span))
    found = [
        read(_saying(rows[first : first + _AT_ONCE], batch)).cpu().numpy()
        for first in range(0, len(rows), _AT_ONCE)
    ]
    ends = np.cumsum([len(tokens) for _, tokens in asked])[:-1]
    return np.split(np.concatenate(found), ends)


def _saying(rows: Sequence[tuple[Tensor, Tensor]], batch: Batch) -> Batch:
    """A batch of one box a sequence; of its pictures nothing is meant to be looked at."""
    device, count = batch.ids.device, len(rows)
    ids = torch.zeros((count, max(len(one) for one, _ in rows)), dtype=batch.ids.dtype)
    for number, (one, _) in enumerate(rows):
        ids[number, : len(one)] = one
    zeros = torch.zeros(count, dtype=torch.int64, device=device)
    return replace(
        batch,
        view_of=zeros,
        quads=batch.quads[:1].expand(count, -1, -1),
        cover=batch.cover[:1].expand(count, -1),
        ids=ids.to(device),
        lengths=torch.tensor([len(one) for one, _ in rows], device=device),
        sequence_of=torch.arange(count, device=device),
        spans=torch.stack([span for _, span in rows]).to(device),
        family=zeros,
        alike=zeros,
        characters=batch.characters[:1].expand(count, -1),
        groups=(),
        facts=(),
    )


def _first(nearness: Floats) -> int:
    """1 where the first answer is nearer than all others; a tie is a miss."""
    return int((nearness[1:] < nearness[0]).all())
