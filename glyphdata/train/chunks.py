"""One step's gradients, in pieces that fit into memory: GradCache (arXiv 2101.06983).

A contrastive loss needs the vectors of all boxes at once, but not the activations they came from.
So all vectors are made piece by piece without keeping any; the loss gives each vector's gradient;
and each piece is made once more, with activations, to carry its vectors' gradients to the weights.
The second time dropout must fall as it did the first time: the generators' states are kept per
piece and put back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from glyphdata.train.batch import Batch
from glyphdata.train.losses import Losses, Read, chosen, losses
from glyphdata.train.model import Encoder

Outputs = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some views or sequences of a batch, and which boxes are theirs."""

    batch: Batch
    boxes: Tensor


def learn(
    encoder: Encoder, batch: Batch, *, scaled: Callable[[Tensor], Tensor] = lambda loss: loss
) -> Losses:
    """The losses of a batch; their gradients are added to those of the encoder's weights.

    With `batch.chunk` above 0 a tower takes so many views or sequences at once. `scaled` is what
    the loss is multiplied by before its gradient is taken (fp16). Gradients are this process's
    share: they add up over processes, each of which must call this. Weights that had no part in
    the loss are left without a gradient.
    """
    settings, size = encoder.settings.loss, encoder.settings.batch.chunk
    if not size:
        found = losses(settings, encoder.see(batch), encoder.read(batch), batch, encoder.scales)
        scaled(found.total).backward()
        return replace(found, total=found.total.detach())
    seeing = _Pass(lambda piece: (encoder.see(piece),), _views(batch, size))
    reading = _Pass(lambda piece: _outputs(encoder.read(piece)), _texts(batch, size, encoder))
    seen, read = seeing.first(batch), reading.first(batch)
    found = losses(settings, seen[0], Read(*read), batch, encoder.scales)
    scaled(found.total).backward()
    seeing.second(seen)
    reading.second(read)
    return replace(found, total=found.total.detach())


class _Pass:
    """One tower's pieces, made twice."""

    def __init__(self, make: Callable[[Batch], Outputs], pieces: list[_Piece]) -> None:
        self._make, self._pieces = make, pieces
        self._states: list[list[Tensor]] = []

    def first(self, batch: Batch) -> Outputs:
        """All vectors in the order of the boxes, leaves of the graph that the loss will make."""
        with torch.no_grad():
            if not self._pieces:
                return tuple(one.requires_grad_() for one in self._make(batch))
            made = []
            for piece in self._pieces:
                self._states.append(_generators(batch.views.device))
                made.append(self._make(piece.batch))
            boxes = torch.cat([piece.boxes for piece in self._pieces])
            joined = (torch.cat(parts) for parts in zip(*made, strict=True))
            return tuple(_placed(one, boxes, len(batch)).requires_grad_() for one in joined)

    def second(self, leaves: Outputs) -> None:
        """Each piece again, and its vectors' gradients on to the weights."""
        for piece, state in zip(self._pieces, self._states, strict=True):
            _put_back(state, leaves[0].device)
            made = self._make(piece.batch)
            carried = [
                (vectors, leaf.grad[piece.boxes])
                for vectors, leaf in zip(made, leaves, strict=True)
                if vectors.requires_grad and leaf.grad is not None
            ]
            if not carried:  # nothing of this tower is trained
                break
            torch.autograd.backward(*zip(*carried, strict=True))


def _views(batch: Batch, size: int) -> list[_Piece]:
    """So many views at once, with the boxes that stand in them."""
    pieces = []
    for first in range(0, len(batch.views), size):
        boxes = _between(batch.view_of, first, first + size)
        if len(boxes):
            part = chosen(batch, boxes)
            views = batch.views[first : first + size]
            pieces.append(_Piece(replace(part, views=views, view_of=part.view_of - first), boxes))
    return pieces


def _texts(batch: Batch, size: int, encoder: Encoder) -> list[_Piece]:
    """So many sequences at once, or so many boxes for a tower that reads characters."""
    if encoder.spelling is not None:
        every = torch.arange(len(batch), device=batch.view_of.device)
        return [_Piece(chosen(batch, boxes), boxes) for boxes in every.split(size)]
    pieces = []
    for first in range(0, len(batch.ids), size):
        boxes = _between(batch.sequence_of, first, first + size)
        if len(boxes):
            part, some = chosen(batch, boxes), slice(first, first + size)
            cut = replace(
                part,
                ids=batch.ids[some],
                lengths=batch.lengths[some],
                sequence_of=part.sequence_of - first,
            )
            pieces.append(_Piece(cut, boxes))
    return pieces


def _between(owner: Tensor, first: int, behind: int) -> Tensor:
    return ((owner >= first) & (owner < behind)).nonzero().squeeze(1)


def _placed(rows: Tensor, boxes: Tensor, count: int) -> Tensor:
    """Rows at their boxes' places; zeros for a box in no piece, as one without a view."""
    return rows.new_zeros((count, *rows.shape[1:])).index_copy(0, boxes, rows)


def _outputs(read: Read) -> Outputs:
    if read.characters is None or read.places is None:
        return (read.vectors,)
    return read.vectors, read.characters, read.places


def _generators(device: torch.device) -> list[Tensor]:
    """The states that dropout is drawn of."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states


def _put_back(states: list[Tensor], device: torch.device) -> None:
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)
