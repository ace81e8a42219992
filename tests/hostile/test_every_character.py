"""Every assigned code point is drawn with ink, or rejected with a reason: no empty box."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from glyphdata.errors import Rejection
from glyphdata.faces import Catalogue, load
from glyphdata.faces.chooser import Chooser
from glyphdata.faces.coverage import may_be_blank, needs_no_glyph
from glyphdata.faces.outlines import Outlines
from glyphdata.factory import Factory
from glyphdata.parts.textfile import judged
from glyphdata.recipe import load_recipe
from glyphdata.scene.rng import Rng
from glyphdata.typeset.itemize import script_of, scripts_of
from glyphdata.typeset.shape import shape

ASSIGNED = tuple(
    code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) != "Cn"
)
REASONS = {*("bad-text", "empty-text", "text-too-long", "no-face", "unprintable", "missing-glyph")}


class Scribe:
    """Draws characters on their own, in a face that the tool chooses for them."""

    def __init__(self) -> None:
        self._catalogue: Catalogue = load()
        self._outlines = Outlines()
        self._chooser = Chooser(self._catalogue, self._catalogue.usable)

    def fate(self, text: str) -> str:
        """`drawn`, or the reason why not; it fails where neither is true."""
        try:
            judged(text)
            if all(may_be_blank(code) or needs_no_glyph(code) for code in map(ord, text)):
                return "blank"  # a whole text of such is refused: see below
            scripts = scripts_of(text)
            rtl = unicodedata.bidirectional(text[0]) in ("R", "AL")
            face = self._chooser.choose(Rng.of(5, ord(text[0])), text, "", scripts)
            assert script_of(text, scripts)
            opened = self._catalogue.open(face.token)
            shaped = shape(
                text,
                opened,
                self._outlines,
                language="",
                direction="rtl" if rtl else "ltr",
                ligatures=False,
            )
        except Rejection as refused:
            assert refused.reason in REASONS
            assert refused.message
            return refused.reason
        told = f"U+{ord(text[0]):04X} in {face.family} {face.token}"
        assert shaped.glyphs.all(), f"{told} is .notdef"
        rows = self._outlines.rows(face.token, opened.font, opened.upem, shaped.glyphs)
        inked = self._outlines.inked[rows]
        assert inked.any(), f"{told} ({unicodedata.category(text[0])}) leaves no ink"
        self._outlines.trim()
        return "drawn"


def fates(codes: Iterable[int]) -> Counter[str]:
    scribe = Scribe()
    return Counter(scribe.fate(chr(code)) for code in codes)


def test_two_thousand_characters_are_drawn_with_ink_or_rejected_with_a_reason() -> None:
    rng = Rng.of(11, 0)
    sampled = {ASSIGNED[rng.integer(0, len(ASSIGNED))] for _ in range(1500)}
    found = fates(sorted({*sampled, *range(0x20, 0x250)}))
    assert found["drawn"] > 500
    assert found["no-face"] > 100
    assert found["bad-text"] > 20


@pytest.mark.slow
def test_every_assigned_character_is_drawn_with_ink_or_rejected_with_a_reason() -> None:
    found = fates(ASSIGNED)
    assert sum(found.values()) == len(ASSIGNED) > 280_000
    assert found["drawn"] > 40_000


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("\u00a0", "empty-text"),
        ("\u200b", "blank"),
        ("\u3164", "blank"),
        ("\x00", "bad-text"),
        ("\ud800", "bad-text"),
        ("\ufffe", "bad-text"),
        ("\ue000", "no-face"),
        ("a" + "\u0301" * 400, "drawn"),
        ("\u202e" + "abc" + "\u202c", "drawn"),
        ("שלום abc", "drawn"),
        ("x" * 100_001, "text-too-long"),
        ("a\u0000b", "bad-text"),
    ],
    ids=ascii,
)
def test_what_becomes_of_odd_texts(text: str, fate: str) -> None:
    assert Scribe().fate(text) == fate


def test_no_two_glyphs_of_a_missing_character_are_taken_for_its_own() -> None:
    """What a face draws for a character that it lacks is never what is drawn for that character."""
    catalogue = load()
    opened = catalogue.open(catalogue.tokens(catalogue.covering("a"))[0])
    outlines = Outlines()
    lacked = next(
        chr(code) for code in range(0x4E00, 0x9FFF) if not opened.font.get_nominal_glyph(code)
    )
    with pytest.raises(Rejection) as refused:
        shape(f"a{lacked}", opened, outlines, language="", direction="ltr", ligatures=False)
    assert refused.value.reason == "missing-glyph"
    assert np.count_nonzero(outlines.inked) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u2066\u2069",
        "\u3164",
        "\u00a0\u2003",
        "\u2800",
        "\ufe0f\U000e0101",
    ],
    ids=ascii,
)
def test_a_text_without_anything_to_see_makes_no_picture_whatever_contrast_is_asked_for(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "texts.txt").write_text(f"{text}\n{text}\n")
    recipe = {
        "name": "blank",
        "samples": 2,
        "canvas": {"width": 96, "height": 64},
        "boxes": {"count": 1, "size_px": [14, 20]},
        "colors": {"min_contrast": 1, "min_signal": 0},
        "levels": {"word": 1},
        "texts": [{"kind": "file", "path": "texts.txt", "level": "word"}],
        "backgrounds": [{"kind": "black"}],
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    with pytest.raises(Rejection) as refused:
        Factory(load_recipe(tmp_path / "recipe.yaml")).picture(0)
    assert "empty-text" in {refused.value.reason, *refused.value.earlier}
