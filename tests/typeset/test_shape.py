"""Glyphs and clusters from real faces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glyphdata.errors import Rejection
from glyphdata.scene.scene import Direction, TextBox
from glyphdata.typeset import Shaped, fit, place
from glyphdata.typeset.setting import unsafe
from glyphdata.typeset.shape import MAX_BYTES, reshaped

Setter = Callable[..., Shaped]
BoxOf = Callable[..., TextBox]
TRICKY = "aé \n\t\r\u200d\u0301\u00adאلا١\u202e\u2067)(Й"


def clusters(shaped: Shaped) -> list[str]:
    at = shaped.starts.tolist()
    return [shaped.wanted.data[a:b].decode() for a, b in pairwise(at)]


def test_every_letter_is_a_cluster_where_ligatures_are_off(shaped_in: Setter) -> None:
    assert clusters(shaped_in("eb_garamond", "office fi")) == list("office fi")


def test_a_ligature_is_one_cluster_where_they_are_on(shaped_in: Setter) -> None:
    found = shaped_in("eb_garamond", "office fi", ligatures=True)
    assert clusters(found) == ["o", "ffi", "c", "e", " ", "fi"]


def test_a_ligature_drawn_as_a_blank_and_a_wide_glyph_is_one_cluster(shaped_in: Setter) -> None:
    found = shaped_in("jetbrains_mono", "a -> b != c", ligatures=True)
    assert clusters(found) == ["a", " ", "->", " ", "b", " ", "!=", " ", "c"]
    assert clusters(shaped_in("jetbrains_mono", "a -> b")) == list("a -> b")


@pytest.mark.parametrize("name", ["cairo", "tajawal"])
def test_lam_alef_is_one_cluster_of_two_letters(shaped_in: Setter, name: str) -> None:
    assert clusters(shaped_in(name, "سلام", "ar", "rtl")) == ["س", "لا", "م"]


def test_a_devanagari_conjunct_is_one_cluster(shaped_in: Setter) -> None:
    found = shaped_in("noto_sans_devanagari", "क्षि नमस्ते", "hi")
    assert clusters(found) == ["क्षि", " ", "न", "म", "स्ते"]
    assert found.hangs[found.first[:-1]].tolist() == [False, True, False, False, False]


def test_marks_share_the_cluster_of_their_base(shaped_in: Setter) -> None:
    assert clusters(shaped_in("roboto", "e\u0301x\u0323a")) == ["e\u0301", "x\u0323", "a"]
    assert clusters(shaped_in("noto_sans_thai", "ที่น้ำ", "th")) == ["ที่", "น้ำ"]


def test_clusters_tile_the_text_and_own_every_glyph(shaped_in: Setter) -> None:
    for name, text, language, direction in (
        ("cjk", "日本語、テスト。", "ja", "ltr"),
        ("amiri", "مرحبا 123 بالعالم", "ar", "rtl"),
        ("noto_sans_devanagari", "प्रार्थना स्त्री", "hi", "ltr"),
        ("roboto", "Crème brûlée\nнитка", "fr", "ltr"),
    ):
        found = shaped_in(name, text, language, direction)
        assert "".join(clusters(found)) == text
        assert np.array_equal(np.unique(found.glyph_clusters), np.arange(len(found.first) - 1))
        assert np.array_equal(found.first[found.glyph_clusters], found.first[found.glyph_clusters])
        assert (np.diff(found.glyph_clusters) >= 0).all()
        assert np.array_equal(
            found.first, np.searchsorted(found.glyph_clusters, np.arange(len(found.first)))
        )


def test_kerning_is_applied(shaped_in: Setter) -> None:
    whole = shaped_in("roboto", "AVATAR").advances.sum()
    apart = sum(shaped_in("roboto", letter).advances.sum() for letter in "AVATAR")
    assert whole < apart - 0.05


def test_brackets_are_mirrored_in_right_to_left_text(shaped_in: Setter) -> None:
    inside = shaped_in("heebo", "(א)", "he", "rtl").glyphs
    plain = shaped_in("heebo", "(a)", "en").glyphs
    assert inside[0] == plain[2] and inside[2] == plain[0]


def test_language_chooses_the_local_form(shaped_in: Setter) -> None:
    japanese = shaped_in("cjk", "骨直", "ja").glyphs
    chinese = shaped_in("cjk", "骨直", "zh-Hans").glyphs
    assert japanese.tolist() != chinese.tolist()


def test_a_missing_character_is_a_rejection(shaped_in: Setter) -> None:
    for text in ("日", "a👩\u200d👩\u200d👧", "ab\U0010ffff"):
        with pytest.raises(Rejection) as caught:
            shaped_in("roboto", text)
        assert caught.value.reason in ("missing-glyph", "unprintable")
        assert caught.value.hint


@pytest.mark.parametrize("text", ["a\0b", "\x1b[0m", "a\ud800", "x\x7f", "\ufffe"])
def test_what_cannot_be_printed_is_a_rejection(shaped_in: Setter, text: str) -> None:
    with pytest.raises(Rejection) as caught:
        shaped_in("roboto", text)
    assert caught.value.reason == "unprintable"


def test_a_text_beyond_all_bounds_is_a_rejection(shaped_in: Setter) -> None:
    with pytest.raises(Rejection) as caught:
        shaped_in("roboto", "x" * (MAX_BYTES + 1))
    assert caught.value.reason == "too-long"


def test_ten_thousand_characters_are_shaped_at_one_go(shaped_in: Setter) -> None:
    found = shaped_in("roboto", "lorem ipsum " * 834)
    assert len(found.glyphs) == len(found.first) - 1 == 10008
    assert found.along[-1] == pytest.approx(834 * found.along[12], rel=1e-9)


def test_an_empty_text_has_no_clusters(shaped_in: Setter) -> None:
    found = shaped_in("roboto", "")
    assert found.starts.tolist() == [0] and found.glyphs.size == 0 and found.along.tolist() == [0]


def test_line_ends_take_no_room_and_tabs_that_of_a_space(shaped_in: Setter) -> None:
    assert shaped_in("roboto", "ab\r\n\u2028").along[-1] == shaped_in("roboto", "ab").along[-1]
    assert shaped_in("roboto", "a\tb").along[-1] == shaped_in("roboto", "a b").along[-1]


def test_rows_hold_the_ink_even_where_the_face_understates_it(
    shaped_in: Setter, open_face: Callable[..., object]
) -> None:
    low = shaped_in("roboto", "x")
    tall = shaped_in("roboto", "Ế̉̀Ḍ̣̣")
    assert tall.line_height_em > low.line_height_em
    assert low.ascent_em == open_face("roboto").ascent_em  # type: ignore[attr-defined]


def test_a_line_broken_where_it_is_unsafe_is_shaped_on_its_own(shaped_in: Setter) -> None:
    found = shaped_in("noto_sans_arabic", "سسسس", "ar", "rtl")
    assert unsafe(found.infos, found.starts, found.first, (2, 4, 6, 8)) == [2, 4, 6]
    broken = reshaped(found, (4, 8))
    alone = shaped_in("noto_sans_arabic", "سس", "ar", "rtl")
    assert broken.glyphs.tolist() == 2 * alone.glyphs.tolist() != found.glyphs.tolist()
    assert reshaped(broken, (4, 8)) is broken


@pytest.mark.parametrize(
    ("name", "text", "language", "direction"),
    [
        ("lora", "AVA To WAY. Yes, To AVA “We” for Two", "en", "ltr"),
        ("noto_sans_arabic", "سلام عليكم مرحبا", "ar", "rtl"),
        ("noto_sans_devanagari", "प्रार्थना स्त्री नमस्ते", "hi", "ltr"),
    ],
)
def test_between_safe_breaks_the_glyphs_are_those_of_lines_alone(
    shaped_in: Setter, name: str, text: str, language: str, direction: Direction
) -> None:
    whole = shaped_in(name, text, language, direction)
    lines = [f"{word} " for word in text.split(" ")]
    lines[-1] = lines[-1][:-1]
    ends = tuple(accumulate(len(line.encode()) for line in lines))
    found = reshaped(whole, ends)
    alone = [shaped_in(name, line, language, direction) for line in lines]
    assert found.glyphs.tolist() == [glyph for one in alone for glyph in one.glyphs.tolist()]
    assert found.advances.tolist() == [width for one in alone for width in one.advances.tolist()]


def test_a_safe_break_keeps_the_glyphs(shaped_in: Setter) -> None:
    found = shaped_in("roboto", "one two")
    assert reshaped(found, (4, 7)) is found


@settings(deadline=None, max_examples=150)
@example("a \u200d b")
@given(st.text(max_size=24) | st.text(TRICKY, max_size=24))
def test_any_text_is_set_or_rejected(shaped_in: Setter, box_of: BoxOf, text: str) -> None:
    for name, direction in (("open_sans", "ltr"), ("rubik", "rtl")):
        try:
            found = shaped_in(name, text, "en", direction)
        except Rejection as fault:
            assert fault.reason in ("missing-glyph", "unprintable")
            continue
        assert "".join(clusters(found)) == text
        found_fit = fit(found, width_px=200, height_px=900, size_px=(9.0, 30.0), line_spacing=1.0)
        assert found_fit is not None
        placed = place(found_fit.shaped, box_of(found_fit.shaped, found_fit))
        assert np.isfinite(placed.pens).all() and np.isfinite(placed.word_spans).all()
        assert (placed.cluster_spans >= -1e-6).all()
        assert (placed.cluster_spans <= found_fit.width_px + 1e-6).all()
