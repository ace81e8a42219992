"""Small batches and small encoders, built by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from glyphdata.train.batch import Batch
from glyphdata.train.settings import Settings

MakeBatch = Callable[..., Batch]
MakeSettings = Callable[..., Settings]

SHAPE = {"width": 16, "depth": 2, "heads": 2, "patch": 14}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread and a seed, so that sums come out alike in every run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(7)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def make_settings() -> MakeSettings:
    """Settings of a small encoder in fp32; a word `part__field` sets a field of a part."""

    def made(**changes: object) -> Settings:
        document: dict[str, object] = {
            "text": {"source": None, "shape": dict(SHAPE), "dropout": 0.0, "head": [12]},
            "vision": {"source": None, "shape": dict(SHAPE), "size": 56, "frozen": False},
            "region": {},
            "loss": {},
            "batch": {},
            "embed": 16,
            "precision": "fp32",
        }
        for name, value in changes.items():
            part, _, field = name.partition("__")
            if field:
                document[part][field] = value  # type: ignore[index]
            else:
                document[part] = value
        return Settings.model_validate_json(json.dumps(document))

    return made


@pytest.fixture
def make_batch() -> MakeBatch:
    """A batch of `families` x `spellings` boxes, two boxes a view and a sequence where it can."""
    return build_batch


def build_batch(
    families: int = 3,
    spellings: int = 2,
    *,
    side: int = 56,
    patches: int = 16,
    places: int = 6,
    strips: tuple[int, int] | None = None,
    seed: int = 1,
) -> Batch:
    """Boxes in the order of their families: a family's spellings one behind the other."""
    draw = torch.Generator().manual_seed(seed)
    boxes = families * spellings
    view_of = torch.arange(boxes) if strips else torch.arange(boxes) // 2
    height, width = strips or (side, side)
    count = int(view_of.max()) + 1 if boxes else 0
    sequence_of = torch.arange(boxes) // 2
    sequences = int(sequence_of.max()) + 1 if boxes else 0
    first = (torch.arange(boxes) % 2) * 8 + 1
    lengths = torch.randint(6, 8, (boxes,), generator=draw)
    corner = torch.rand(boxes, 2, generator=draw) * 0.5
    far = corner + 0.2 + torch.rand(boxes, 2, generator=draw) * 0.3
    cover = torch.rand(boxes, patches, generator=draw)
    characters = torch.randint(1, 30, (boxes, places), generator=draw)
    behind = torch.arange(places) >= torch.randint(1, places + 1, (boxes, 1), generator=draw)
    return Batch(
        views=torch.randint(0, 256, (count, 3, height, width), generator=draw).to(torch.uint8),
        view_of=view_of,
        quads=_quads(corner, far),
        cover=cover / cover.sum(1, keepdim=True),
        ids=torch.randint(3, 259, (sequences, 32), generator=draw),
        lengths=torch.full((sequences,), 18),
        sequence_of=sequence_of,
        spans=torch.stack([first, first + lengths], 1),
        family=torch.arange(boxes) // spellings,
        alike=torch.randperm(10_000, generator=draw)[:boxes],
        characters=characters.masked_fill(behind, 0),
        groups=tuple(f"g{number}" for number in range(families)),
    )


def _quads(low: Tensor, high: Tensor) -> Tensor:
    """Upright quads, clockwise from the top left."""
    (left, top), (right, bottom) = low.unbind(1), high.unbind(1)
    xs, ys = torch.stack([left, right, right, left], 1), torch.stack([top, top, bottom, bottom], 1)
    return torch.stack([xs, ys], 2)
