"""Words drawn at random: as likely as the model holds them, and each row's own."""

from __future__ import annotations

import pytest
import torch

from glyphdata.caption.hf.generate import _Drawn
from glyphdata.scene.rng import Rng

SHARES = torch.tensor([0.5, 0.3, 0.2])
ROWS = 4000


def drawn(temperature: float, top_p: float) -> list[float]:
    draws = _Drawn([Rng.of(0, row) for row in range(ROWS)], temperature, top_p)
    words = draws(torch.empty(ROWS, 0), SHARES.log().expand(ROWS, 3)).argmax(-1)
    shares: list[float] = (torch.bincount(words, minlength=3) / ROWS).tolist()
    return shares


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_words_come_as_often_as_they_are_likely(temperature: float) -> None:
    wanted = (SHARES.log() / temperature).softmax(-1).tolist()
    assert drawn(temperature, 1.0) == pytest.approx(wanted, abs=0.03)


def test_the_unlikely_tail_never_comes() -> None:
    assert drawn(1.0, 0.7) == pytest.approx([0.625, 0.375, 0.0], abs=0.03)
    assert drawn(1.0, 0.4) == [1.0, 0.0, 0.0]


def test_the_same_stream_draws_the_same_in_any_company() -> None:
    logits = torch.zeros(1, 500)
    alone = _Drawn([Rng.of(3, 5)], 1.0, 1.0)
    company = _Drawn([Rng.of(3, 4), Rng.of(3, 5)], 1.0, 1.0)
    for _ in range(3):
        mine = alone(torch.empty(1, 0), logits)[0]
        assert torch.equal(mine, company(torch.empty(2, 0), logits.expand(2, -1))[1])
