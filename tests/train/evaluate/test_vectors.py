"""How alike vectors are, and batches put together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from glyphdata.train.evaluate.spelled import Characters, Spelled
from glyphdata.train.evaluate.vectors import joined, likeness
from tests.train.evaluate.made import axes, boxes


def test_likeness_is_the_mean_cosine_of_different_rows() -> None:
    assert likeness(axes(4)) == pytest.approx(0.0)
    assert likeness(np.tile(axes(1, 8), (5, 1))) == pytest.approx(1.0)
    turned = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    assert likeness(turned) == pytest.approx((0.6 + 0.0 + 0.8) / 3)
    assert likeness(axes(1)) == 0.0


def test_families_of_two_batches_stay_apart_and_likenesses_meet() -> None:
    one = boxes(axes(3), axes(3), (0, 0, 1), alike=(5, 6, 2**62))
    both = joined([one, one])
    assert both.family.tolist() == [0, 0, 1, 2, 2, 3]
    assert both.alike.tolist() == [5, 6, 2**62] * 2
    assert len(both) == 6
    assert both.take([4, 0]).family.tolist() == [2, 0]


def test_characters_are_counted_without_the_padding() -> None:
    counted = Spelled()
    assert counted.found is None
    logits = torch.zeros(3, 4, 5)
    for row, guess in enumerate(((1, 2, 0, 0), (1, 3, 3, 3), (4, 4, 4, 4))):
        for place, one in enumerate(guess):
            logits[row, place, one] = 1.0
    counted.count(logits, torch.tensor([[1, 2, 0, 0], [1, 2, 3, 0], [0, 0, 0, 0]]))
    assert counted.found == Characters(4 / 5, 1 / 2, 2)
