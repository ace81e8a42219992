"""Region-wise attention against a written-out loop, and by what gradients reach."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from glyphdata.train.attention import MASKED, RegionAttention, guided, region_bias
from glyphdata.train.regions import region_masks

CAPTION, GLYPHS = 5, 12
SPANS = torch.tensor([[[0, 4], [4, 9]], [[2, 6], [7, 7]]])
OWNERS = torch.tensor([[0, 1, 2, 1], [0, 1, 2, 0]])


@pytest.fixture
def attention() -> RegionAttention:
    torch.manual_seed(1)
    made = RegionAttention(width=16, context=10, heads=4)
    torch.nn.init.normal_(made.out.weight)
    return made


def inputs() -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(2)
    return torch.randn(2, 4, 16), torch.randn(2, CAPTION, 10), torch.randn(2, GLYPHS, 10)


def looped(of: RegionAttention, cells: Tensor, caption: Tensor, glyphs: Tensor) -> Tensor:
    """Cell by cell and head by head: softmax over the keys that the cell may see, no others."""
    out = torch.zeros_like(cells)
    for sample in range(len(cells)):
        for cell, owner in enumerate(OWNERS[sample].tolist()):
            first, last = SPANS[sample, owner - 1].tolist() if owner else (0, 0)
            seen = glyphs[sample, first:last] if last > first else caption[sample]
            heads = []
            for head in range(of.heads):
                part = slice(head * 4, head * 4 + 4)
                query = (of.query.weight @ cells[sample, cell])[part]
                keys, values = ((m.weight @ seen.T).T[:, part] for m in (of.key, of.value))
                share = torch.exp(keys @ query / 2.0)
                heads.append((share / share.sum()) @ values)
            out[sample, cell] = of.out(torch.cat(heads))
    return out


@pytest.mark.parametrize("masked", [MASKED, -math.inf])
def test_it_is_what_a_loop_over_cells_and_heads_gives(
    attention: RegionAttention, masked: float
) -> None:
    cells, caption, glyphs = inputs()
    bias = region_bias(OWNERS, SPANS, CAPTION, GLYPHS, masked=masked)
    found = attention(cells, caption, glyphs, bias)
    torch.testing.assert_close(found, looped(attention, cells, caption, glyphs))


def test_a_cell_moves_with_its_own_tokens_and_with_no_others(attention: RegionAttention) -> None:
    cells, caption, glyphs = inputs()
    bias = region_bias(OWNERS, SPANS, CAPTION, GLYPHS)
    for cell, keys in ((0, set(range(5))), (1, set(range(5, 9))), (2, set(range(9, 14)))):
        context = torch.cat((caption, glyphs), 1).requires_grad_()
        found = attention(cells, context[:, :CAPTION], context[:, CAPTION:], bias)
        found[0, cell].sum().backward()
        assert context.grad is not None
        assert set(context.grad[0].abs().sum(1).nonzero()[:, 0].tolist()) == keys
        assert not context.grad[1].any()


def test_a_box_of_which_nothing_is_said_sees_the_caption() -> None:
    bias = region_bias(OWNERS, SPANS, CAPTION, GLYPHS)
    assert (bias[1, 2] == 0).nonzero()[:, 0].tolist() == list(range(5))


def test_the_unconditional_half_is_not_masked() -> None:
    bias = region_bias(OWNERS, SPANS, CAPTION, GLYPHS)
    both = guided(bias)
    assert both.shape == (4, 4, 17)
    assert not both[:2].any()
    assert torch.equal(both[2:], bias)


def test_it_adds_nothing_before_it_is_trained_and_then_learns() -> None:
    torch.manual_seed(3)
    fresh = RegionAttention(16, 10, 2)
    cells, caption, glyphs = inputs()
    bias = region_bias(OWNERS, SPANS, CAPTION, GLYPHS)
    out = fresh(cells, caption, glyphs, bias)
    assert not out.any()
    out.sum().backward()
    assert fresh.out.weight.grad is not None
    assert fresh.out.weight.grad.any()


def test_index_maps_go_in_as_they_are() -> None:
    (owners,) = region_masks(
        [np.array([[0, 0], [512, 0], [512, 512], [0, 512]])], (1024, 1024), ((4, 4),)
    )
    flat = torch.from_numpy(owners.reshape(1, -1))
    bias = region_bias(flat, torch.tensor([[[1, 3]]]), 2, 3)
    assert (bias[0, 0] == 0).tolist() == [False, False, False, True, True]
    assert (bias[0, 15] == 0).tolist() == [True, True, False, False, False]


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="3 heads do not divide"):
        RegionAttention(16, 10, 3)
