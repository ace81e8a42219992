"""Taught models, made once for all tests of this folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

LEVELS = {"llava": (1, 2), "llava_next": (1, 2), "blip2_opt": (2, 5), "blip2_t5": (2, 5)}
"""The models, and the levels whose questions they were taught."""


@pytest.fixture(scope="session", autouse=True)
def alone() -> Iterator[None]:
    """One thread, no hub, no progress bars: quick and quiet, wherever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TQDM_DISABLE", "1")
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1)
        yield
        torch.set_num_threads(before)


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a taught model, by name: `llava`, `llava_next`, `blip2_opt`, `blip2_t5`."""
    from glyphdata.caption.hf import prompts
    from tests.caption import tiny

    teachers = {
        "llava": tiny.teach_llava,
        "llava_next": tiny.teach_llava_next,
        "blip2_opt": tiny.teach_blip2_opt,
        "blip2_t5": tiny.teach_blip2_t5,
    }
    made: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in made:
            known = prompts.CHAT if name.startswith("llava") else prompts.CONTINUED
            questions = [known[level] for level in LEVELS[name]]
            made[name] = teachers[name](tmp_path_factory.mktemp(name), questions)
        return made[name]

    return folder


@pytest.fixture
def planted(taught: Callable[[str], Path], tmp_path: Path) -> Callable[..., Path]:
    """A copy of a taught model with fields of one of its files changed; None takes one away."""

    def copy(name: str, file: str, **fields: Any) -> Path:
        folder = shutil.copytree(taught(name), tmp_path / name)
        values = json.loads((folder / file).read_text())
        values.update(fields)
        kept = {key: value for key, value in values.items() if value is not None}
        (folder / file).write_text(json.dumps(kept))
        return folder

    return copy
