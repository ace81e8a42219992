"""The losses against numbers worked by hand and against plain loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from glyphdata.train.batch import Batch
from glyphdata.train.losses import Losses, Read, Scales, chosen, losses
from glyphdata.train.settings import Loss

MakeBatch = Callable[..., Batch]

ONES = Scales(torch.tensor(0.0), torch.tensor(0.0), torch.tensor(0.0))


def scales(box: float = 1.0, hard: float = 1.0, bias: float = 0.0) -> Scales:
    return Scales(torch.tensor(math.log(box)), torch.tensor(math.log(hard)), torch.tensor(bias))


def units(boxes: int, width: int = 8, seed: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(boxes, width, generator=draw), dim=1)


def learned(batch: Batch, seen: Tensor, read: Tensor, by: Scales, **weights: object) -> Losses:
    return losses(Loss(**weights), seen, Read(read), batch, by)  # type: ignore[arg-type]


def test_two_boxes_worked_by_hand(make_batch: MakeBatch) -> None:
    """v = x, y; t = (0.6, 0.8), y: cosines 0.6 0 / 0.8 1, at scale 1."""
    batch = make_batch(families=1, spellings=2)
    seen = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    read = torch.tensor([[0.6, 0.8], [0.0, 1.0]])
    rows = [math.log(math.e**0.6 + 1) - 0.6, math.log(math.e**0.8 + math.e) - 1]
    columns = [math.log(math.e**0.6 + math.e**0.8) - 0.6, math.log(1 + math.e) - 1]
    expected = (sum(rows) + sum(columns)) / 4
    found = learned(batch, seen, read, scales())
    assert found.box.item() == pytest.approx(expected, abs=1e-6)
    assert found.hard.item() == pytest.approx(expected, abs=1e-6)
    assert found.total.item() == pytest.approx(2 * expected, abs=1e-6)
    assert found.right_box.item() == pytest.approx(3 / 4)


def test_an_encoder_whose_vectors_are_all_one_is_at_chance(make_batch: MakeBatch) -> None:
    batch = make_batch(families=3, spellings=16)
    same = units(1).expand(48, -1)
    found = learned(batch, same, same, scales(14.3, 50.0))
    assert found.box.item() == pytest.approx(math.log(48), abs=1e-5)
    assert found.chance_box.item() == pytest.approx(math.log(48), abs=1e-6)
    assert found.hard.item() == pytest.approx(math.log(16), abs=1e-4)
    assert found.chance_hard.item() == pytest.approx(math.log(16), abs=1e-6)
    assert found.right_box.item() == 0
    assert found.right_hard.item() == 0
    assert (found.boxes.item(), found.hard_boxes.item()) == (48, 48)


def by_loop(batch: Batch, seen: Tensor, read: Tensor, scale: float, *, inside: bool) -> float:
    """InfoNCE box by box: among all, or `inside` the family."""
    terms: list[float] = []
    for box in range(len(batch)):
        others = [
            other
            for other in range(len(batch))
            if other != box
            and batch.alike[other] != batch.alike[box]
            and (not inside or batch.family[other] == batch.family[box])
        ]
        if inside and not others:
            continue
        for one, many in ((seen, read), (read, seen)):
            logits = scale * many[[box, *others]] @ one[box]
            terms.append(float(logits.logsumexp(0) - logits[0]))
    return sum(terms) / len(terms)


def test_they_are_those_of_a_plain_loop(make_batch: MakeBatch) -> None:
    batch = make_batch(families=5, spellings=4)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(5))[:17]
    batch = replace(
        batch,
        family=batch.family[order],
        alike=torch.arange(17).remainder(13),
        view_of=batch.view_of[order],
        characters=batch.characters[order],
    )
    seen, read = units(17, seed=1), units(17, seed=2)
    found = learned(batch, seen, read, scales(9.0, 4.0))
    assert found.box.item() == pytest.approx(by_loop(batch, seen, read, 9, inside=False), abs=1e-5)
    assert found.hard.item() == pytest.approx(by_loop(batch, seen, read, 4, inside=True), abs=1e-5)


def test_boxes_that_say_the_same_are_no_negatives(make_batch: MakeBatch) -> None:
    batch = make_batch(families=1, spellings=4)
    batch = replace(batch, alike=torch.tensor([5, 6, 5, 7]))
    same = units(1).expand(4, -1)
    found = learned(batch, same, same, scales())
    assert found.box.item() == pytest.approx((2 * math.log(3) + 2 * math.log(4)) / 4, abs=1e-6)
    assert found.chance_hard.item() == pytest.approx(found.hard.item(), abs=1e-6)
    read = units(4, seed=2)
    moved = read.clone().requires_grad_()
    total = learned(batch, units(4), moved, scales()).total
    pushed = torch.autograd.grad(total, moved)[0]
    assert pushed.abs().sum(1).min() > 0


def test_a_duplicate_feels_no_push_from_its_twin(make_batch: MakeBatch) -> None:
    batch = replace(make_batch(families=1, spellings=2), alike=torch.tensor([4, 4]))
    seen, read = units(2).requires_grad_(), units(2, seed=9).requires_grad_()
    found = learned(batch, seen, read, scales())
    assert found.total.item() == pytest.approx(0, abs=1e-6)
    for gradient in torch.autograd.grad(found.total, (seen, read)):
        assert gradient.abs().max() < 1e-6


def test_families_of_one_add_nothing_to_hard(make_batch: MakeBatch) -> None:
    batch = make_batch(families=4, spellings=2)
    lonely = replace(batch, family=torch.tensor([0, 0, 1, 2, 3, 4, 5, 6]))
    seen, read = units(8, seed=1), units(8, seed=2)
    pair = make_batch(families=1, spellings=2)
    alone = learned(pair, seen[:2], read[:2], scales())
    found = learned(lonely, seen, read, scales())
    assert found.hard.item() == pytest.approx(alone.hard.item(), abs=1e-6)
    assert found.hard_boxes.item() == 2


def test_a_batch_without_families_has_no_hard_loss(make_batch: MakeBatch) -> None:
    batch = make_batch(families=6, spellings=1)
    found = learned(batch, units(6), units(6, seed=2), scales())
    assert found.hard.item() == 0
    assert found.chance_hard.item() == 0


def test_a_batch_without_boxes_loses_nothing_but_has_a_graph(make_batch: MakeBatch) -> None:
    batch = make_batch(families=0)
    seen, read = (torch.zeros(0, 8, requires_grad=True) for _ in range(2))
    for kind in ("infonce", "siglip"):
        found = learned(batch, seen, read, scales(), kind=kind)
        found.total.backward()
        assert found.total.item() == 0
    assert seen.grad is not None
    assert seen.grad.shape == (0, 8)


def test_the_weights_are_those_of_the_settings(make_batch: MakeBatch) -> None:
    batch = make_batch()
    seen, read = units(6), units(6, seed=2)
    found = learned(batch, seen, read, scales(), box=0.25, hard=0.5)
    expected = 0.25 * found.box + 0.5 * found.hard
    assert found.total.item() == pytest.approx(expected.item(), abs=1e-6)


def test_hard_has_a_scale_of_its_own(make_batch: MakeBatch) -> None:
    batch = make_batch()
    seen, read = units(6), units(6, seed=2)
    calm, keen = (learned(batch, seen, read, scales(3.0, hard)) for hard in (1.0, 20.0))
    assert calm.box.item() == keen.box.item()
    assert calm.hard.item() != keen.hard.item()


def test_siglip_asks_of_every_pair_whether_it_says_the_same(make_batch: MakeBatch) -> None:
    batch = replace(make_batch(), alike=torch.tensor([1, 2, 1, 3, 4, 5]))
    seen, read = units(6), units(6, seed=2)
    found = learned(batch, seen, read, scales(10.0, 1.0, -2.0), kind="siglip")
    expected = 0.0
    for one in range(6):
        for other in range(6):
            logit = 10 * float(seen[one] @ read[other]) - 2
            sign = 1 if batch.alike[one] == batch.alike[other] else -1
            expected += math.log1p(math.exp(-sign * logit))
    assert found.box.item() == pytest.approx(expected / 6, abs=1e-5)


def test_siglips_chance_is_the_best_constant_answer(make_batch: MakeBatch) -> None:
    batch = make_batch(families=4, spellings=2)
    same = units(1).expand(8, -1)
    best = min(
        learned(batch, same, same, scales(1.0, 1.0, bias / 10), kind="siglip").box.item()
        for bias in range(-60, 10)
    )
    chance = learned(batch, same, same, ONES, kind="siglip").chance_box.item()
    assert chance <= best
    assert chance == pytest.approx(best, abs=1e-2)


def test_characters_are_asked_only_where_they_are(make_batch: MakeBatch) -> None:
    batch = make_batch()
    classes = 40
    draw = torch.Generator().manual_seed(1)
    logits = torch.randn(6, 6, classes, generator=draw)
    places = torch.randn(6, 6, 6, generator=draw)
    read = Read(units(6, seed=2), logits, places)
    found = losses(Loss(characters=0.1, places=0.2), units(6), read, batch, scales())
    spelled, placed = [], []
    for box, word in enumerate(batch.characters.tolist()):
        for place, character in enumerate(word):
            if character:
                spelled.append(-float(logits[box, place].log_softmax(0)[character]))
                placed.append(-float(places[box, place].log_softmax(0)[place]))
    assert found.characters.item() == pytest.approx(sum(spelled) / len(spelled), abs=1e-5)
    assert found.places.item() == pytest.approx(sum(placed) / len(placed), abs=1e-5)
    expected = found.box + found.hard + 0.1 * found.characters + 0.2 * found.places
    assert found.total.item() == pytest.approx(expected.item(), abs=1e-5)


def test_nothing_but_the_total_has_a_gradient(make_batch: MakeBatch) -> None:
    seen = units(6).requires_grad_()
    found = learned(make_batch(), seen, units(6, seed=2), scales())
    told = [getattr(found, name) for name in Losses.__slots__ if name != "total"]
    assert found.total.requires_grad
    assert not any(one.requires_grad for one in told)


def test_perfect_vectors_are_right_everywhere(make_batch: MakeBatch) -> None:
    batch = make_batch(families=2, spellings=3)
    found = learned(batch, torch.eye(6), torch.eye(6), scales(100.0, 100.0))
    assert found.right_box.item() == 1
    assert found.right_hard.item() == 1
    assert found.total.item() < 1e-6


def test_text_hard_asks_a_picture_for_its_text_among_those_not_drawn(
    make_batch: MakeBatch,
) -> None:
    batch = make_batch(families=3, spellings=4)
    batch = replace(
        batch,
        view_of=torch.tensor([0, -1, -1, -1, 1, 2, -1, -1, 3, 4, 5, 6]),
        alike=torch.tensor([1, 2, 3, 1, 5, 6, 7, 8, 9, 10, 11, 12]),
    )
    seen, read = units(12, seed=1), units(12, seed=2)
    found = learned(batch, seen, read, scales(1.0, 5.0), text_hard=0.3)
    asked = {0: [1, 2], 4: [6, 7], 5: [6, 7]}
    terms = []
    for box, others in asked.items():
        logits = 5 * read[[box, *others]] @ seen[box]
        terms.append(float(logits.logsumexp(0) - logits[0]))
    assert found.text_hard.item() == pytest.approx(sum(terms) / 3, abs=1e-5)
    drawn = torch.tensor([0, 4, 5, 8, 9, 10, 11])
    alone = learned(chosen(batch, drawn), seen[drawn], read[drawn], scales(1.0, 5.0))
    assert found.box.item() == pytest.approx(alone.box.item(), abs=1e-6)
    assert found.hard.item() == pytest.approx(alone.hard.item(), abs=1e-6)
    expected = found.box + found.hard + 0.3 * found.text_hard
    assert found.total.item() == pytest.approx(expected.item(), abs=1e-5)


def test_text_hard_is_nothing_where_all_is_drawn(make_batch: MakeBatch) -> None:
    batch = make_batch()
    seen, read = units(6), units(6, seed=2)
    found = learned(batch, seen, read, scales(), text_hard=0.3)
    assert found.text_hard.item() == 0
    assert found.total.item() == learned(batch, seen, read, scales()).total.item()
