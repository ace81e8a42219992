"""`datasets` streams our shards into transformers' Trainer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from glyphdata.shards.dataset import Dataset
from tests.trainers.conftest import EXAMPLES, Ran


@pytest.mark.slow
def test_the_example_trains(small: Path, ran: Ran) -> None:
    """Slow, for all of transformers' Trainer is loaded."""
    said = ran(EXAMPLES / "hugging_face.py", small, "--steps", 12)
    assert "features: jpg, txt" in said
    losses = [float(one) for one in re.findall(r"'loss': '?([\d.]+)", "\n".join(said))]
    assert len(losses) == 3
    assert losses[-1] < losses[0]


@pytest.mark.slow
def test_diffusers_text_to_image_scripts_find_pictures_and_captions(
    small: Path, ran: Ran, tmp_path: Path
) -> None:
    """Slow, for all pictures are written down anew."""
    found = json.loads(ran(Path(__file__).parent / "by_datasets.py", small, tmp_path)[-1])
    assert found["splits"] == ["train"]
    assert {"jpg", "txt"} <= set(found["columns"])
    assert found["captions"] == [one.text for one in Dataset(small)]
    assert found["sizes"] == [[192, 160]]
