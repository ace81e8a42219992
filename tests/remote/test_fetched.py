"""Photographs and texts of a recipe that lie behind URLs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from glyphdata import Dataset, generate
from glyphdata.errors import InputError, RecipeError
from glyphdata.parts.fetched import fetched_file, fetched_folder
from glyphdata.parts.gallery import is_photo
from glyphdata.recipe import Recipe

WORDS = b"anchor\nbasalt\ncobalt\n"


def picture(shade: int) -> bytes:
    """A photograph of one colour."""
    whole, data = cv2.imencode(".png", np.full((80, 120, 3), shade, np.uint8))
    assert whole
    return data.tobytes()


@pytest.fixture
def store(memory: Any) -> Any:
    """The store with photographs, texts, and things that are neither."""
    memory.pipe_file("/in/alleys/a.png", picture(40))
    memory.pipe_file("/in/alleys/deep/b.PNG", picture(200))
    memory.pipe_file("/in/alleys/.hidden/c.png", picture(90))
    memory.pipe_file("/in/alleys/notes.txt", b"no photograph")
    memory.pipe_file("/in/words.txt", WORDS)
    return memory


def asking(plain: Callable[..., Recipe], folder: str, words: str) -> Recipe:
    """The recipe with photographs and texts from there."""
    return plain(
        f"backgrounds=[{{kind: photos, folder: '{folder}', recursive: true}}]",
        f"texts=[{{kind: file, path: '{words}', level: word}}]",
    )


def test_they_make_the_samples_that_the_same_files_here_make(
    store: Any, plain: Callable[..., Recipe], tmp_path: Path
) -> None:
    far = asking(plain, "memory://in/alleys", "memory://in/words.txt")
    (tmp_path / "alleys" / "deep").mkdir(parents=True)
    (tmp_path / "alleys" / "a.png").write_bytes(picture(40))
    (tmp_path / "alleys" / "deep" / "b.PNG").write_bytes(picture(200))
    (tmp_path / "words.txt").write_bytes(WORDS)
    here = asking(plain, "alleys", "words.txt")
    assert far.inputs() == here.inputs()
    generate(far, tmp_path / "far", workers=0)
    generate(here, tmp_path / "here", workers=0)
    for one, other in zip(Dataset(tmp_path / "far"), Dataset(tmp_path / "here"), strict=True):
        # All but the facts, which name the recipe.
        assert {**one.members, "json": b""} == {**other.members, "json": b""}
        assert one.facts["background"] == other.facts["background"]


def test_they_are_fetched_once(store: Any) -> None:
    words = fetched_file("memory://in/words.txt")
    before = words.stat().st_ino
    assert words.read_bytes() == WORDS
    assert fetched_file("memory://in/words.txt") == words
    assert words.stat().st_ino == before
    assert words.name == "words.txt"


def test_another_content_is_fetched_anew(store: Any) -> None:
    words = fetched_file("memory://in/words.txt")
    store.pipe_file("/in/words.txt", WORDS[::-1])
    again = fetched_file("memory://in/words.txt")
    assert again.read_bytes() == WORDS[::-1]
    assert words.read_bytes() == WORDS  # whoever reads it still reads what it began with


def test_only_photographs_that_are_not_hidden_are_fetched(store: Any) -> None:
    deep = fetched_folder("memory://in/alleys", is_photo, recursive=True)
    assert sorted(str(one.relative_to(deep)) for one in deep.rglob("*") if one.is_file()) == [
        "a.png",
        "deep/b.PNG",
    ]
    flat = fetched_folder("memory://in/alleys", is_photo, recursive=False)
    assert [one.name for one in flat.iterdir()] == ["a.png"]
    assert (deep.name, flat.name) == ("alleys", "alleys")


def test_what_is_not_there_is_told_of_by_its_url(store: Any, plain: Callable[..., Recipe]) -> None:
    with pytest.raises(RecipeError, match=r"memory://in/none\.txt cannot be fetched"):
        asking(plain, "memory://in/alleys", "memory://in/none.txt").ready()
    with pytest.raises(RecipeError, match="memory://in/nothing cannot be fetched: nothing"):
        asking(plain, "memory://in/nothing", "memory://in/words.txt").ready()


def test_a_url_that_holds_a_secret_is_refused_and_not_repeated(store: Any) -> None:
    for url in ("https://me:0penSesame@host/a.txt", "https://host/a.txt?token=0penSesame"):
        with pytest.raises(InputError) as refused:
            fetched_file(url)
        assert "0penSesame" not in str(refused.value)
