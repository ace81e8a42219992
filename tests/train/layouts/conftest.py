"""A narrow encoder with the full table of Glyph-ByT5-v2, and all its layouts, made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from glyphdata.faces import load
from glyphdata.train.keeping import Lexicon
from glyphdata.train.layouts.giving import export
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.model import build
from glyphdata.train.settings import Settings
from glyphdata.train.tokens import Table

SHAPE = {"width": 32, "depth": 2, "heads": 2, "patch": 14}
MakeTrained = Callable[..., Trained]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread, so that sums come out alike in every run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def narrow(table: Table, **text: object) -> Trained:
    """A small ByT5 and DINOv2 with this table, random weights, and nothing trained."""
    document = {
        "name": "narrow",
        "text": {"source": None, "shape": SHAPE, "head": [24], **text},
        "vision": {"source": None, "shape": {**SHAPE, "depth": 1}, "size": 56},
        "embed": 32,
        "precision": "fp32",
    }
    encoder = build(Settings.model_validate_json(json.dumps(document)), table.size).eval()
    encoder.lexicon = Lexicon(table.names, (), (("core", load().digest().sha256),))
    return Trained(encoder)


@pytest.fixture(scope="session")
def make_trained() -> MakeTrained:
    """A small encoder with a table of its own."""
    return narrow


@pytest.fixture(scope="session")
def trained() -> Trained:
    return narrow(Table.of("v2"))


@pytest.fixture(scope="session")
def exported(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every layout of a ByT5 encoder in a folder of its name, and `shape.json` for the readers."""
    root = tmp_path_factory.mktemp("layouts")
    for layout in ("hf", "glyph-sdxl-v2", "comfyui", "openclip"):
        export(trained, root / layout, layout)
    config = trained.encoder.text_tower.model.config
    names = ("d_model", "d_kv", "d_ff", "num_heads", "num_layers")
    (root / "shape.json").write_text(json.dumps({name: getattr(config, name) for name in names}))
    return root
