"""Gradients in pieces are the gradients in one piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from glyphdata.train.batch import Batch
from glyphdata.train.chunks import learn
from glyphdata.train.losses import Read, losses
from glyphdata.train.model import Encoder, build
from glyphdata.train.settings import Settings

MakeBatch = Callable[..., Batch]
MakeSettings = Callable[..., Settings]
Gradients = dict[str, Tensor]

WORDS = {
    "text__tower": "characters",
    "text__characters": 6,
    "vision__tower": "vitstr",
    "region__kind": "strip",
    "region__height": 28,
    "region__width": 56,
    "loss__characters": 0.1,
    "loss__places": 0.1,
}


def gradients(encoder: Encoder) -> Gradients:
    return {name: one.grad for name, one in encoder.named_parameters() if one.grad is not None}


def learned(settings: Settings, batch: Batch, scaled: float = 1.0) -> tuple[float, Gradients]:
    encoder = build(settings, 400, 30)
    found = learn(encoder, batch, scaled=lambda loss: loss * scaled)
    assert not found.total.requires_grad
    return found.total.item(), gradients(encoder)


def farthest(one: Gradients, other: Gradients) -> float:
    """The largest difference of two gradients, as a share of the longest of their weight."""
    assert one.keys() == other.keys()
    return max(
        float((one[name] - other[name]).abs().max() / (1e-4 + other[name].abs().max()))
        for name in one
    )


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize("changes", [{}, WORDS, {"loss__kind": "siglip"}])
def test_pieces_give_the_gradient_of_the_whole(
    make_settings: MakeSettings, make_batch: MakeBatch, size: int, changes: dict[str, object]
) -> None:
    batch = make_batch(families=4, spellings=3, strips=(28, 56) if changes is WORDS else None)
    whole, wanted = learned(make_settings(**changes), batch)
    total, found = learned(make_settings(**changes, batch__chunk=size), batch)
    assert total == pytest.approx(whole, rel=1e-6)
    assert len(found) > 40
    assert farthest(found, wanted) < 1e-5


def test_boxes_in_any_order_come_back_to_their_places(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    batch, order = make_batch(families=4), torch.tensor([5, 0, 7, 2, 1, 6, 3, 4])
    names = ("view_of", "quads", "cover", "sequence_of", "spans", "family", "alike")
    batch = replace(batch, **{name: getattr(batch, name)[order] for name in names})
    whole, wanted = learned(make_settings(), batch)
    total, found = learned(make_settings(batch__chunk=3), batch)
    assert total == pytest.approx(whole, rel=1e-6)
    assert farthest(found, wanted) < 1e-5


def with_dropout_by_hand(settings: Settings, batch: Batch, size: int) -> Gradients:
    """The same pieces with the same dropout, all their activations kept, one backward pass."""
    encoder = build(settings, 400)
    torch.manual_seed(5)
    seen = encoder.see(batch)  # vision drops nothing
    parts = []
    for first in range(0, len(batch.ids), size):
        boxes = ((batch.sequence_of >= first) & (batch.sequence_of < first + size)).nonzero()[:, 0]
        part = replace(
            batch,
            view_of=batch.view_of[boxes],
            spans=batch.spans[boxes],
            sequence_of=batch.sequence_of[boxes] - first,
            ids=batch.ids[first : first + size],
            lengths=batch.lengths[first : first + size],
        )
        parts.append(encoder.read(part).vectors)
    read = Read(torch.cat(parts))
    losses(settings.loss, seen, read, batch, encoder.scales).total.backward()
    return gradients(encoder)


def test_dropout_falls_the_second_time_as_the_first(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    settings = make_settings(text__dropout=0.4, batch__chunk=2)
    batch = make_batch(families=5)
    wanted = with_dropout_by_hand(settings, batch, 2)
    torch.manual_seed(5)
    _, found = learned(settings, batch)
    assert farthest(found, wanted) < 1e-5
    torch.manual_seed(6)
    assert farthest(learned(settings, batch)[1], wanted) > 0.1


def test_the_generator_goes_on_as_if_every_piece_were_made_once(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    settings = make_settings(text__dropout=0.4, batch__chunk=2)
    batch = make_batch(families=5)
    torch.manual_seed(5)
    with_dropout_by_hand(settings, batch, 2)
    torch.manual_seed(5)
    with_dropout_by_hand(settings, batch, 2)
    torch.manual_seed(5)
    learned(settings, batch)
    after = torch.get_rng_state()
    encoder = build(settings, 400)
    torch.manual_seed(5)
    with torch.no_grad():
        for first in range(0, 5, 2):
            encoder.text_tower(batch.ids[first : first + 2], batch.lengths[first : first + 2])
    assert torch.equal(torch.get_rng_state(), after)


def test_gradients_are_scaled_before_they_can_vanish(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    for size in (0, 2):
        settings, batch = make_settings(batch__chunk=size), make_batch()
        plain, scaled = learned(settings, batch), learned(settings, batch, 1024.0)
        assert scaled[0] == plain[0]
        shrunk = {name: one / 1024 for name, one in scaled[1].items()}
        assert farthest(shrunk, plain[1]) < 1e-5


def test_a_tower_that_is_not_trained_is_not_made_twice(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    encoder = build(make_settings(vision__frozen=True, batch__chunk=1), 400)
    calls: list[int] = []
    encoder.vision_tower.register_forward_hook(lambda *_: calls.append(1))
    learn(encoder, make_batch(families=4))
    assert len(calls) == 5  # four views, and the one that tells that there is nothing to train
    assert "vision_tower" not in "".join(gradients(encoder))


def test_gradients_add_up_over_calls(make_settings: MakeSettings, make_batch: MakeBatch) -> None:
    encoder, batch = build(make_settings(batch__chunk=2), 400), make_batch()
    learn(encoder, batch)
    once = {name: one.clone() for name, one in gradients(encoder).items()}
    learn(encoder, batch)
    twice = gradients(encoder)
    assert farthest(twice, {name: 2 * one for name, one in once.items()}) < 1e-5


@pytest.mark.parametrize("size", [0, 2])
def test_a_batch_without_boxes_teaches_nothing(
    make_settings: MakeSettings, make_batch: MakeBatch, size: int
) -> None:
    total, found = learned(make_settings(batch__chunk=size), make_batch(families=0))
    assert total == 0
    assert all(one.abs().max() == 0 for one in found.values())


def test_texts_that_are_not_drawn_are_read_and_not_seen(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    batch = make_batch(families=2, spellings=4)
    batch = replace(batch, view_of=torch.tensor([0, -1, 1, -1, 2, 3, -1, -1]))
    whole, wanted = learned(make_settings(loss__text_hard=0.3), batch)
    total, found = learned(make_settings(loss__text_hard=0.3, batch__chunk=2), batch)
    assert total == pytest.approx(whole, rel=1e-6)
    assert farthest(found, wanted) < 1e-5
    encoder = build(make_settings(loss__text_hard=0.3), 400).eval()
    assert encoder.see(batch).norm(dim=1).round().tolist() == [1, 0, 1, 0, 1, 1, 0, 0]
