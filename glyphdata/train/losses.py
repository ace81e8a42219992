"""What is minimised: boxes told apart from all others, and spellings of a box from each other.

With unit vectors v of what is seen and t of what is read, and s a learned scale:

    box    InfoNCE over all boxes of the batch, both ways (arXiv 2403.09622, L_box):
           mean over boxes i of (ln Σ_j e^{s v_i·t_j} + ln Σ_j e^{s t_i·v_j}) / 2 - s v_i·t_i
           or SigLIP's sum of pairs (arXiv 2303.15343, equation 1)
    hard   the same among the spellings of one box alone, with a scale of its own (L_hard)

The released code weighs them 2 / (1 + w) and 2 w / (1 + w) with w = 1: both 1, as here. Boxes that
say the same are not each other's negatives in either. `text_hard` asks of a picture whether it says
its own text or one of its family's that is not drawn: boxes whose `view_of` is -1, which have no
part in box and hard. Characters and places are UDiffText's cross-entropies (arXiv 2312.04884),
over the characters that are there.

Every number is this process's share: added up over processes it is that of the whole batch, and so
are the gradients. With one process the share is the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from glyphdata.train.batch import Batch
from glyphdata.train.gather import Everyone, added, everyone
from glyphdata.train.roi import numbered
from glyphdata.train.settings import Loss

_NONE = float("-inf")
_IGNORED = -100


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the texts of B boxes.

    `vectors` f32 [B, embed] of length 1; `characters` [B, C, classes] and `places` [B, C, C] are
    logits of a character tower, None of others.
    """

    vectors: Tensor
    characters: Tensor | None = None
    places: Tensor | None = None

    def of(self, boxes: Tensor) -> Read:
        """The same of some boxes, i64 [n]."""
        logits = (None if one is None else one[boxes] for one in (self.characters, self.places))
        return Read(self.vectors[boxes], *logits)


class Scales(NamedTuple):
    """Logarithms of the factors of cosines, and the bias of SigLIP's pairs."""

    box: Tensor
    hard: Tensor
    bias: Tensor


@dataclass(frozen=True, slots=True)
class Losses:
    """The terms of one step, scalars; `total` has the gradient and the weights of all.

    `chance_*` is the least that an encoder reaches whose vectors are all one, `right_*` the share
    of questions answered (a tie is no answer); `boxes` and `hard_boxes` count who was asked.
    """

    total: Tensor
    box: Tensor
    hard: Tensor
    text_hard: Tensor
    characters: Tensor
    places: Tensor
    chance_box: Tensor
    chance_hard: Tensor
    right_box: Tensor
    right_hard: Tensor
    boxes: Tensor
    hard_boxes: Tensor


class _Term(NamedTuple):
    loss: Tensor
    chance: Tensor
    right: Tensor
    asked: Tensor


def losses(settings: Loss, seen: Tensor, read: Read, batch: Batch, scales: Scales) -> Losses:
    """The losses of vectors that were `seen` f32 [B, embed] and `read` of a batch's boxes.

    Compares with the boxes of all processes, so all must call it, even one without a box: its
    share is 0, with a graph.
    """
    text_hard = torch.zeros((), device=seen.device)
    if settings.text_hard:
        text_hard = _undrawn(seen, read.vectors, batch, scales.hard)
        drawn = (batch.view_of >= 0).nonzero().squeeze(1)
        seen, read, batch = seen[drawn], read.of(drawn), chosen(batch, drawn)
    all_boxes = everyone(seen, read.vectors, batch.alike)
    if settings.kind == "siglip":
        box = _pairs(seen, read.vectors, batch.alike, all_boxes, scales)
    else:
        box = _choices(seen, read.vectors, batch.alike, all_boxes, scales.box)
    hard = _families(seen, read.vectors, batch, scales.hard)
    there = batch.characters > 0
    characters = _spelled(read.characters, batch.characters, there)
    places = _spelled(read.places, there.cumsum(1) - 1, there)
    return Losses(
        total=settings.box * box.loss
        + settings.hard * hard.loss
        + settings.text_hard * text_hard
        + settings.characters * characters
        + settings.places * places,
        box=box.loss.detach(),
        hard=hard.loss.detach(),
        text_hard=text_hard.detach(),
        characters=characters.detach(),
        places=places.detach(),
        chance_box=box.chance,
        chance_hard=hard.chance,
        right_box=box.right,
        right_hard=hard.right,
        boxes=box.asked,
        hard_boxes=hard.asked,
    )


def chosen(batch: Batch, boxes: Tensor) -> Batch:
    """The same batch with some of its boxes, i64 [n]; views and sequences stay."""
    return replace(
        batch,
        view_of=batch.view_of[boxes],
        quads=batch.quads[boxes],
        cover=batch.cover[boxes],
        sequence_of=batch.sequence_of[boxes],
        spans=batch.spans[boxes],
        family=batch.family[boxes],
        alike=batch.alike[boxes],
        characters=batch.characters[boxes],
        facts=(),
    )


def _choices(
    seen: Tensor, read: Tensor, alike: Tensor, all_boxes: Everyone, scale: Tensor
) -> _Term:
    """InfoNCE of one's own boxes against everybody's."""
    own, hidden = _others(alike, all_boxes)
    count = max(1, len(all_boxes.alike))
    factor = scale.exp()
    true = factor * (seen * read).sum(1)
    loss, right = true.new_zeros(()), true.new_zeros(())
    for asked, answers in ((seen, all_boxes.read), (read, all_boxes.seen)):
        logits = (factor * asked @ answers.T).masked_fill(hidden, _NONE)
        loss = loss + (logits.logsumexp(1) - true).sum() / 2
        right = right + _best(logits, true, own) / 2
    chance = (len(all_boxes.alike) - hidden.sum(1)).to(torch.float32).log().sum()
    return _Term(loss / count, chance / count, right / count, _count(len(seen), true))


def _pairs(seen: Tensor, read: Tensor, alike: Tensor, all_boxes: Everyone, scales: Scales) -> _Term:
    """SigLIP's loss: of every pair, is it one that says the same?"""
    own, hidden = _others(alike, all_boxes)
    count = max(1, len(all_boxes.alike))
    logits = scales.box.exp() * seen @ all_boxes.read.T + scales.bias
    same = hidden | own
    loss = -functional.logsigmoid(torch.where(same, logits, -logits)).sum()
    true = scales.box.exp() * (seen * read).sum(1) + scales.bias
    right = _best(logits.detach().masked_fill(hidden, _NONE), true, own)
    share = added(same.sum().to(torch.float32)) / count**2
    chance = -(torch.xlogy(share, share) + torch.xlogy(1 - share, 1 - share)) * len(seen)
    return _Term(loss / count, chance, right / count, _count(len(seen), true))


def _families(seen: Tensor, read: Tensor, batch: Batch, scale: Tensor) -> _Term:
    """InfoNCE within families: [F, K, K] logits of F families of at most K spellings.

    A box without a mate that says something else is not asked.
    """
    logits, hidden, there, own = _packed(seen, read, batch, scale)
    asked = there & (~hidden & ~own).any(2)
    count = added(asked.sum()).clamp(min=1)
    true = logits.diagonal(dim1=1, dim2=2)
    loss, right = logits.new_zeros(()), logits.new_zeros(())
    for way in (logits, logits.transpose(1, 2)):
        shown = way.masked_fill(hidden, _NONE)
        loss = loss + ((shown.logsumexp(2) - true) * asked).sum() / 2
        nearest = shown.detach().masked_fill(own, _NONE)
        right = right + ((true.detach()[:, :, None] > nearest).all(2) & asked).sum() / 2
    chance = ((~hidden).sum(2).to(torch.float32).log() * asked).sum()
    return _Term(loss / count, chance / count, right / count, asked.sum())


def _undrawn(seen: Tensor, read: Tensor, batch: Batch, scale: Tensor) -> Tensor:
    """Which text does a picture say: its own, or one of its family's that is not drawn?"""
    logits, hidden, _, own = _packed(seen, read, batch, scale)
    drawn = _rows(batch.view_of + 1, batch.family) > 0  # what is not there is a 0 too
    hidden = hidden | (drawn[:, None, :] & ~own)
    asked = drawn & (~hidden & ~own).any(2)
    count = added(asked.sum()).clamp(min=1)
    true = logits.diagonal(dim1=1, dim2=2)
    return ((logits.masked_fill(hidden, _NONE).logsumexp(2) - true) * asked).sum() / count


def _packed(
    seen: Tensor, read: Tensor, batch: Batch, scale: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits [F, K, K] of F families of at most K boxes, pictures down and texts across.

    With them what is hidden (no box, or one that says the same), who is there [F, K], and which
    text is a picture's own [K, K].
    """
    there = _rows(torch.ones_like(batch.alike), batch.family) > 0
    alike = _rows(batch.alike, batch.family)
    own = torch.eye(there.shape[1], dtype=torch.bool, device=seen.device)
    same = alike[:, :, None] == alike[:, None, :]
    hidden = (same | ~there[:, None, :]) & ~own
    texts = _rows(read, batch.family).transpose(1, 2)
    return scale.exp() * _rows(seen, batch.family) @ texts, hidden, there, own


def _rows(of_boxes: Tensor, family: Tensor) -> Tensor:
    """Rows of boxes [B, ...] by family: [F, K, ...], zeros where a family has fewer than K."""
    families, place = family.unique(return_inverse=True)
    number, most = numbered(place)
    rows = of_boxes.new_zeros((len(families), most, *of_boxes.shape[1:]))
    return rows.index_put((place, number), of_boxes)


def _others(alike: Tensor, all_boxes: Everyone) -> tuple[Tensor, Tensor]:
    """Which of all boxes is one's own, and which others say the same: bool [B, N] each."""
    rows = torch.arange(len(alike), device=alike.device) + all_boxes.first
    own = rows[:, None] == torch.arange(len(all_boxes.alike), device=alike.device)
    return own, (alike[:, None] == all_boxes.alike) & ~own


def _best(logits: Tensor, true: Tensor, own: Tensor) -> Tensor:
    """How many right answers are above all others."""
    others = logits.detach().masked_fill(own, _NONE)
    return (true.detach()[:, None] > others).all(1).sum()


def _spelled(logits: Tensor | None, targets: Tensor, there: Tensor) -> Tensor:
    """Mean cross-entropy of logits [B, C, classes] against i64 [B, C], of the places `there`."""
    if logits is None:
        return torch.zeros((), device=targets.device)
    shown = targets.masked_fill(~there, _IGNORED)
    loss = functional.cross_entropy(
        logits.flatten(0, 1), shown.flatten(), ignore_index=_IGNORED, reduction="sum"
    )
    return loss / added(there.sum()).clamp(min=1)


def _count(number: int, like: Tensor) -> Tensor:
    return torch.tensor(number, device=like.device)
