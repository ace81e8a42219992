"""What belongs to a box, against plain loops."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from glyphdata.train import roi


def bilinear(plane: Tensor, y: float, x: float) -> Tensor:
    """ROIAlign's sample of [width, rows, columns] at cell centres; nothing far off the map."""
    rows, columns = plane.shape[1:]
    if not (-1 <= y <= rows and -1 <= x <= columns):
        return torch.zeros(plane.shape[0])
    y, x = min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
    down, across = y - top, x - left
    upper = plane[:, top, left] * (1 - across) + plane[:, top, right] * across
    lower = plane[:, bottom, left] * (1 - across) + plane[:, bottom, right] * across
    return upper * (1 - down) + lower * down


def by_force(plane: Tensor, quad: Tensor, grid: tuple[int, int]) -> Tensor:
    rows, columns = plane.shape[1:]
    (x0, y0), (x1, y1) = quad.amin(0).tolist(), quad.amax(0).tolist()
    result = torch.zeros(plane.shape[0], *grid)
    for i in range(grid[0]):
        for j in range(grid[1]):
            for a in (0.25, 0.75):
                for b in (0.25, 0.75):
                    y = (y0 + (y1 - y0) * (i + a) / grid[0]) * rows - 0.5
                    x = (x0 + (x1 - x0) * (j + b) / grid[1]) * columns - 0.5
                    result[:, i, j] += bilinear(plane, y, x) / 4
    return result


def quads(boxes: int, seed: int = 2) -> Tensor:
    """Turned quads, some of which reach over the edge of the view."""
    draw = torch.Generator().manual_seed(seed)
    centre = torch.rand(boxes, 1, 2, generator=draw)
    half = 0.02 + 0.3 * torch.rand(boxes, 1, 2, generator=draw)
    turn = torch.rand(boxes, 1, generator=draw) * math.tau
    corners = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]) * half
    x = corners[..., 0] * turn.cos() - corners[..., 1] * turn.sin()
    y = corners[..., 0] * turn.sin() + corners[..., 1] * turn.cos()
    return centre + torch.stack([x, y], 2)


@pytest.mark.parametrize("grid", [(1, 4), (3, 2), (1, 1)])
def test_aligned_is_roi_align_by_force(grid: tuple[int, int]) -> None:
    features = torch.randn(3, 5, 7, 9, generator=torch.Generator().manual_seed(1))
    boxes, owner = quads(12), torch.tensor([2, 0, 0, 1, 2, 2, 0, 1, 1, 2, 0, 2])
    found = roi.aligned(features, boxes, owner, grid)
    assert found.shape == (12, 5, *grid)
    for box in range(12):
        wanted = by_force(features[owner[box]], boxes[box], grid)
        assert (found[box] - wanted).abs().max() < 1e-5


def test_aligned_reads_a_ramp_where_the_cells_are() -> None:
    """On a plane that rises with x, a cell's value is the x of its centre."""
    ramp = ((torch.arange(16) + 0.5) / 16).expand(1, 1, 8, 16)
    whole = torch.tensor([[[0.125, 0.25], [0.875, 0.25], [0.875, 0.75], [0.125, 0.75]]])
    found = roi.aligned(ramp, whole, torch.tensor([0]), (1, 4))
    middles = torch.tensor([0.125 + 0.75 * (cell + 0.5) / 4 for cell in range(4)])
    assert torch.allclose(found[0, 0, 0], middles, atol=1e-6)


def test_a_box_off_the_view_is_empty() -> None:
    far = quads(1) + 9
    assert roi.aligned(torch.ones(1, 2, 4, 4), far, torch.tensor([0]), (1, 2)).abs().max() == 0


def test_a_span_is_the_mean_of_its_tokens() -> None:
    tokens = torch.randn(3, 11, 4, generator=torch.Generator().manual_seed(1))
    owner = torch.tensor([2, 0, 2, 1, 0, 2])
    spans = torch.tensor([[0, 3], [4, 11], [3, 4], [1, 9], [0, 4], [9, 11]])
    found = roi.span_mean(tokens, spans, owner)
    for box, (first, behind) in enumerate(spans.tolist()):
        assert torch.allclose(found[box], tokens[owner[box], first:behind].mean(0), atol=1e-6)


def test_an_empty_span_is_the_token_at_its_place() -> None:
    tokens = torch.randn(1, 5, 4)
    found = roi.span_mean(tokens, torch.tensor([[2, 2]]), torch.tensor([0]))
    assert torch.allclose(found[0], tokens[0, 2])


def test_a_cover_weighs_patches() -> None:
    draw = torch.Generator().manual_seed(1)
    features = torch.randn(2, 3, 2, 4, generator=draw)
    cover = torch.rand(5, 8, generator=draw)
    owner = torch.tensor([1, 1, 0, 1, 0])
    found = roi.cover_mean(features, cover, owner)
    for box in range(5):
        wanted = (features[owner[box]].flatten(1) * cover[box]).sum(1)
        assert torch.allclose(found[box], wanted, atol=1e-6)


def test_boxes_are_numbered_within_their_owner() -> None:
    number, most = roi.numbered(torch.tensor([7, 3, 7, 7, 3, 9]))
    assert number.tolist() == [0, 0, 1, 2, 1, 0]
    assert most == 3


def test_no_boxes_are_no_rows() -> None:
    nobody = torch.zeros(0, dtype=torch.int64)
    assert roi.numbered(nobody)[1] == 0
    assert roi.cover_mean(torch.ones(2, 3, 2, 2), torch.ones(0, 4), nobody).shape == (0, 3)
    assert roi.aligned(torch.ones(2, 3, 2, 2), torch.ones(0, 4, 2), nobody, (1, 2)).shape[0] == 0


def test_gradients_reach_only_what_a_box_covers() -> None:
    features = torch.randn(2, 3, 4, 4, requires_grad=True)
    cover = torch.zeros(1, 16)
    cover[0, 5] = 1
    roi.cover_mean(features, cover, torch.tensor([1])).sum().backward()
    assert features.grad is not None
    touched = features.grad.abs().sum(1).flatten(1)
    assert touched[0].sum() == 0
    assert touched[1].nonzero().flatten().tolist() == [5]


def test_half_precision_features_are_pooled_in_fp32() -> None:
    features = torch.full((1, 1, 1, 4096), 1.0, dtype=torch.bfloat16)
    cover = torch.full((1, 4096), 1 / 4096)
    found = roi.cover_mean(features, cover, torch.tensor([0]))
    assert found.dtype is torch.float32
    assert found.item() == pytest.approx(1, abs=1e-6)
