"""Proving a face draws all that it covers."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest

from glyphdata.draw import prove as proving
from glyphdata.draw.prove import prove
from glyphdata.draw.render import render
from glyphdata.errors import InputError
from glyphdata.faces.catalogue import load
from glyphdata.faces.coverage import needs_no_glyph
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Scene


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Scene, bool]]:
    """Every scene that was drawn while proving, and whether there is ink in it."""
    found: list[tuple[Scene, bool]] = []

    def noted(scene: Scene, *words: object, **more: object) -> Sample:
        sample = render(scene, *words, **more)  # type: ignore[arg-type]
        found.append((scene, bool(np.any(sample.pixels))))
        return sample

    monkeypatch.setattr(proving, "render", noted)
    return found


@pytest.mark.parametrize("script", ["latin", "arabic", "devanagari", "thai"])
def test_every_character_that_the_face_draws_is_drawn(
    drawn: list[tuple[Scene, bool]], script: str
) -> None:
    catalogue, marks = load(), list[int]()
    token = catalogue.tokens(catalogue.where(scripts=[script]))[0]
    prove(catalogue, token, marks.append)
    characters = {
        chr(code)
        for code in catalogue.open(token).font.face.unicodes
        if catalogue.drawing(chr(code)) >> token & 1
        and not needs_no_glyph(code)
        and unicodedata.category(chr(code)) != "Cc"
    }
    shown = {char for scene, _ in drawn for char in scene.boxes[0].text}
    assert len(shown) > 100
    assert shown == characters
    assert marks == list(range(math.ceil(len(shown) / 32) + 1))
    assert sum(ink for _, ink in drawn) > 0.9 * len(drawn)


def test_a_face_that_is_not_there_is_said(drawn: list[tuple[Scene, bool]]) -> None:
    catalogue = load()
    with pytest.raises(InputError, match="there is no <font-"):
        prove(catalogue, len(catalogue), list[int]().append)
    assert not drawn
