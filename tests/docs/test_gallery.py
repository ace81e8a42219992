"""Every kind has a picture, which shows something and is no other's."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.press.gallery import ROOMS, encoded, page, picture
from docs.press.reference.kinds import own_kinds


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every picture, and the page."""
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "page.md").write_text(page(folder, "pictures"), encoding="utf-8")
    return folder


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB"), np.int16)


@pytest.mark.parametrize("room", ROOMS)
def test_every_kind_has_a_picture_of_its_own_that_shows_something(room: str, drawn: Path) -> None:
    shown = {kind: pixels(drawn / f"{room}-{kind}.webp") for kind in own_kinds(room)}
    for kind, one in shown.items():
        thirds = np.array_split(one, 3, axis=1)
        assert all(part.std() > 4 for part in thirds), f"{room}-{kind} is blank"
    for (kind, one), (other, two) in combinations(shown.items(), 2):
        differ = one.shape != two.shape or np.abs(one - two).mean() > 0.5
        assert differ, f"{room}-{kind} and {room}-{other} look the same"


def test_effects_are_shown_beside_the_picture_without_one(drawn: Path) -> None:
    plain = pixels(drawn / "effects-none.webp")
    for kind in own_kinds("effects"):
        assert np.abs(pixels(drawn / f"effects-{kind}.webp") - plain).mean() > 0.2, kind


def test_the_page_shows_every_picture_and_all_are_small(drawn: Path) -> None:
    text = (drawn / "page.md").read_text(encoding="utf-8")
    files = sorted(drawn.glob("*.webp"))
    assert len(files) == 1 + sum(len(own_kinds(room)) for room in ROOMS)
    assert all(f"](pictures/{file.name})" in text for file in files)
    assert sum(file.stat().st_size for file in files) < 1_500_000


def test_the_same_kind_is_drawn_the_same_again() -> None:
    assert encoded(picture("backgrounds", "paper")) == encoded(picture("backgrounds", "paper"))
