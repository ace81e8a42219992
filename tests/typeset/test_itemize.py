"""Scripts, directions and runs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from glyphdata.typeset.itemize import Run, direction_of, runs, script_of, scripts_of


@pytest.mark.parametrize(
    ("text", "dominant", "every"),
    [
        ("Grüße", "latin", {"latin"}),
        ("Съешь ещё", "cyrillic", {"cyrillic"}),
        ("Ξεσκεπάζω", "greek", {"greek"}),
        ("سلام 12", "arabic", {"arabic"}),
        ("שלום", "hebrew", {"hebrew"}),
        ("नमस्ते", "devanagari", {"devanagari"}),
        ("สวัสดี", "thai", {"thai"}),
        ("中文文本", "han", {"han"}),
        ("日本語のテスト", "kana", {"han", "kana"}),
        ("漢字漢字の", "kana", {"han", "kana"}),
        ("한국어", "hangul", {"hangul"}),
        ("বাংলা", "bengali", {"bengali"}),
        ("12 + 3!", "common", set()),
        ("。「」", "common", set()),
        ("中文 ABC и", "latin", {"han", "latin", "cyrillic"}),
        ("", "common", set()),
    ],
)
def test_a_text_names_its_scripts(text: str, dominant: str, every: set[str]) -> None:
    assert script_of(text) == dominant
    assert scripts_of(text) == every


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("abc שלום", "ltr"),
        ("123 שלום abc", "rtl"),
        ("(سلام)", "rtl"),
        ("\u2067שלום\u2069 abc", "ltr"),
        ("123", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_strong_letter_gives_the_direction(text: str, direction: str) -> None:
    assert direction_of(text) == direction


def test_signs_go_with_the_letters_before_them() -> None:
    assert runs("(abc) 日本の。12 x", "ltr", "ja") == [
        Run(0, 6, "Latn", 0),
        Run(6, 13, "Hani", 0),
        Run(13, 14, "Latn", 0),
    ]


def test_digits_alone_are_shaped_as_their_language_writes() -> None:
    assert runs("12", "ltr", "ko") == [Run(0, 2, "Hang", 0)]
    assert runs("12", "rtl", "ar") == [Run(0, 2, "Arab", 2)]


def test_runs_tile_the_text_in_logical_order() -> None:
    found = runs("שלום 12 (abc) да", "rtl", "he")
    assert found[0].start == 0 and found[-1].end == 16
    assert all(a.end == b.start for a, b in pairwise(found))
    assert {run.level for run in found} == {1, 2}
    assert runs("", "ltr", "en") == []
