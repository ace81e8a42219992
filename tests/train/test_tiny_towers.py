"""The small towers: what they read and see, and what they must not take heed of."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from glyphdata.errors import InputError
from glyphdata.train.settings import Shape
from glyphdata.train.towers.tiny import TinyText, TinyVision

SHAPE = Shape(width=64, depth=1, heads=4)


@pytest.fixture
def reader() -> TinyText:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return TinyText(SHAPE, 384, 0.0).eval()


@pytest.fixture
def seer() -> TinyVision:
    with torch.random.fork_rng():
        torch.manual_seed(6)
        return TinyVision(SHAPE, (16, 64)).eval()


def ids(*texts: str) -> tuple[Tensor, Tensor]:
    """Sequences of bare texts as ByT5 numbers bytes, and their lengths, each with its end."""
    coded = [[byte + 3 for byte in text.encode()] + [1] for text in texts]
    longest = max(map(len, coded))
    rows = [one + [0] * (longest - len(one)) for one in coded]
    return torch.tensor(rows), torch.tensor([len(one) for one in coded])


def read(reader: TinyText, *texts: str) -> Tensor:
    rows, lengths = ids(*texts)
    spans = torch.stack([torch.zeros_like(lengths), lengths - 1], 1)
    with torch.inference_mode():
        return reader(rows, lengths, torch.arange(len(texts)), spans)


def pictures(count: int = 3) -> Tensor:
    """Strips with a few bright strokes on a dark, slightly grained ground, in 0 to 1."""
    drawn = torch.Generator().manual_seed(7)
    grain = torch.rand(count, 3, 16, 64, generator=drawn) * 0.05
    for number in range(count):
        for stroke in range(4):
            left = 4 + 15 * stroke + 3 * number
            grain[number, :, 4:12, left : left + 2 + number] += 0.8
    return grain


def see(seer: TinyVision, views: Tensor) -> Tensor:
    with torch.inference_mode():
        return seer(views)


def test_a_text_reads_the_same_wherever_it_stands_in_whichever_sequence(reader: TinyText) -> None:
    alone = read(reader, "fjord")
    phrase = 'Text "fjord" in <color-3>. '
    rows, lengths = ids("dusk", phrase)
    with torch.inference_mode():
        within = reader(rows, lengths, torch.tensor([1, 0]), torch.tensor([[6, 11], [0, 4]]))
    torch.testing.assert_close(within[:1], alone)
    torch.testing.assert_close(within[1:], read(reader, "dusk"))


def test_padding_is_not_read(reader: TinyText) -> None:
    torch.testing.assert_close(read(reader, "ox", "peppermint")[:1], read(reader, "ox"))


def test_letters_in_another_order_read_otherwise(reader: TinyText) -> None:
    told = read(reader, "tar", "rat", "art")
    assert torch.pdist(told).min() > 0.1


def test_an_edit_at_the_end_moves_the_last_stretch_most(reader: TinyText) -> None:
    told = read(reader, "understand", "understane").unflatten(1, (SHAPE.heads, -1))
    moved = (told[0] - told[1]).norm(dim=1)
    assert moved.argmax() == SHAPE.heads - 1
    assert moved[0] < 0.01 * moved[-1]


def test_an_empty_text_is_a_vector_and_no_fault(reader: TinyText) -> None:
    rows, lengths = ids("a", "")
    spans = torch.tensor([[0, 1], [0, 0]])
    told = reader(rows, lengths, torch.tensor([0, 1]), spans)
    told.sum().backward()
    assert told.isfinite().all()
    assert all(one.grad is None or one.grad.isfinite().all() for one in reader.parameters())


def test_no_box_gives_no_vector(reader: TinyText) -> None:
    rows, lengths = ids("a")
    none = torch.zeros(0, dtype=torch.int64)
    assert reader(rows, lengths, none, none.reshape(0, 2)).shape == (0, 64)


def test_ink_is_ink_whether_it_is_bright_or_dark(seer: TinyVision) -> None:
    views = pictures()
    torch.testing.assert_close(see(seer, 1 - views), see(seer, views), rtol=1e-4, atol=1e-4)


def test_brightness_and_contrast_are_evened_out(seer: TinyVision) -> None:
    views = pictures()
    faint = see(seer, 0.5 + 0.4 * views)
    likeness = functional.cosine_similarity(faint, see(seer, views))
    assert likeness.min() > 0.999


def test_an_even_strip_is_a_vector_and_no_fault(seer: TinyVision) -> None:
    even = torch.full((1, 3, 16, 64), 0.3, requires_grad=True)
    seen = seer(even)
    seen.sum().backward()
    assert seen.isfinite().all()
    assert even.grad is not None and even.grad.isfinite().all()


def test_what_stands_at_the_right_moves_the_last_stretch_most(seer: TinyVision) -> None:
    views = pictures(1)
    changed = views.clone()
    changed[..., 4:12, 58:62] = views[..., 4:12, 49:53]
    seen = [see(seer, one).unflatten(1, (SHAPE.heads, -1))[0] for one in (views, changed)]
    moved = (seen[0] - seen[1]).norm(dim=1)
    assert moved.argmax() == SHAPE.heads - 1


@pytest.mark.parametrize(("columns", "stretches"), [(32, 8), (48, 8), (30, 7), (4, 8)])
def test_stretches_share_out_all_columns_evenly(columns: int, stretches: int) -> None:
    pool = TinyVision(Shape(width=8 * stretches, heads=stretches, depth=1), (16, 2 * columns)).pool
    assert pool.shape == (columns, stretches)
    torch.testing.assert_close(pool.sum(0), torch.ones(stretches))
    torch.testing.assert_close(pool.sum(1), torch.full((columns,), stretches / columns))


@pytest.mark.parametrize("size", [(8, 8), (16, 64), (17, 95), (24, 96), (64, 256)])
def test_strips_of_any_size_are_seen(size: tuple[int, int]) -> None:
    seer = TinyVision(SHAPE, size)
    assert seer(torch.rand(2, 3, *size)).shape == (2, 64)


def test_every_weight_learns(reader: TinyText, seer: TinyVision) -> None:
    rows, lengths = ids("lamp", "lump")
    spans = torch.stack([torch.zeros_like(lengths), lengths - 1], 1)
    told = reader(rows, lengths, torch.arange(2), spans)
    (told * seer(pictures(2))).sum().backward()
    for tower in (reader, seer):
        idle = [name for name, one in tower.named_parameters() if not one.grad.abs().sum() > 0]
        assert idle == []


def test_stretches_that_do_not_share_the_width_are_refused() -> None:
    uneven = Shape(width=100, heads=8)
    with pytest.raises(InputError, match="104"):
        TinyText(uneven, 384, 0.0)
    with pytest.raises(InputError, match="8 stretches"):
        TinyVision(uneven, (16, 64))
