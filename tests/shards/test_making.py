"""What a worker is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.recipe import load_recipe
from glyphdata.shards.making import MakerSetup, Plan

RECIPE = """
name: t
samples: 4
levels: {sentence: 1}
texts: [{kind: file, path: lines.txt, level: sentence, language: en}]
"""


def test_a_worker_that_would_draw_from_other_texts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("one line\nanother line\n")
    (tmp_path / "t.yaml").write_text(RECIPE)
    recipe = load_recipe(tmp_path / "t.yaml")
    plan = Plan(4, 4, recipe.fingerprint(), recipe.inputs())
    setup = MakerSetup(recipe, tmp_path / "out", tmp_path, plan, "glyphdata.factory:Factory")
    assert setup().plan == plan
    (tmp_path / "lines.txt").write_text("quite other lines\nthan before\n")
    with pytest.raises(InputError, match="changed since the run began"):
        setup()
