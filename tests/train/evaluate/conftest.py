"""A small dataset of groups, and encoders that know all of it, or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from glyphdata.caption.prompt import unescape
from glyphdata.engines.inline import InlineEngine
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.train.batch import Batch
from glyphdata.train.keeping import Lexicon
from glyphdata.train.loader import tokenizer_of
from glyphdata.train.loading import settings_of
from glyphdata.train.model import Encoder, Read
from glyphdata.train.presets import PRESETS
from glyphdata.train.settings import Settings
from glyphdata.train.source import Shards
from glyphdata.train.tokens import BYTE, FIRST_ADDED

RECIPE: dict[str, Any] = {
    "name": "groups",
    "seed": 5,
    "samples": 24,
    "shard": {"samples": 24},
    "canvas": {"width": 128, "height": 96},
    "levels": {"word": 1},
    "boxes": {"count": [1, 2], "size_px": [12, 24]},
    "texts": [{"kind": "words", "language": "en", "count": [1, 2], "case": "mixed"}],
    "faces": {"scripts": ["latin"], "tokens": "v1"},
    "backgrounds": [{"kind": "black"}],
    "variants": {"count": 3, "font": 0.1, "color": 0.1},
    "outputs": {"layout": False, "mask": False},
}
MakeEncoder = Callable[..., Encoder]
WIDTH = 192


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread, so that sums come out alike in every run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def make_data(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a dataset of the recipe with some of its fields replaced, and says where."""

    def made(**changes: object) -> Path:
        folder = tmp_path_factory.mktemp("data")
        (folder / "recipe.yaml").write_text(json.dumps(RECIPE | changes))
        generate(load_recipe(folder / "recipe.yaml"), folder / "out", engine=InlineEngine())
        return folder / "out"

    return made


@pytest.fixture(scope="session")
def data(make_data: Callable[..., Path]) -> Path:
    """The dataset as the recipe has it: 24 groups of four."""
    return make_data()


def settings(form: str = "bare", **changes: object) -> Settings:
    """The tiny preset, one form, half of the texts held out."""
    text = {
        **PRESETS["tiny"]["text"],
        "tokens": "v1" if form == "styled" else "none",
        "formats": {"styled": 0.0, form: 1.0},
    }
    values = {**PRESETS["tiny"], "preset": "tiny", "held_out": 0.5, "text": text, **changes}
    return settings_of(values)


class Knowing(Encoder):
    """Knows what every box shows and says: text, colour and face each have their own numbers.

    It sees by the facts of a batch and reads by its ids, and so proves that the two belong
    together.
    """

    def see(self, batch: Batch) -> Tensor:
        styled = self.settings.text.formats.styled > 0
        rows = [
            _vector(one.text, *((one.color_token, one.font_token) if styled else ()))
            for one in batch.facts
        ]
        return torch.tensor(np.array(rows).reshape(-1, WIDTH), dtype=torch.float32)

    def read(self, batch: Batch) -> Read:
        rows = []
        for sequence, (first, end) in zip(batch.sequence_of, batch.spans.tolist(), strict=True):
            ids = batch.ids[sequence].tolist()
            text = bytes(one - BYTE for one in ids[first:end]).decode()
            if self.settings.text.formats.styled > 0:
                added = [one - FIRST_ADDED for one in ids[end:] if one >= FIRST_ADDED][:2]
                names = [self.lexicon.names[one] for one in added]
                tokens = [int(name.strip("<>").rpartition("-")[2]) for name in names]
                rows.append(_vector(unescape(text), *tokens))
            else:
                rows.append(_vector(text))
        return Read(torch.tensor(np.array(rows), dtype=torch.float32))


def _vector(*parts: object) -> np.ndarray:
    """A unit vector that belongs to these parts, a stretch of numbers for each."""
    made = []
    for part in parts:
        seed = int.from_bytes(hashlib.sha256(repr(part).encode()).digest()[:8], "big")
        made.append(np.random.Generator(np.random.PCG64(seed)).normal(size=WIDTH // 3))
    whole = np.concatenate([*made, np.zeros(WIDTH - WIDTH // 3 * len(parts))])
    return whole / np.linalg.norm(whole)


@pytest.fixture
def make_encoder(data: Path) -> MakeEncoder:
    """Builds an encoder of a kind, for settings, with the tokens of the dataset."""

    def made(kind: type[Encoder] = Knowing, form: str = "bare", **changes: object) -> Encoder:
        torch.manual_seed(3)
        own = settings(form, **changes)
        table = tokenizer_of(own, [Shards(data)]).table
        encoder = kind(own, table.size, 0)
        encoder.lexicon = Lexicon(names=table.names)
        return encoder

    return made
